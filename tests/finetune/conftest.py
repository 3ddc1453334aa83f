"""A small data set of drawn pages, the tiny model's parts, and settings for both."""

import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from finetune import config
from finetune.data import Data, read_dataset
from tests.finetune import hub
from tests.finetune.starts import TRAINING, Start
from tests.forks import Forks, forking


def line(page: str, question: str, answer: str, **changes: Any) -> dict[str, Any]:
    """One line of a JSONL file, with some of its fields changed."""
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    metadata = {"page_id": page, "section_name": "Clutch", "content_type": "procedure", "labeler": "rules"}
    return {"image": f"images/{page}.jpg", "conversations": turns, "metadata": metadata} | changes


def draw(path: Path, size: tuple[int, int], text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).text((20, 20), text, fill=0)
    image.save(path)


def write_lines(folder: Path, split: str, lines: list[dict[str, Any]]) -> None:
    text = "".join(f"{json.dumps(one)}\n" for one in lines)
    (folder / f"vlm_{split}.jsonl").write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def training_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pages of different sizes to train on, one to validate on; four questions each."""
    folder = tmp_path_factory.mktemp("data")
    sizes = {"21-01": (150, 210), "21-02": (640, 480), "21-03": (90, 60), "21-04": (300, 400)}
    lines = {page: [] for page in sizes}
    for number, (page, size) in enumerate(sizes.items()):
        draw(folder / "images" / f"{page}.jpg", size, f"Torque {20 + number} Nm")
        lines[page] = [line(page, f"What is value {k} of {page}?", f"{20 + number + k} Nm") for k in range(4)]
    write_lines(folder, "train", lines["21-01"] + lines["21-02"] + lines["21-03"])
    write_lines(folder, "val", lines["21-04"])
    return folder


@pytest.fixture(scope="session")
def mixed_data(training_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same pages, and beside them questions about a forum's threads: 24 to train on, four to validate on."""
    folder = shutil.copytree(training_data, tmp_path_factory.mktemp("mixed") / "data")
    for split, threads in (("train", range(24)), ("val", range(24, 28))):
        told = {"source": "forum", "url": "https://forum.example/t/1", "content_type": "thread"}
        rows = [
            line(f"thread-{k // 3}", f"What did owner {k} find?", "It was the pump. " * (k % 4) + f"{k} Nm", image=None)
            for k in threads
        ]
        for row in rows:
            row["metadata"] |= told
        with (folder / f"vlm_{split}.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in rows)
    return folder


@pytest.fixture(scope="session")
def data(training_data: Path) -> Data:
    return read_dataset(str(training_data))


@pytest.fixture
def settings(training_data: Path, tmp_path: Path) -> Callable[..., config.Settings]:
    """Settings of a tiny run, with the flags that are given."""

    def read(*flags: str) -> config.Settings:
        return config.read(["--model", "tiny", "--data", str(training_data), "--output", str(tmp_path), *flags])

    return read


@pytest.fixture(scope="session")
def base(data: Data, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a tiny base model."""
    from finetune import tiny

    folder = tmp_path_factory.mktemp("tiny") / "base"
    tiny.build(folder, data, config.read(["--model", "tiny"]))
    return str(folder)


@pytest.fixture(scope="session")
def processor(base: str) -> Any:
    from finetune.model import load_processor

    return load_processor(base, config.read(["--model", "tiny"]))


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """A process that has imported what a training imports."""
    with forking(*TRAINING) as forks:
        yield forks


@pytest.fixture(scope="session")
def start(forks: Forks) -> Callable[..., Start]:
    """Starts the training command."""
    return partial(Start, forks)


@pytest.fixture
def bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute in what a GPU computes in: a training that runs here computes in float32."""
    import torch

    from finetune import model, training

    for module in (model, training):
        monkeypatch.setattr(module, "compute_dtype", lambda: torch.bfloat16)


@pytest.fixture
def trainer(base: str, processor: Any, data: Data, settings: Callable[..., config.Settings]) -> Any:
    """A trainer of the tiny model in 4 bits that has not begun."""
    import torch

    from finetune import model
    from finetune.training import build

    torch.set_num_threads(1)  # as a tiny run does

    chosen = settings("--max-steps", "2", "--questions", "2", "--batch-size", "2", "--accumulation", "1")
    return build(chosen, model.load_model(base, chosen), processor, data)


@pytest.fixture(scope="session")
def tokenizer_file(pytestconfig: pytest.Config) -> Path:
    """Qwen2's `tokenizer.json`, kept in pytest's cache."""
    return hub.tokenizer_file(pytestconfig.cache.mkdir("qwen2"))


@pytest.fixture(scope="session")
def seven() -> Any:
    """The sizes of Qwen2-VL-7B."""
    from transformers import Qwen2VLConfig

    from finetune.estimate.arithmetic import Shape

    text = {"hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28}
    heads = {"num_attention_heads": 28, "num_key_value_heads": 4, "vocab_size": 152064}
    return Shape.of(Qwen2VLConfig(text_config=text | heads))


@pytest.fixture(scope="session")
def adapter(base: str, processor: Any) -> Path:
    """The folder of an adapter that changes what the tiny model answers, beside its base as a run leaves it."""
    import torch
    from peft import get_peft_model
    from transformers import Qwen2VLForConditionalGeneration

    from finetune.training import lora

    folder = Path(base).with_name("adapter")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = get_peft_model(
            Qwen2VLForConditionalGeneration.from_pretrained(base), lora(config.read(["--model", "tiny"]))
        )
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=0.05)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def merged(adapter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that adapter merged into its base."""
    from finetune.tools.merge import merge

    folder = tmp_path_factory.mktemp("merged") / "model"
    merge(adapter, folder)
    return folder
