"""The benchmark that needs a GPU: its code runs on the tiny model, and without a GPU it says so."""

import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.forks import ROOT, Forks

pytestmark = pytest.mark.slow

BENCHMARK = ROOT / "benchmarks" / "gpu.py"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Any]]]:
    """The benchmark's names, its command line set. It is imported, since it sends its records to other processes."""

    def load(*flags: str) -> dict[str, Any]:
        monkeypatch.setattr("sys.argv", [BENCHMARK.name, *flags])
        monkeypatch.syspath_prepend(BENCHMARK.parent)
        return vars(importlib.import_module(BENCHMARK.stem))

    yield load
    sys.modules.pop(BENCHMARK.stem, None)


def test_without_a_gpu_it_says_so(
    benchmark: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    benchmark()["main"]()
    shown = capsys.readouterr().out
    assert shown.startswith("needs a CUDA GPU")
    assert shown.count("\n") == 1


def main() -> None:
    """Run the benchmark, in a process of its own."""
    sys.path.insert(0, str(BENCHMARK.parent))
    importlib.import_module(BENCHMARK.stem).main()


def test_it_measures_every_choice_and_both_rivals(forks: Forks, tmp_path: Path) -> None:
    with (tmp_path / "errors").open("w") as errors:
        done = forks.start(f"{__name__}:main", [BENCHMARK, "--tiny"], stderr=errors)
    shown, _ = done.communicate()
    assert done.returncode == 0, (tmp_path / "errors").read_text(encoding="utf-8")
    lines = shown.splitlines()
    assert [line.split()[1:-4] for line in lines[2:-1]] == [
        ["sdpa", "16", "none"],
        ["sdpa", "4", "all"],
        ["stock", "TRL", "4", "all"],
        ["conversation", "4", "all"],
        ["sdpa", "16", "half"],
        ["sdpa", "4", "none"],
        ["sdpa", "16", "all"],
        ["sdpa", "4", "half"],
    ]
    speeds = [float(line.split()[-4]) for line in lines[2:-1]]
    assert min(speeds) > 0
    assert float(lines[-1].removeprefix("ratio: ")) == pytest.approx(speeds[1] / speeds[2], rel=0.5)  # two digits


def test_a_way_that_fails_or_kills_its_process_is_named_and_the_others_are_measured(
    benchmark: Callable[..., Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = benchmark("--tiny")

    def measure(_sides: Any, way: Any, *_: Any) -> Any:
        if way.bits == 16:
            raise RuntimeError("no kernel image is available\nA second line.")
        if way.again == "none":
            os._exit(1)
        return names["Measured"](way, 48, 0.5, mfu=None, done=None, gigabytes=None)

    monkeypatch.setitem(names["main"].__globals__, "measure", measure)
    names["main"]()
    lines = capsys.readouterr().out.splitlines()
    failed = {number: line.partition("left out: ")[2] for number, line in enumerate(lines) if "left out" in line}
    kernel = "RuntimeError: no kernel image is available"
    assert failed == {2: kernel, 6: kernel, 7: "its process was killed", 8: kernel}
    assert len(lines) == 2 + 8 + 1


def test_what_would_begin_too_late_is_left_out(benchmark: Callable[..., Any]) -> None:
    names = benchmark()
    jobs = names["ordered"](["sdpa"], [(8, 6)])
    told = names["measured"](jobs, names["TINY"], None, time.monotonic() + names["LONGEST"] - 1)
    assert list(told) == ["no time is left"] * len(jobs)


def test_the_best_way_the_recipe_and_its_rivals_come_first_at_each_size(benchmark: Callable[..., Any]) -> None:
    names = benchmark()
    way, (one, two, three) = names["Way"], names["REAL"].sides
    first = [way("varlen", 16, "none"), way("varlen"), way(names["STOCK"]), way(names["TURNS"])]
    choices = [(16, "half"), (4, "none"), (16, "all"), (4, "half")]
    assert names["ordered"](["varlen", "sdpa"], names["REAL"].sides) == [
        *((one, each) for each in first),
        *((one, way("varlen", *choice)) for choice in choices),
        *((size, each) for size in (two, three) for each in first),
        *((size, way("sdpa")) for size in (one, two, three)),
    ]


def test_ours_trains_in_the_bits_and_with_the_checkpoints_of_the_way(benchmark: Callable[..., Any]) -> None:
    names = benchmark()
    settings = names["settings_for"](names["Way"]("sdpa", 16, "half"), (8, 6), names["TINY"], "/nowhere")
    assert (settings.bits, settings.gradient_checkpointing, settings.attention) == (16, "half", "sdpa")


def test_no_two_weights_of_the_measured_model_are_one(benchmark: Callable[..., Any]) -> None:
    from finetune import tiny

    names = benchmark()
    settings = names["settings_for"](names["Way"]("sdpa"), (8, 6), names["TINY"], "/nowhere")
    processor = tiny.processor(names["drawn"]((8, 6)), settings)
    made = names["random_model"](tiny.config(processor), settings)
    places = [weight.untyped_storage().data_ptr() for weight in made.parameters()]
    assert len(set(places)) == len(places)


def test_a_missed_target_is_said(benchmark: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    names = benchmark()
    way, measured = names["Way"], names["Measured"]
    found = [
        measured(way("varlen", 16, "none"), 1000, 0.05, mfu=0.35, done=0.35, gigabytes=45.0),
        measured(way("varlen"), 1000, 0.1, mfu=0.2, done=0.3, gigabytes=20.0),
        measured(way(names["STOCK"]), 1000, 0.7, mfu=0.1, done=0.2, gigabytes=30.0),
    ]
    names["conclude"](found, small=False)
    assert capsys.readouterr().out.splitlines() == [
        "recipe: times stock 7.0 at worst, wanted at least 6.0: met",
        "recipe: GB 20.0 at worst, wanted under 24.0: met",
        "fastest, 16 bits, none: MFU 35.0% at worst, wanted at least 40.0%: MISSED",
        "share of the peak in 4 bits: 30%; the forecast assumes 30%",
        "share of the peak in 16 bits: 35%; the forecast assumes 40%",
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
