"""`scaled_dot_product_attention` with a mask: runs everywhere, and computes what the mask hides as well."""

import torch
from torch import Tensor, nn
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from finetune.packing.mask import additive_mask


class SdpaAttention:
    """See `SharedAttention`. The mask is tokens x tokens: 24 MB in bfloat16 for 3,500 tokens."""

    def __init__(self, segments: Tensor) -> None:
        self._segments = segments
        self._mask: Tensor | None = None

    def __call__(self, module: nn.Module, query: Tensor, key: Tensor, value: Tensor, scaling: float | None) -> Tensor:
        if self._mask is None:  # in the first layer, which alone knows the dtype that autocast chose
            self._mask = additive_mask(self._segments, query.dtype)
        return sdpa_attention_forward(module, query, key, value, self._mask, scaling=scaling)[0]

    @staticmethod
    def lacking(device: torch.device) -> str | None:  # noqa: ARG004 - the same question to each way
        return None
