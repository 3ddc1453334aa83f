"""A question about a page gets the likeliest answer, and a mistake one line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from finetune.tools import ask, trained


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "page.png"
    Image.new("L", (200, 280), 200).save(path)
    return path


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs the command with these arguments: exit code, what it prints, what it complains of."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["ask", *arguments])
        monkeypatch.setattr(ask, "MAX_TOKENS", 4)
        try:
            ask.main()
        except SystemExit as stop:
            return (stop.code, *capsys.readouterr())
        return (0, *capsys.readouterr())

    return run


@pytest.mark.parametrize("which", ["--adapter", "--model"])
def test_the_answer_is_the_likeliest_word_each_time(
    which: str, page: Path, adapter: Path, merged: Path, command: Callable[..., Any]
) -> None:
    import torch

    folder = adapter if which == "--adapter" else merged
    code, answer, _ = command(which, str(folder), "--image", str(page), " How tight? ")
    assert code == 0

    processor = trained.load_processor(folder)
    model = trained.load_model(trained.base_of(adapter), adapter) if folder == adapter else trained.load_model(folder)
    batch = trained.inputs(processor, Image.open(page).convert("RGB"), "How tight?", "cpu")
    said: list[int] = []
    for _ in range(4):
        with torch.inference_mode():
            said.append(int(model(**batch).logits[0, -1].argmax()))
        grown = {"input_ids": said[-1], "attention_mask": 1, "mm_token_type_ids": 0}
        for name in grown.keys() & batch.keys():
            batch[name] = torch.cat([batch[name], torch.tensor([[grown[name]]])], dim=1)
    assert answer.startswith(processor.tokenizer.decode(said, skip_special_tokens=True).strip())
    assert answer.endswith("[cut off after 4 tokens]\n")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"--image": "nowhere.png"}, "nowhere.png: image is missing"),
        ({"--image": __file__}, "image cannot be read"),
        ({"--adapter": "nowhere"}, "there is no folder nowhere"),
        ({"--model": "somewhere"}, "not allowed with"),
        ({"question": " "}, "the question is empty"),
    ],
)
def test_a_mistake_is_one_line(
    changes: dict[str, str], expected: str, page: Path, adapter: Path, command: Callable[..., Any]
) -> None:
    given = {"--adapter": str(adapter), "--image": str(page), "question": "How tight?"} | changes
    question = given.pop("question")
    code, _, error = command(*(part for pair in given.items() for part in pair), question)
    assert (code, error.count("\n")) == (2, 1)
    assert expected in error
