"""Exchange values between the processes of a training. With one process nothing is sent."""

from collections.abc import Sequence
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import gather_object
from torch import distributed


def highest(number: int) -> int:
    """Return the largest of a number that each process has; every process must call this."""
    return int(_reduced([number], torch.int64, distributed.ReduceOp.MAX)[0])


def totals(numbers: Sequence[float]) -> list[float]:
    """Return the sums of numbers that each process has, in their order; every process must call this."""
    return _reduced(numbers, torch.float64, distributed.ReduceOp.SUM)


def gathered(items: list[Any]) -> list[Any]:
    """Return the items of all processes; every process must call this."""
    return gather_object(items) if PartialState().num_processes > 1 else items


def _reduced(numbers: Sequence[float], dtype: torch.dtype, how: distributed.ReduceOp) -> list[float]:
    state = PartialState()
    if state.num_processes == 1:
        return list(numbers)
    told = torch.tensor(numbers, dtype=dtype, device=state.device)
    distributed.all_reduce(told, how)
    return told.tolist()
