"""Compute which tokens see which in a row that shares a page.

`segments` is an integer for each token: 0 for the shared part, 1, 2, ... for the questions, -1 for padding at the end.
"""

import torch
from torch import Tensor

SHARED, PADDING = 0, -1


def visible(segments: Tensor) -> Tensor:
    """Return whether a token (next to last axis) sees another (last axis): earlier ones, shared or of its question.

    Padding sees the shared part, so that no line of the softmax is empty, and only padding sees padding.

    Args:
        segments: integers of shape (rows, tokens).

    Returns bool of shape (rows, 1, tokens, tokens).
    """
    tokens = torch.arange(segments.shape[1], device=segments.device)
    earlier = tokens[:, None] >= tokens
    seen = segments[:, None, :]
    return (earlier & ((seen == SHARED) | (seen == segments[:, :, None])))[:, None]


def additive_mask(segments: Tensor, dtype: torch.dtype, first: int = 0) -> Tensor:
    """Return what is added to the scores: 0 where a token is visible, the smallest number of `dtype` elsewhere.

    Of shape (rows, 1, tokens - first, tokens), for the tokens from `first` on, and in the dtype of the queries:
    `scaled_dot_product_attention` converts a bool mask anew in every layer.
    """
    seen = visible(segments)[:, :, first:]
    return torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill_(~seen, torch.finfo(dtype).min)
