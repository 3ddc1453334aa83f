"""Attend by `scaled_dot_product_attention`, which runs everywhere; only the questions need a mask.

The shared part sees nothing but itself, in order: a causal call without a mask, of which a kernel computes half. The
rest looks at the whole row through a mask. With one mask for all a page of ten questions takes twice as long to attend.
"""

import torch
from torch import Tensor, nn
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from finetune.packing.collator import SHARED


class SdpaAttention:
    """Attention over one batch. A mask is questions x tokens: 6 MB in bfloat16 for 800 of 3,500 tokens.

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

    @staticmethod
    def lacking(device: torch.device) -> str | None:  # noqa: ARG004 - the same question to each way
        """Return why this way cannot train on the device, or None."""
        return None


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
