"""A run's cost is told before it is paid, and what cannot fit is refused with what to change."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finetune import config
from finetune.estimate import forecast
from finetune.estimate.arithmetic import Shape
from finetune.estimate.forecast import Cost, Machine, Splits, best, make_forecast, packed, require_fit
from finetune.estimate.forecast import flags as as_flags
from finetune.estimate.gpus import PLANNED, Gpu
from finetune.estimate.report import report
from finetune.examples import QuestionTokens, measure
from finetune.packing.sampler import EpochOrder
from vlm3_dataset.errors import UserError


# 1,200 pages with ten questions each: the data set that is planned for.
def pages(number: int, image: int) -> Splits:
    """So many pages with ten questions of 80 tokens each."""
    return [QuestionTokens(f"{page}", "manual", image, 30, 40, 40) for page in range(number)] * 10, []


PLAN, LARGE = pages(1200, 1500), pages(16, 2500)
A100 = Machine(Gpu.of("NVIDIA A100-SXM4-80GB", 85.1), usd_per_hour=2.0)


def settings(*flags: str) -> config.Settings:
    return config.read(flags)


def cost(chosen: config.Settings, tokens: Splits, shape: Shape, gpu: Gpu | None, processes: int = 1) -> Cost:
    return forecast.cost(chosen, packed(tokens, chosen), shape, Machine(gpu, processes))


def test_what_the_planned_run_takes(seven: Shape) -> None:
    apart = cost(settings("--packing", "off", "--eval-every", "9999"), PLAN, seven, PLANNED)
    four = cost(settings("--eval-every", "9999"), PLAN, seven, PLANNED)
    five = cost(settings("--questions", "5", "--eval-every", "9999"), PLAN, seven, PLANNED)
    everything = cost(settings("--questions", "10", "--eval-every", "9999"), PLAN, seven, PLANNED)
    assert (apart.rows, apart.steps, apart.in_step) == (12_000, 2250, 16)
    assert (four.rows, four.steps) == (3600, 2160)  # of ten questions 4, 3 and 3
    assert (five.rows, five.steps) == (2400, 2400)
    assert (everything.rows, everything.steps) == (1200, 1800)
    assert [one.in_step for one in (four, five, everything)] == pytest.approx([50 / 3, 15, 20])
    assert five.petaflop / four.petaflop == pytest.approx(0.71, abs=0.01)  # 29 % less work
    assert apart.petaflop / everything.petaflop > 6.5


def test_a_step_has_the_questions_that_were_asked_for_on_average(seven: Shape) -> None:
    for asked in (8, 16, 32, 64):
        told = cost(settings("--step-questions", str(asked)), PLAN, seven, PLANNED).in_step
        assert abs(told - asked) <= 10 / 3 / 2 + 1e-9  # half a row
    assert cost(settings("--accumulation", "4"), PLAN, seven, PLANNED).in_step == pytest.approx(40 / 3)


def test_rows_without_a_page_are_counted(seven: Shape) -> None:
    forum = [QuestionTokens("", "forum", 0, 14, 50, 100)] * 600
    more = cost(settings(), ([*PLAN[0], *forum], []), seven, PLANNED)
    plain = cost(settings(), PLAN, seven, PLANNED)
    assert 90_000 / 1850 <= more.rows - plain.rows <= 1.15 * 90_000 / 1850  # as long as a page's row
    twice = cost(settings("--mix", "forum=2"), ([*PLAN[0], *forum], []), seven, PLANNED)
    assert twice.rows - plain.rows == 2 * (more.rows - plain.rows)
    assert twice.petaflop - plain.petaflop == pytest.approx(2 * (more.petaflop - plain.petaflop), rel=0.3)


def test_checkpoints_take_their_time(seven: Shape) -> None:
    often, seldom = (cost(settings("--save-every", str(steps)), PLAN, seven, PLANNED) for steps in (10, 216))
    assert often.checkpoint == pytest.approx(1.94, abs=0.01)
    assert (often.hours - seldom.hours) * 3600 == pytest.approx((216 - 10) * 1.94 * (1 + 1 / 1.8), rel=0.01)


def test_the_best_settings_for_an_a100(seven: Shape) -> None:
    found = best(settings(), PLAN, seven, A100)
    rows = "--packing shared --questions 5 --accumulation 3"
    assert as_flags(found[0]) == f"{rows} --bits 16 --gradient-checkpointing none"
    assert all(one.gigabytes <= 0.85 * 85.1 for one in found)
    assert [one.hours for one in found] == sorted(one.hours for one in found)
    assert make_forecast(settings("--auto"), PLAN, seven, A100).run == best(settings("--auto"), PLAN, seven, A100)[0]
    assert all(round(16 / one.settings.questions) >= 3 for one in found)  # several pages in a step
    half = best(settings(), PLAN, seven, Machine(Gpu.of("NVIDIA A100-PCIE-40GB", 42)))[0].settings
    assert (half.bits, half.gradient_checkpointing) == (16, "half")
    small = best(settings(), PLAN, seven, Machine(Gpu.of("NVIDIA L4", 24)))
    assert all(one.settings.bits == 4 for one in small)


@pytest.mark.parametrize("asked", [(), ("--packing", "off", "--accumulation", "7"), ("--step-questions", "40")])
def test_the_flags_that_are_told_give_that_run(asked: tuple[str, ...], seven: Shape) -> None:
    told = best(settings(*asked), PLAN, seven, A100)[0]
    typed = cost(settings(*asked, *as_flags(told).split()), PLAN, seven, A100.gpu)
    assert replace(typed, settings=told.settings) == told


def test_auto_says_where_it_has_no_choice(seven: Shape) -> None:
    with pytest.raises(UserError, match="no setting fits"):
        make_forecast(settings("--auto"), LARGE, seven, Machine(Gpu("Card", 8, 100)))
    with pytest.raises(UserError, match="there is none for the tiny model"):
        make_forecast(settings("--model", "tiny", "--auto"), LARGE, seven, A100)


def test_auto_takes_passes_that_divide_among_the_processes(seven: Shape) -> None:
    for processes in (2, 3, 8):
        found = best(settings(), PLAN, seven, replace(A100, processes=processes))
        assert found
        assert all(one.accumulation % processes == 0 for one in found)
    with pytest.raises(UserError, match=r"no setting fits .* and divides among 7 processes"):
        make_forecast(settings("--auto"), PLAN, seven, replace(A100, processes=7))


def test_steps_are_those_of_the_trainer(trainer: Any, data: Any, processor: Any, settings: Callable[..., Any]) -> None:
    chosen = settings("--batch-size", "2", "--accumulation", "2", "--packing", "off", "--questions", "1")
    told = cost(chosen, (measure(data.train, processor, chosen), []), Shape.of(trainer.model.config), None)
    assert (told.rows, told.steps) == (12, 9)  # 3 steps an epoch
    assert told.hours is None


def test_the_rows_of_a_mix_are_those_of_an_epoch(seven: Shape) -> None:
    texts = [QuestionTokens("", "forum", 0, 30, 40, 3000) for _ in range(5)]  # each fills a row of its own
    tokens = [*pages(5, 1500)[0], *texts], []
    told = cost(settings("--questions", "10", "--mix", "manual=0.5", "forum=0.5"), tokens, seven, PLANNED)
    order = EpochOrder(["manual"] * 5 + ["forum"] * 5, 1, {"manual": 0.5, "forum": 0.5})
    assert told.rows == len(order) == 4


def test_validation_is_counted(seven: Shape) -> None:
    with_val = PLAN[0], PLAN[0][::10]
    extra = cost(settings("--eval-every", "270"), with_val, seven, PLANNED).petaflop
    extra -= cost(settings("--eval-every", "270"), PLAN, seven, PLANNED).petaflop
    # Ten times a tenth of the pages, forward only: of three epochs with three passes a ninth, and the whole tower.
    assert 1 / 9 < extra / cost(settings("--eval-every", "270"), PLAN, seven, PLANNED).petaflop < 1 / 6


def test_the_last_step_is_evaluated_and_saved_too(seven: Shape) -> None:
    with_val = PLAN[0], PLAN[0][::10]
    twice, thrice = (
        cost(settings("--max-steps", steps, "--eval-every", "50", "--save-every", "50"), with_val, seven, PLANNED)
        for steps in ("100", "101")
    )
    assert (twice.saves, thrice.saves) == (2, 3)
    step = cost(settings("--max-steps", "1", "--eval-every", "1"), PLAN, seven, PLANNED).petaflop
    assert thrice.petaflop - twice.petaflop == pytest.approx((twice.petaflop - 100 * step) / 2 + step)


def test_two_gpus_take_half_the_hours(seven: Shape) -> None:
    one, two = (cost(settings("--accumulation", "4"), PLAN, seven, PLANNED, processes) for processes in (1, 2))
    assert two.steps == one.steps
    assert two.hours == pytest.approx(one.hours / 2, rel=0.03)  # all but the checkpoints


def test_the_table_shows_this_run_and_the_three_best(seven: Shape) -> None:
    lines = report(make_forecast(settings(), PLAN, seven, A100))
    assert "30% (4 bits; Qwen's own measurement on an A100) of 312 TFLOPS" in lines[0]
    assert lines[1].split()[-2:] == ["hours", "USD"]
    assert lines[2].endswith("<- this run")
    hours, usd = (float(field) for field in lines[2].removesuffix("<- this run").split()[-2:])
    assert 2.5 < hours < 3.2
    assert usd == pytest.approx(2 * hours, abs=0.02)
    assert [line.split()[:2] for line in lines[3:6]] == [["5", "16"], ["5", "16"], ["5", "4"]]
    assert lines[6].startswith("the best is --packing shared --questions 5 ")
    assert lines[6].endswith(" --bits 16 --gradient-checkpointing none, which --auto takes")
    assert "of 85 GB" in lines[7]
    assert lines[8] == "checkpoints: 44 of 1.9 GB, three of them kept"


def test_what_is_not_known_is_said(seven: Shape) -> None:
    unknown = report(make_forecast(settings(), PLAN, seven, Machine(Gpu.of("NVIDIA Zeppelin", 100), usd_per_hour=2.0)))
    assert "speed is not in finetune/estimate/gpus.py, so no hours" in unknown[0]
    assert unknown[1].split()[-2:] == ["memory", "GB"]
    assert "no GPU here; A100 with 80 GB" in report(make_forecast(settings(), PLAN, seven, Machine(None)))[0]
    tiny = report(make_forecast(settings("--model", "tiny"), PLAN, seven, Machine(None)))
    assert "no hours and no memory" in tiny[0]
    assert tiny[1].split()[-2:] == ["rows", "steps"]
    assert len(tiny) == 3
    assert not any("memory" in line for line in tiny[1:])


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
    assert Gpu.of(name, 80) == Gpu(name, 80, tflops)


@pytest.mark.parametrize(
    ("flags", "gigabytes", "named"),
    [
        (["--bits", "16"], 20, "--bits 4 --gradient-checkpointing all would, which --auto takes"),
        (
            ["--gradient-checkpointing", "none"],
            30,
            "--questions 5 --accumulation 3 --bits 16 --gradient-checkpointing all",
        ),
        (["--packing", "off", "--questions", "8"], 20, "--gradient-checkpointing all would, which --auto takes"),
        (["--batch-size", "4", "--accumulation", "4"], 16, "take a larger GPU, or lower --batch-size or --max-pixels"),
        ([], 6, "take a larger GPU, or lower --batch-size or --max-pixels"),
    ],
)
def test_a_clear_no_names_what_to_change(flags: list[str], gigabytes: float, named: str, seven: Shape) -> None:
    told = make_forecast(settings(*flags), LARGE, seven, Machine(Gpu("Card", gigabytes, 100)))
    with pytest.raises(UserError, match="will not fit") as refused:
        require_fit(told)
    line = str(refused.value)
    assert named in line
    assert "\n" not in line
    require_fit(make_forecast(settings(*flags), LARGE, seven, Machine(Gpu("Card", 200, 100))))
    for one in told.best:
        require_fit(replace(told, run=one))


@pytest.mark.parametrize(
    "written", [{"model_type": "llama"}, {"model_type": "qwen2_vl", "text_config": {"num_attention_heads": 0}}], ids=str
)
def test_sizes_of_another_model_are_one_line(written: dict[str, Any], data: Any, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(UserError, match="no Qwen2-VL"):
        forecast.base_parts(settings("--model", str(tmp_path)), data)
