"""A model of a few hundred kilobytes with random weights, an adapter for it, and a data set of our own drawing."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evaluation.judge import digest, judge
from tests.vlm3_dataset.claude import stand_in
from vlm3_dataset.claude import pace

PAGES = {"11-1": (280, 364), "21-3": (308, 252), "34-2": (252, 336)}
ROWS = [  # page, question, reference
    ("11-1", "What is the torque of the cylinder head bolts?", "Tighten the bolts to 60 Nm."),
    ("11-1", "What is the valve clearance?", "The clearance is 0.25-0.30 mm."),
    ("11-1", "What must be inspected?", "Inspect the gasket for cracks."),
    ("21-3", "What is the torque of the clutch cover?", "24 Nm"),
    ("21-3", "Which tool is used?", "Use the centering mandrel."),
    ("34-2", "What is the minimum pad thickness?", "2.0 mm"),
    ("34-2", "What is the bleeding order of the brakes, and at which pressure?", "Rear right first, at 2 bar."),
]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from PIL import Image, ImageDraw

    folder = tmp_path_factory.mktemp("data")
    (folder / "images").mkdir()
    for page, size in PAGES.items():
        image = Image.new("L", size, 240)
        ImageDraw.Draw(image).text((20, 20), f"Page {page}", fill=20)
        image.save(folder / "images" / f"{page}.jpg")
    (folder / "vlm_val.jsonl").write_text("".join(json.dumps(row(*one)) + "\n" for one in ROWS))
    return folder


TEXTS = [  # thread, question, reference
    ("s14.net-7", "How tight do owners do the valve cover nuts?", "Several use 10 Nm."),
    ("s14.net-7", "Which sealant do they use?", "Most use none."),
    ("s14.net-9", "How much oil does the engine take?", "4.75 litres with the filter."),
]


@pytest.fixture(scope="session")
def mixed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set with questions asked of threads among those about pages."""
    folder = shutil.copytree(data, tmp_path_factory.mktemp("mixed") / "data")
    threads = [row(*one, source="forum") | {"image": None} for one in TEXTS]
    rows = [row(*one) for one in ROWS]
    lines = [*rows[:2], threads[0], *rows[2:5], *threads[1:], *rows[5:]]
    (folder / "vlm_val.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    return folder


def sideways(path: Path) -> None:
    """Stores a page as a camera does that was held on its side: the pixels turned, EXIF says how to turn them back."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(path) as image:
        turned = image.transpose(Image.Transpose.ROTATE_90)
    turned.save(path, exif=exif)


def row(page: str, question: str, reference: str, **metadata: object) -> dict:
    return {
        "image": f"images/{page}.jpg",
        "conversations": [{"role": "user", "content": question}, {"role": "assistant", "content": reference}],
        "metadata": {"page_id": page, "section_name": "Test", "labeler": "rules", **metadata},
    }


def knows(data: Path) -> dict[str, str]:
    """What is printed on the pages of the fixture: every reference about it."""
    return {
        digest(path.read_bytes()): " ".join(reference for page, _, reference in ROWS if page == path.stem)
        for path in (data / "images").iterdir()
    }


@pytest.fixture
def server(data: Path, monkeypatch) -> Iterator[stand_in.Claude]:
    monkeypatch.setattr(pace, "BACK_OFF", (0.01,))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none of ours")
    with stand_in.serving(judge(knows(data)), latency=0.0) as served:
        yield served


CHAT = """{% for message in messages %}<|im_start|>{{ message['role'] }}
{% for part in message['content'] %}{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>\
{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
SPECIAL = [
    f"<|{name}|>"
    for name in ("endoftext", "im_start", "im_end", "vision_start", "vision_end", "image_pad", "video_pad")
]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with base/ and adapter/ of `build_tiny`."""
    folder = tmp_path_factory.mktemp("tiny")
    build_tiny(folder)
    return folder


def build_tiny(folder: Path, most_pixels: int = 28 * 28 * 16) -> None:
    """Qwen2-VL of random weights with its real processor (base/), and LoRA that changes its answers (adapter/).

    A page has a token for each 28 x 28 of its pixels; one of more than `most_pixels` is made smaller.
    """
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

    processor = _processor(most_pixels)
    torch.manual_seed(3)
    model = Qwen2VLForConditionalGeneration(_config(processor.tokenizer, Qwen2VLConfig))
    model.save_pretrained(folder / "base")
    processor.save_pretrained(folder / "base")
    config = folder / "base" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"vlm3_tiny": True}))
    lora = LoraConfig(
        r=4, target_modules=r".*language_model\.layers.*(q|v|o)_proj", init_lora_weights=False, task_type="CAUSAL_LM"
    )
    get_peft_model(model, lora).save_pretrained(folder / "adapter")


def _processor(most_pixels: int):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2VLImageProcessorPil, Qwen2VLProcessor, Qwen2VLVideoProcessor

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        [text for _, *texts in ROWS for text in texts],
        trainers.BpeTrainer(vocab_size=400, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False),
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>", additional_special_tokens=SPECIAL
    )
    return Qwen2VLProcessor(
        image_processor=Qwen2VLImageProcessorPil(size={"shortest_edge": 56 * 56, "longest_edge": most_pixels}),
        tokenizer=tokenizer,
        video_processor=Qwen2VLVideoProcessor(),
        chat_template=CHAT,
    )


def _config(tokenizer, kind):
    ids = {
        name: tokenizer.convert_tokens_to_ids(f"<|{name}|>")
        for name in ("image_pad", "video_pad", "vision_start", "vision_end")
    }
    text = {
        "vocab_size": len(tokenizer), "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 2048,
        "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
        "eos_token_id": tokenizer.eos_token_id, "bos_token_id": None, "pad_token_id": tokenizer.pad_token_id,
    }  # fmt: skip
    vision = {"depth": 2, "embed_dim": 32, "hidden_size": 64, "num_heads": 4, "mlp_ratio": 2}
    return kind(
        text_config=text,
        vision_config=vision,
        image_token_id=ids["image_pad"],
        video_token_id=ids["video_pad"],
        vision_start_token_id=ids["vision_start"],
        vision_end_token_id=ids["vision_end"],
    )
