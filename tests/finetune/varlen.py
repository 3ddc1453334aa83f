"""What `torch.nn.attention.varlen.varlen_attn` computes, in plain torch: its kernel is for CUDA alone."""

from itertools import pairwise

import torch
from torch import Tensor


def varlen_attn(  # noqa: PLR0917 - as torch calls it
    query: Tensor,
    key: Tensor,
    value: Tensor,
    cu_seq_q: Tensor,
    cu_seq_k: Tensor,
    max_q: int,
    max_k: int,
    *,
    scale: float | None = None,
    window_size: tuple[int, int] = (-1, -1),
    enable_gqa: bool = False,
) -> Tensor:
    """Attention within sequences, causal from their ends; checks what the kernel demands of its arguments."""
    assert window_size == (-1, 0)
    assert enable_gqa
    assert cu_seq_q.dtype == cu_seq_k.dtype == torch.int32
    assert max_q == cu_seq_q.diff().max()
    assert max_k == cu_seq_k.diff().max()
    assert (cu_seq_q[-1], cu_seq_k[-1]) == (len(query), len(key))
    assert len(key) == len(value)
    found = []
    for (a, b), (c, d) in zip(pairwise(cu_seq_q.tolist()), pairwise(cu_seq_k.tolist()), strict=True):
        seen = torch.ones(b - a, d - c, dtype=torch.bool).tril(d - c - (b - a))
        heads = (one.transpose(0, 1) for one in (query[a:b], key[c:d], value[c:d]))
        found.append(
            torch.nn.functional.scaled_dot_product_attention(*heads, attn_mask=seen, scale=scale, enable_gqa=True)
        )
    return torch.cat(found, dim=1).transpose(0, 1)
