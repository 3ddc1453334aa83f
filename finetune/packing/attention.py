"""Provide attention over shared pages in two ways that give the same numbers, and choose between them.

A way is prepared with the `segments` of a batch once, before the model runs, and then attends in each layer.
transformers finds it under `NAME`; the vision tower, and a model without segments, attend as usual.
"""

from itertools import accumulate
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.attention.varlen import varlen_attn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from finetune.packing.collator import PADDING, SHARED
from vlm3_dataset.errors import UserError

NAME = "shared_pages"
IMPLEMENTATION = {"text_config": NAME, "vision_config": "sdpa"}  # for `from_pretrained(attn_implementation=...)`
CAUSAL = (-1, 0)  # as a window: everything to the left, nothing to the right

T = TypeVar("T")


class SdpaAttention:
    """Attends by `scaled_dot_product_attention`, which runs everywhere; only the questions need a mask.

    The shared part sees nothing but itself, in order: a causal call without a mask, of which a kernel computes half.
    The rest looks at the whole row through a mask: with one for all a page of ten questions takes twice as long to
    attend. It is questions x tokens, 6 MB in bfloat16 for 800 of 3,500 tokens.

    `segments` are those of `packing.collator`, of shape (rows, tokens).
    """

    def __init__(self, segments: Tensor) -> None:
        self._segments = segments
        self._shared = (segments == SHARED).sum(1).tolist()
        self._masks: list[Tensor] = []

    def __call__(self, module: nn.Module, query: Tensor, key: Tensor, value: Tensor, scaling: float | None) -> Tensor:
        """Return the attention's output: what each token gathers from those it sees.

        Args:
            module: the layer that asks.
            query: (rows, heads, tokens, size of a head).
            key: (rows, key-value heads, tokens, size of a head).
            value: as `key`.
            scaling: factor of the scores; by default 1 / sqrt(size of a head).

        Returns (rows, tokens, heads, size of a head).
        """
        if not self._masks:  # in the first layer, which alone knows the dtype that autocast chose
            rows = zip(self._segments.split(1), self._shared, strict=True)
            self._masks = [additive_mask(row, query.dtype, shared) for row, shared in rows]
        found = []
        for number, (shared, mask) in enumerate(zip(self._shared, self._masks, strict=True)):
            asks, *seen = (states[number : number + 1] for states in (query, key, value))
            alone = (states[:, :, :shared] for states in (asks, *seen))
            begun = sdpa_attention_forward(module, *alone, None, scaling=scaling, is_causal=True)[0]
            rest = sdpa_attention_forward(module, asks[:, :, shared:], *seen, mask, scaling=scaling)[0]
            found.append(torch.cat([begun, rest], dim=1))
        return torch.cat(found)


def visible(segments: Tensor) -> Tensor:
    """Return whether a token (next to last axis) sees another (last axis): earlier ones, shared or of its question.

    Padding sees the shared part, so that no line of the softmax is empty, and only padding sees padding.

    Args:
        segments: integers of shape (rows, tokens).

    Returns bool of shape (rows, 1, tokens, tokens).
    """
    tokens = torch.arange(segments.shape[1], device=segments.device)
    seen = segments[:, None, :]
    return ((tokens[:, None] >= tokens) & ((seen == SHARED) | (seen == segments[:, :, None])))[:, None]


def additive_mask(segments: Tensor, dtype: torch.dtype, first: int = 0) -> Tensor:
    """Return what is added to the scores: 0 where a token is visible, the smallest number of `dtype` elsewhere.

    Of shape (rows, 1, tokens - first, tokens), for the tokens from `first` on, and in the dtype of the queries:
    `scaled_dot_product_attention` converts a bool mask anew in every layer.
    """
    seen = visible(segments)[:, :, first:]
    return torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill_(~seen, torch.finfo(dtype).min)


class VarlenAttention:
    """Attends by FlashAttention, which takes no mask, but takes sequences with more keys than queries.

    The shared part is one sequence. Each question is another: its tokens are the queries, the shared part and its
    tokens the keys. Causality is aligned at their ends, so that a question's first token sees the shared part and
    itself. The page's keys and values are copied for each question: 3 MB for 1,500 tokens of the 7B.
    """

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


def visible_parts(parts: "list[T] | tuple[T, ...]", padded: bool) -> list[tuple[T, ...]]:
    """Return for each part of a row the parts that it sees: the first is shared, the last may be padding."""
    shared, *others = parts
    padding = [others.pop()] if padded else []
    return [(shared,), *((shared, question) for question in others), *((one,) for one in padding)]


def _ends(lengths: list[int], device: torch.device) -> Tensor:
    """Return where sequences of these lengths begin and end, int32 (sequences + 1,)."""
    return torch.tensor([0, *accumulate(lengths)], dtype=torch.int32, device=device)


# The best first.
WAYS = {"varlen": VarlenAttention, "sdpa": SdpaAttention}


def choose(asked: str, device: torch.device) -> str:
    """Return the name of the way to attend: the one asked for, or for `auto` the best one that this machine has.

    The kernel of `varlen` computes only what is seen, and `sdpa` runs everywhere. Raises UserError where the machine
    lacks the one asked for.
    """
    lacking = varlen_lacks(device)
    if asked == "varlen" and lacking:
        raise UserError(f"--attention varlen cannot train here: {lacking}; use --attention auto")
    return asked if asked != "auto" else "sdpa" if lacking else "varlen"


def varlen_lacks(device: torch.device) -> str | None:
    """Return why `varlen` cannot train on the device, or None."""
    if device.type != "cuda" or torch.version.hip:
        return "varlen_attn needs a CUDA GPU"
    if torch.cuda.get_device_capability(device) < (8, 0):
        return f"varlen_attn needs an Ampere GPU or a later one, and this is a {torch.cuda.get_device_name(device)}"
    return None if torch.backends.cuda.is_flash_attention_available() else "torch was built without FlashAttention"


def attend(  # noqa: PLR0917 - as transformers calls it
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    shared: VarlenAttention | SdpaAttention | None = None,
    scaling: float | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """Attend, as a function that transformers calls; `shared` is one of the model's keyword arguments."""
    if shared is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **others)
    return shared(module, query, key, value, scaling), None


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, sdpa_mask)
