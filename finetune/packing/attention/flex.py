"""Attend by `flex_attention`: the mask is a function, compiled into a kernel that skips blocks without any pair."""

from importlib.util import find_spec

import torch
from torch import Tensor, nn
from torch.nn.attention.flex_attention import create_block_mask
from transformers.integrations.flex_attention import flex_attention_forward

from finetune.packing.mask import SHARED


class FlexAttention:
    """See `SharedAttention`. It is compiled at the first row and again for other lengths; not yet run on a GPU."""

    def __init__(self, segments: Tensor) -> None:
        def visible(row: Tensor, _head: Tensor, token: Tensor, seen: Tensor) -> Tensor:
            """Return `mask.visible` for one pair of tokens."""
            theirs = segments[row, seen]
            return (token >= seen) & ((theirs == SHARED) | (theirs == segments[row, token]))

        rows, tokens = segments.shape
        self._blocks = create_block_mask(visible, rows, None, tokens, tokens, device=segments.device)

    def __call__(self, module: nn.Module, query: Tensor, key: Tensor, value: Tensor, scaling: float | None) -> Tensor:
        return flex_attention_forward(module, query, key, value, self._blocks, scaling=scaling)[0]

    @staticmethod
    def lacking(device: torch.device) -> str | None:
        if device.type != "cuda":
            return "flex_attention has no backward pass on a CPU"
        return None if find_spec("triton") else "flex_attention needs the package triton"
