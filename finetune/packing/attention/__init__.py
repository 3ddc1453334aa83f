"""Provide attention over shared pages in two ways that give the same numbers, and choose between them.

A way is prepared with the `segments` of a batch once, before the model runs, and then attends in each layer.
transformers finds it under `NAME`; the vision tower, and a model without segments, attend as usual.
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from finetune.packing.attention.sdpa import SdpaAttention
from finetune.packing.attention.varlen import VarlenAttention
from vlm3_dataset.errors import UserError

NAME = "shared_pages"
IMPLEMENTATION = {"text_config": NAME, "vision_config": "sdpa"}  # for `from_pretrained(attn_implementation=...)`


# The best first: the kernel of `varlen` computes only what is seen, and `sdpa` runs everywhere.
WAYS = {"varlen": VarlenAttention, "sdpa": SdpaAttention}


def choose(asked: str, device: torch.device) -> str:
    """Return the name of the way to attend: the one asked for, or for `auto` the first that this machine has.

    Raises UserError where the machine lacks the one asked for.
    """
    if asked == "auto":
        return next(way for way, kind in WAYS.items() if kind.lacking(device) is None)
    if lacking := WAYS[asked].lacking(device):
        raise UserError(f"--attention {asked} cannot train here: {lacking}; use --attention auto")
    return asked


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
