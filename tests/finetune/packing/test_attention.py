"""Which way to attend is chosen by what the machine can train with, and said in one line where it cannot."""

import pytest
import torch

from finetune.packing import attention
from finetune.packing.attention import visible_parts
from vlm3_dataset.errors import UserError

CPU = torch.device("cpu")


@pytest.mark.parametrize("asked", ["auto", "sdpa"])
def test_a_cpu_attends_with_a_mask(asked: str) -> None:
    assert attention.choose(asked, CPU) == "sdpa"


def test_what_a_cpu_cannot_do_is_refused_in_one_line() -> None:
    with pytest.raises(UserError, match=r"varlen cannot train here: .*needs a CUDA GPU.*--attention auto") as error:
        attention.choose("varlen", CPU)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("capability", "chosen"), [((7, 5), "sdpa"), ((8, 0), "varlen"), ((9, 0), "varlen")])
def test_a_gpu_attends_without_a_mask_from_ampere_on(
    capability: tuple[int, int], chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.get_device_capability", lambda _: capability)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda _: "Turing")
    monkeypatch.setattr("torch.backends.cuda.is_flash_attention_available", lambda: True)
    assert attention.choose("auto", torch.device("cuda")) == chosen


def test_a_question_sees_the_shared_part_and_itself() -> None:
    assert visible_parts([9, 2, 3], padded=False) == [(9,), (9, 2), (9, 3)]
    assert visible_parts([9, 2, 3, 5], padded=True) == [(9,), (9, 2), (9, 3), (5,)]
