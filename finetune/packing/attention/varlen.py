"""Attend by FlashAttention, which takes no mask, but takes sequences with more keys than queries.

The shared part is one sequence. Each question is another: its tokens are the queries, the shared part and its tokens
the keys. Causality is aligned at their ends, so that a question's first token sees the shared part and itself.
"""

from itertools import accumulate
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.attention.varlen import varlen_attn

from finetune.packing.collator import PADDING

CAUSAL = (-1, 0)  # as a window: everything to the left, nothing to the right

T = TypeVar("T")


class VarlenAttention:
    """See `SdpaAttention`. The page's keys and values are copied for each question: 3 MB for 1,500 tokens of the 7B."""

    def __init__(self, segments: Tensor) -> None:
        runs = [torch.unique_consecutive(row, return_counts=True) for row in segments]
        self._padded = [bool(numbers[-1] == PADDING) for numbers, _ in runs]
        self._lengths = [lengths.tolist() for _, lengths in runs]
        queries = [length for lengths in self._lengths for length in lengths]
        rows = zip(self._lengths, self._padded, strict=True)
        keys = [sum(seen) for row, padded in rows for seen in visible_parts(row, padded)]
        self._query_ends, self._key_ends = (_ends(lengths, segments.device) for lengths in (queries, keys))
        self._longest = max(queries), max(keys)

    def __call__(self, _module: nn.Module, query: Tensor, key: Tensor, value: Tensor, scaling: float | None) -> Tensor:
        found = varlen_attn(
            query.transpose(1, 2).flatten(0, 1),
            self._gather(key),
            self._gather(value),
            self._query_ends,
            self._key_ends,
            *self._longest,
            scale=scaling,
            window_size=CAUSAL,
            enable_gqa=True,
        )
        return found.unflatten(0, (query.shape[0], query.shape[2]))

    def _gather(self, states: Tensor) -> Tensor:
        """Return keys or values (rows, heads, tokens, size) sequence by sequence (n, heads, size).

        Splitting and joining add up the gradients in a fixed order; with an index they would be added by atomics.
        """
        pieces = []
        for row, lengths, padded in zip(states.transpose(1, 2), self._lengths, self._padded, strict=True):
            pieces += [piece for seen in visible_parts(row.split(lengths), padded) for piece in seen]
        return torch.cat(pieces)

    @staticmethod
    def lacking(device: torch.device) -> str | None:
        if device.type != "cuda" or torch.version.hip:
            return "varlen_attn needs a CUDA GPU"
        if torch.cuda.get_device_capability(device) < (8, 0):
            return f"varlen_attn needs an Ampere GPU or a later one, and this is a {torch.cuda.get_device_name(device)}"
        return None if torch.backends.cuda.is_flash_attention_available() else "torch was built without FlashAttention"


def visible_parts(parts: "list[T] | tuple[T, ...]", padded: bool) -> list[tuple[T, ...]]:
    """Return for each part of a row the parts that it sees: the first is shared, the last may be padding."""
    shared, *others = parts
    padding = [others.pop()] if padded else []
    return [(shared,), *((shared, question) for question in others), *((one,) for one in padding)]


def _ends(lengths: list[int], device: torch.device) -> Tensor:
    """Return where sequences of these lengths begin and end, int32 (sequences + 1,)."""
    return torch.tensor([0, *accumulate(lengths)], dtype=torch.int32, device=device)
