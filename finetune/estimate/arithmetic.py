"""Compute the cost of a Qwen2-VL from its sizes alone, in floating-point operations and bytes.

A multiplication and an addition are two operations. The weights of model and tower are frozen, so the backward pass
needs the gradient of a layer's input only, as many operations as the forward pass; an adapter's weights and both sides
of the attention's products need theirs too, twice as many. Norms, activations and rotary positions are left out: they
are bound by memory and together below 1 %.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune.config import Settings
from finetune.examples import RowTokens

if TYPE_CHECKING:
    from transformers import Qwen2VLConfig

# Share of the layers by `--gradient-checkpointing`, the fastest first.
RECOMPUTED = {"none": 0.0, "half": 0.5, "all": 1.0}
PATCHES_PER_TOKEN = 4  # the merger makes one token of 2 x 2 patches
BF16, FLOAT32 = 2, 4  # bytes
# nf4 with double quantisation (QLoRA, arXiv 2305.14314, section 3): half a byte a weight, one byte of scale for 64
# weights, and a float32 for 256 of those scales.
NF4 = 0.5 + (1 + FLOAT32 / 256) / 64
# The logits of TRL's fused head: up to 4,096 scored tokens x 32,768 words in bfloat16 at a time, even where the
# model has fewer words (trl/kernels/chunked_logprob.py and trl/trainer/utils.py).
HEAD_TOKENS, HEAD_WORDS = 4096, 32768
CUDA_ITSELF = 1.0e9  # context, kernels and the allocator's fragments: assumed


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model that decide its cost."""

    hidden: int
    mlp: int
    layers: int
    keys: int  # width of keys and of values: fewer heads than queries have
    vocabulary: int
    tied: bool  # embedding and head are one matrix
    tower_hidden: int
    tower_mlp: int
    tower_layers: int
    patch: int  # values of a patch

    @classmethod
    def of(cls, config: "Qwen2VLConfig") -> "Shape":
        text, vision = config.get_text_config(), config.vision_config
        return cls(
            hidden=text.hidden_size,
            mlp=text.intermediate_size,
            layers=text.num_hidden_layers,
            keys=text.hidden_size // text.num_attention_heads * text.num_key_value_heads,
            vocabulary=text.vocab_size,
            tied=bool(config.tie_word_embeddings),
            tower_hidden=vision.embed_dim,
            tower_mlp=vision.embed_dim * vision.mlp_ratio,
            tower_layers=vision.depth,
            patch=vision.in_channels * vision.temporal_patch_size * vision.patch_size**2,
        )

    @property
    def linears(self) -> list[tuple[int, int]]:
        """Inputs and outputs of the seven linear maps of a layer: queries, keys, values, output, gate, up, down."""
        hidden, mlp, keys = self.hidden, self.mlp, self.keys
        attention = [(hidden, hidden), (hidden, keys), (hidden, keys), (hidden, hidden)]
        return [*attention, (hidden, mlp), (hidden, mlp), (mlp, hidden)]

    @property
    def language_weights(self) -> int:
        """Weights of the linear maps of all layers: what is stored in nf4."""
        return self.layers * sum(inputs * outputs for inputs, outputs in self.linears)

    def adapter_weights(self, rank: int) -> int:
        return self.layers * rank * sum(inputs + outputs for inputs, outputs in self.linears)

    @property
    def tower_block_weights(self) -> int:
        """Weights of one of the tower's layers: queries, keys, values and output, then two maps of the MLP."""
        return 4 * self.tower_hidden**2 + 2 * self.tower_hidden * self.tower_mlp

    @property
    def merger_weights(self) -> int:
        merged = PATCHES_PER_TOKEN * self.tower_hidden
        return merged * merged + merged * self.hidden

    @property
    def tower_weights(self) -> int:
        return self.tower_layers * self.tower_block_weights + self.patch * self.tower_hidden + self.merger_weights


def has_mask(settings: Settings) -> bool:
    """Return whether attention takes a mask: then it also computes the scores that the mask hides."""
    return settings.attention == "sdpa" or not settings.shares_pages


def flops(shape: Shape, row: RowTokens, settings: Settings, *, backward: bool = True) -> float:
    """Return the operations of one row.

    With `backward` they include the backward pass, which ends at the tower, and the second forward pass of gradient
    checkpointing. With checkpointing the figure is what the GPU computes, without it what the model needs, as in the
    MFU of PaLM (arXiv 2204.02311, appendix B).
    """
    recomputed = RECOMPUTED[settings.gradient_checkpointing] * backward
    frozen, learning = 1 + backward + recomputed, 1 + 2 * backward + recomputed
    linear = row.total * 2.0 * shape.language_weights * frozen  # 13.05 G a token for the 7B
    adapter = row.total * 2.0 * shape.adapter_weights(settings.lora_rank) * learning
    pairs = row.shared**2 / 2 + sum(row.questions) * row.total if has_mask(settings) else row.pairs
    attention = 4.0 * pairs * shape.hidden * shape.layers * learning
    # The fused head makes its tiles again in the backward pass; that is counted where the GPU's work is.
    head = row.scored * 2.0 * shape.hidden * shape.vocabulary * frozen
    return linear + adapter + attention + head + tower_flops(shape, row.image)


