"""The benchmark that needs a GPU: its code runs on the tiny model, and without a GPU it says so."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "gpu.py"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """The benchmark's names, its command line set."""

    def load(*flags: str) -> dict[str, Any]:
        monkeypatch.setattr("sys.argv", [BENCHMARK.name, *flags])
        monkeypatch.syspath_prepend(BENCHMARK.parent)
        return runpy.run_path(str(BENCHMARK))

    return load


def test_without_a_gpu_it_says_so(
    benchmark: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    benchmark()["main"]()
    shown = capsys.readouterr().out
    assert shown.startswith("needs a CUDA GPU")
    assert shown.count("\n") == 1


def test_it_measures_both_sides(benchmark: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    benchmark("--tiny")["main"]()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[2:5]] == [["48", "sdpa"], ["48", "stock"], ["48", "conversation"]]
    ours, stock, turns = (float(line[22:32]) for line in lines[2:5])
    assert lines[5] == f"ratio: {float(lines[5].split()[1]):.2f}"
    assert float(lines[5].split()[1]) == pytest.approx(ours / stock, rel=0.5)  # two digits were printed
    assert turns > 0
    assert len(lines) == 6


def test_a_way_that_fails_is_named_and_the_others_are_measured(
    benchmark: Callable[..., Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = benchmark("--tiny")

    def measure(_sides: Any, side: str, *_: Any) -> Any:
        if side == "sdpa":
            raise RuntimeError("no kernel image is available\nA second line.")
        return names["Measured"](side, 48, 0.5, mfu=None, done=None, gigabytes=None)

    monkeypatch.setitem(names["main"].__globals__, "measure", measure)
    names["main"]()
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].endswith("sdpa        left out: RuntimeError: no kernel image is available")
    assert [line.split()[1] for line in lines[3:5]] == ["stock", "conversation"]


def test_the_best_way_and_its_rivals_come_first(benchmark: Callable[..., Any]) -> None:
    names = benchmark()
    jobs = [side for _, side in names["ordered"](["flex", "sdpa", "varlen"], names["REAL"])]
    assert jobs == ["varlen", "stock TRL", "conversation"] * 3 + ["sdpa"] * 3 + ["flex"]


def test_no_two_weights_of_the_measured_model_are_one(benchmark: Callable[..., Any]) -> None:
    from finetune import tiny

    names = benchmark()
    settings = names["settings_for"]("sdpa", (8, 6), names["TINY"], "/nowhere")
    processor = tiny.processor(names["drawn"]((8, 6)), settings)
    made = names["random_model"](tiny.config(processor), settings)
    places = [weight.untyped_storage().data_ptr() for weight in made.parameters()]
    assert len(set(places)) == len(places)


def test_a_missed_target_is_said(benchmark: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    names = benchmark()
    stock = names["Measured"](names["STOCK"], 1000, 0.7, mfu=0.1, done=0.2, gigabytes=30.0)
    ours = names["Measured"]("sdpa", 1000, 0.1, mfu=0.3, done=0.5, gigabytes=20.0)
    names["conclude"]([stock, ours], "sdpa", small=False)
    assert capsys.readouterr().out.splitlines() == [
        "sdpa (auto): times stock 7.0 at worst, wanted at least 6.0: met",
        "sdpa (auto): MFU 30.0% at worst, wanted at least 40.0%: MISSED",
        "sdpa (auto): GB 20.0 at worst, wanted under 24.0: met",
        "ratio: 7.00",
    ]


def test_every_weight_of_the_shape_is_there(benchmark: Callable[..., Any]) -> None:
    """The 7B itself is not built here; its shape has the weights that the model card says, 8.29 B."""
    import torch
    from transformers import Qwen2VLForConditionalGeneration

    from finetune import config, tiny

    names = benchmark()
    with torch.device("meta"):
        processor = tiny.processor(names["drawn"]((2, 2)), config.read(["--model", "tiny"]))
        shape = Qwen2VLForConditionalGeneration(names["seven"](processor))
    assert sum(weight.numel() for weight in shape.parameters()) / 1e9 == pytest.approx(8.291, abs=0.001)
