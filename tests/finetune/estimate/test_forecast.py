"""A run's cost is told before it is paid, and what cannot fit is refused with what to change."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from finetune import config
from finetune.errors import RunError
from finetune.estimate import forecast
from finetune.estimate.arithmetic import Shape
from finetune.estimate.forecast import Machine, Pages, cost, report, require_fit
from finetune.estimate.gpus import PLANNED, Gpu, large_enough, look_up
from finetune.lengths import PageLength

# 1,200 pages with ten questions each: the data set that is planned for.
PLAN = Pages([PageLength(1500, 30, (80,) * 10, (40,) * 10)] * 1200, [])
LARGE = Pages([PageLength(2500, 30, (80,) * 10, (40,) * 10)] * 16, [])


def settings(*flags: str) -> config.Settings:
    return config.read(flags)


def test_what_the_planned_run_takes(seven: Shape) -> None:
    apart = cost(settings("--packing", "off", "--eval-every", "9999"), PLAN, seven, PLANNED)
    shared = cost(settings("--eval-every", "9999"), PLAN, seven, PLANNED)
    everything = cost(settings("--questions", "10", "--eval-every", "9999"), PLAN, seven, PLANNED)
    assert (apart.rows, apart.steps) == (12_000, 2250)
    assert (shared.rows, shared.steps) == (3600, 2700)  # of ten questions 4, 3 and 3
    assert (everything.rows, everything.steps) == (1200, 900)
    assert apart.hours == pytest.approx(6.5, rel=0.05)
    assert apart.hours / everything.hours > 6.5


def test_steps_are_those_of_the_trainer(trainer: Any, data: Any, processor: Any, settings: Callable[..., Any]) -> None:
    from finetune.lengths import measure_pages

    chosen = settings("--batch-size", "2", "--accumulation", "2", "--packing", "off", "--questions", "1")
    pages = Pages(measure_pages(data.train, processor, chosen), measure_pages(data.val, processor, chosen))
    told = cost(chosen, pages, Shape.of(trainer.model.config), None)
    assert (told.rows, told.steps) == (12, 9)  # 3 steps an epoch
    assert told.hours is None


def test_validation_is_counted(seven: Shape) -> None:
    with_val = replace(PLAN, val=PLAN.train[:120])
    extra = cost(settings("--eval-every", "270"), with_val, seven, PLANNED).petaflop
    extra -= cost(settings("--eval-every", "270"), PLAN, seven, PLANNED).petaflop
    # Ten times a tenth of the pages, forward only: of three epochs with three passes a ninth, and the whole tower.
    assert 1 / 9 < extra / cost(settings("--eval-every", "270"), PLAN, seven, PLANNED).petaflop < 1 / 6


def test_two_gpus_take_half_the_hours(seven: Shape) -> None:
    one, two = (cost(settings(), PLAN, seven, PLANNED, processes) for processes in (1, 2))
    assert two.steps == one.steps
    assert two.hours == pytest.approx(one.hours / 2)


def test_the_table_shows_what_sharing_buys(seven: Shape) -> None:
    lines = report(settings(), PLAN, seven, Machine(look_up("NVIDIA A100-SXM4-80GB", 85.1), usd_per_hour=2.0))
    assert "40% of 312 TFLOPS (assumed)" in lines[0]
    assert [line[:15].strip() for line in lines[2:-1]] == ["1", "2", "4", "8", "all (10)"]
    assert lines[1].split()[-2:] == ["hours", "USD"]
    (chosen,) = [line for line in lines if line.endswith("<- this run")]
    hours, usd = (float(field) for field in chosen.removesuffix("<- this run").split()[-2:])
    assert chosen.split()[0] == "4"
    assert usd == pytest.approx(2 * hours, abs=0.02)
    assert "of 85 GB" in lines[-1]


def test_what_is_not_known_is_said(seven: Shape) -> None:
    unknown = report(settings(), PLAN, seven, Machine(look_up("NVIDIA Zeppelin", 100), usd_per_hour=2.0))
    assert "speed is not in finetune/estimate/gpus.py, so no hours" in unknown[0]
    assert unknown[1].split()[-2:] == ["memory", "GB"]
    assert "no GPU here; A100 with 80 GB" in report(settings(), PLAN, seven, Machine(None))[0]
    tiny = report(settings("--model", "tiny"), PLAN, seven, Machine(None))
    assert "nothing is foretold" in tiny[0]
    assert tiny[1].split() == ["questions", "a", "row", "in", "a", "step", "rows", "steps"]
    assert not any("memory" in line for line in tiny)


@pytest.mark.parametrize(
    ("name", "tflops"),
    [
        ("NVIDIA A100-SXM4-80GB", 312),
        ("NVIDIA A100 80GB PCIe", 312),
        ("NVIDIA A100-SXM4-40GB MIG 1g.5gb", None),
        ("NVIDIA A10", 125),
        ("NVIDIA A10G", None),
        ("NVIDIA H100 80GB HBM3", 989),
        ("NVIDIA H100 PCIe", 756),
        ("NVIDIA H100 NVL", 835),
        ("NVIDIA H200", 989),
        ("NVIDIA L40S", 362),
        ("NVIDIA L4", 121),
        ("NVIDIA GeForce RTX 4090", 165),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", None),
        ("NVIDIA GeForce RTX 3090", 71),
        ("NVIDIA GeForce RTX 3090 Ti", None),
        ("NVIDIA RTX 6000 Ada Generation", 364),
        ("AMD Instinct MI300X", None),
    ],
)
def test_a_card_is_known_by_the_words_of_its_name(name: str, tflops: float | None) -> None:
    assert look_up(name, 80) == Gpu(name, 80, tflops)


def test_the_smallest_card_that_is_large_enough() -> None:
    assert large_enough(30) == "RTX 5090 (32 GB)"
    assert large_enough(500) is None


@pytest.mark.parametrize(
    ("flags", "gigabytes", "named"),
    [
        (["--bits", "16"], 20, "--bits 4"),
        (["--batch-size", "4"], 16, "--batch-size 2 --accumulation 8"),
        (["--questions", "10"], 13, "--questions 5 --accumulation 8"),
        (["--gradient-checkpointing", "false"], 24, "--gradient-checkpointing"),
        (["--packing", "off", "--questions", "8"], 16, "--packing shared"),
        ([], 12.2, "--max-pixels 1176000"),
        ([], 6, "no one setting mends that; take A10 (24 GB)"),
    ],
)
def test_a_clear_no_names_what_to_change(flags: list[str], gigabytes: float, named: str, seven: Shape) -> None:
    chosen = settings(*flags)
    with pytest.raises(RunError, match="will not fit") as refused:
        require_fit(chosen, LARGE, seven, Gpu("Card", gigabytes, 100))
    line = str(refused.value)
    assert named in line
    assert "\n" not in line
    require_fit(chosen, LARGE, seven, Gpu("Card", 200, 100))


def test_a_named_cure_is_one(seven: Shape) -> None:
    require_fit(settings("--batch-size", "2", "--accumulation", "8"), LARGE, seven, Gpu("Card", 16, 100))
    require_fit(settings("--questions", "5", "--accumulation", "8"), LARGE, seven, Gpu("Card", 13, 100))


def test_a_card_without_bfloat16_is_refused(seven: Shape) -> None:
    with pytest.raises(RunError, match="Tesla T4 does not compute in bfloat16"):
        require_fit(settings(), PLAN, seven, look_up("Tesla T4", 15.8))


def test_sizes_of_another_model_are_one_line(tmp_path: Any) -> None:
    with pytest.raises(RunError, match="no Qwen2-VL"):
        forecast.shape_of(str(tmp_path))


def test_a_run_asks_before_it_loads_its_model(
    data: Any, processor: Any, base: str, settings: Callable[..., Any], monkeypatch: Any
) -> None:
    lines = forecast.before(settings(), data, processor, base)
    assert any(line.endswith("<- this run") for line in lines)
    monkeypatch.setattr(forecast, "here", lambda: Gpu("Card", 0.5, 100))
    with pytest.raises(RunError, match=r"Card has 0\.5 GB .* will not fit"):
        forecast.before(settings(), data, processor, base)