def tower_flops(shape: Shape, image: int) -> float:
    """Return the tower's forward operations for a page of so many tokens. Each patch sees all of its page."""
    patches = image * PATCHES_PER_TOKEN
    block = shape.tower_layers * shape.tower_block_weights  # 1.26 G a patch for the 7B
    linear = patches * 2.0 * (block + shape.patch * shape.tower_hidden)
    attention = 4.0 * patches**2 * shape.tower_hidden * shape.tower_layers
    return linear + attention + image * 2.0 * shape.merger_weights


def memory(shape: Shape, rows: Sequence[RowTokens], settings: Settings) -> dict[str, float]:
    """Return the bytes at the peak of a step, by what they hold. The largest rows may meet in one pass.

    Weights, adapter and checkpoints are arithmetic; what a layer keeps is counted from the code of transformers and
    PEFT (see `layer_bytes`), and CUDA's own share is assumed. The self-check measures the sum before the first step.
    """
    batch = settings.rows_per_pass
    largest = sorted(rows, key=lambda row: row.total, reverse=True)[:batch]
    largest += largest[:1] * (batch - len(largest))
    tokens = batch * largest[0].total  # a batch is padded to its longest row
    patches = PATCHES_PER_TOKEN * sum(row.image for row in largest)
    checkpoint = tokens * shape.hidden * BF16
    recomputed = math.ceil(RECOMPUTED[settings.gradient_checkpointing] * shape.layers)
    in_full = shape.layers - recomputed + bool(recomputed)  # recomputed layers one at a time
    kept = recomputed * checkpoint + in_full * layer_bytes(shape, largest, settings)
    # While a layer's largest map is computed its input passes, and the gradient of that. In 4 bits its weights stand
    # beside them in bfloat16. In 16 bits PEFT makes a copy of the input in float32, and one after dropout; in 4 bits it
    # leaves that to autocast.
    inputs, outputs = shape.linears[-1]
    passing = tokens * inputs * 2 * BF16
    passing += inputs * outputs * BF16 if settings.bits == 4 else tokens * inputs * 2 * FLOAT32
    words = shape.vocabulary * shape.hidden * BF16
    return {
        "language model": shape.language_weights * (NF4 if settings.bits == 4 else BF16),
        "embedding and head": words if shape.tied else 2 * words,
        "vision tower": shape.tower_weights * BF16,
        "adapter, gradients, Adam": shape.adapter_weights(settings.lora_rank) * 4 * FLOAT32,
        "activations": kept + passing,
        "attention mask": sum(sum(row.questions) * row.total for row in largest) * BF16 * has_mask(settings),
        "tower's forward pass": patches * (shape.patch * (FLOAT32 + BF16) + 10 * shape.tower_hidden * BF16),
        "a tile of logits": min(HEAD_TOKENS, sum(row.scored for row in largest)) * HEAD_WORDS * BF16,
        "CUDA itself": CUDA_ITSELF,
    }


def layer_bytes(shape: Shape, rows: Sequence[RowTokens], settings: Settings) -> float:
    """Return the bytes that one layer keeps of a batch until its backward pass.

    Both norms keep their input in float32, attention its queries, keys, values and output, the MLP gate, up and the
    activated gate in bfloat16. Each adapter keeps its input after dropout, one byte of the mask beside two of the copy,
    what its first half makes of it, and autocast's copy of its weights. FlashAttention has the shared keys and values
    anew for each question, and attention with a mask has them anew for each head of the queries.
    """
    rank, masked = settings.lora_rank, has_mask(settings)
    hidden = 2 * FLOAT32 + 2 * BF16 + 2 * BF16 * masked
    adapters = sum(inputs * (1 + BF16) + rank * BF16 for inputs, _ in shape.linears)
    token = shape.hidden * hidden + 2 * shape.keys * BF16 + shape.mlp * 3 * BF16 + adapters
    again = sum(row.shared * len(row.questions) for row in rows) * (not masked)
    weights = shape.adapter_weights(rank) / shape.layers * BF16
    return len(rows) * max(row.total for row in rows) * token + again * 2 * shape.keys * BF16 + weights
