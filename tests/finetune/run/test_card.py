"""The card says what the run was; that of a tiny run says first that it knows nothing."""

from collections.abc import Callable

import yaml

from finetune import config
from finetune.run.card import card

DATA = {"train_rows": 12, "val_rows": 4, "pages": 3, "left_out": 2, "digest": "abc", "version": "1.2.0"}
VALIDATED = {"eval_loss": 0.5, "eval_loss/numbers": 0.25, "eval_loss/procedure": 0.75}
METRICS = [
    {"step": 1, "loss": 5.0, "grad_norm": 2.0},
    {"step": 4} | VALIDATED,
    {"step": 9, "loss": 4.5, "learning_rate": 1e-4},
    {"step": 9} | {key: 2 * value for key, value in VALIDATED.items()},
]
CLOCK = {"clock/elapsed_s": 7200.0, "clock/usd": 3.0, "clock/memory_gb": 12.34, "clock/questions_per_second": 5.0}


def test_the_card_carries_the_figures() -> None:
    text = card(config.read(["--data", "shop/pages"]), DATA, [METRICS[0] | CLOCK, *METRICS[1:]], {"step": 4}, 50 / 3)
    for line in (
        "| data | `shop/pages`, version 1.2.0 |",
        "| training | 12 rows |",
        "| left out | 2 rows |",
        "| steps | 9 of 16.7 questions on average |",
        "| adapter taken | step 4, of the lowest validation loss |",
        "| training loss | 5.0000 after step 1, 4.5000 after step 9 |",
        "| cost | 2 h 00, $3.00, 5 questions a second, 12.3 GB at most |",
        "| numbers alone | 0.2500 | 0.779 |",
        "| procedure | 0.7500 | 0.472 |",
    ):
        assert line in text
    assert "knows nothing" not in text
    head = yaml.safe_load(text.split("---")[1])
    assert (head["base_model"], head["datasets"]) == ("Qwen/Qwen2-VL-7B-Instruct", ["shop/pages"])


def test_without_validation_the_last_step_was_taken() -> None:
    text = card(config.read([]), DATA, [METRICS[0], METRICS[2]], None, 4)
    assert "| adapter taken | step 9, the last |" in text
    assert "| validation loss | not measured |" in text
    assert "held-out pages\n" not in text


def test_a_tiny_card_begins_with_the_warning(settings: Callable[..., config.Settings]) -> None:
    title, _, warning = card(settings(), DATA, METRICS, None, 4).split("---\n")[2].strip().splitlines()[:3]
    assert title == "# lora_qwen2vl"
    assert "knows nothing" in warning
