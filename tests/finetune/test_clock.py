"""What a run says of its time, speed and money is true after a resume too."""

import json
from pathlib import Path

import pytest

import finetune
from finetune.callbacks import line
from finetune.clock import Clock, duration


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = finetune.STARTED

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr("time.monotonic", clock)
    return clock


def test_figures_of_a_resumed_run(time: Time, tmp_path: Path) -> None:
    metrics = tmp_path / "metrics.jsonl"
    lines = [{"clock/elapsed_s": 3600.0, "step": 90}, {"eval_loss": 1.0, "step": 90}]
    metrics.write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    clock = Clock(metrics, usd_per_hour=2.0)
    time.now += 100  # loading
    clock.begin(80)  # ten steps were lost in a kill; they were paid for
    time.now += 50
    clock.paused += 30  # an evaluation
    told = clock.figures(step=85, steps=100, questions=80, tokens=4000)
    assert told["clock/questions_per_second"] == pytest.approx(80 / 20)
    assert told["clock/tokens_per_second"] == pytest.approx(200)
    assert told["clock/elapsed_s"] == pytest.approx(3600 + 150)
    assert told["clock/remaining_s"] == pytest.approx(15 * 50 / 5)  # by this start's own steps, evaluations included
    assert told["clock/usd"] == pytest.approx(2 * 3750 / 3600, abs=1e-4)
    assert told["clock/usd_left"] == pytest.approx(2 * 150 / 3600, abs=1e-4)
    time.now += 10
    clock.begin(85)
    assert clock.figures(86, 100, 16, 800)["clock/questions_per_second"] == pytest.approx(1.6)


def test_without_a_price_there_is_no_money(time: Time, tmp_path: Path) -> None:
    clock = Clock(tmp_path / "metrics.jsonl", None)
    time.now += 1
    assert not any("usd" in name for name in clock.figures(1, 2, 16, 800))
    assert clock.figures(1, 2, 16, 800)["clock/elapsed_s"] == 1


@pytest.mark.parametrize(
    ("seconds", "said"), [(4, "4 s"), (89.6, "90 s"), (600, "10 min"), (5400, "1 h 30"), (36_300, "10 h 05")]
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_the_line_of_the_log_for_people() -> None:
    clock = {"questions_per_second": 5.234, "tokens_per_second": 2345.6, "memory_gb": 13.94}
    clock |= {"elapsed_s": 7260.0, "remaining_s": 600.0, "usd": 3.999, "usd_left": 0.333}
    logs = {"loss": 1.23456, "entropy": 3.0} | {f"clock/{name}": value for name, value in clock.items()}
    said = "loss 1.235, 5.23 Q&A/s, 2,346 tokens/s, 13.9 GB, 2 h 01 gone, 10 min to go, $4.00 spent, $0.33 to go"
    assert line(logs) == said
    assert (
        line({"eval_loss": 1.0, "eval_loss/numbers": 0.5, "clock/eval_s": 3.0}) == "eval_loss 1, eval_loss/numbers 0.5"
    )
    assert not line({"train_runtime": 3.0, "epoch": 1.0})
