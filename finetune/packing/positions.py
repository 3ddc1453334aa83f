"""Compute the positions of a shared page's tokens: M-RoPE of Qwen2-VL (arXiv 2409.12191, section 2.1).

A token has three: time, height and width. For text they are equal and count up; an image's tokens count along its
grid; the text after an image goes on from the largest position before it. The reference is
`Qwen2VLModel.get_rope_index` in transformers, which covers sequences with one question only.
"""

import torch
from torch import Tensor


def prefix_positions(before: int, grid: tuple[int, int, int], after: int) -> Tensor:
    """Return the positions of the shared part: `before` tokens of text, one image, `after` tokens of text.

    Args:
        before: tokens in front of the image, at least one.
        grid: tokens of the image along time (1 for a picture), height and width, after the merging of patches.
        after: tokens behind the image that belong to the shared part.

    Returns int64 of shape (3, before + time * height * width + after).
    """
    image = torch.cartesian_prod(*(torch.arange(size) for size in grid)).T + before
    text = torch.arange(before).expand(3, -1)
    return torch.cat([text, image, text_positions(before + max(grid), after)], dim=1)


def question_positions(prefix: Tensor, length: int) -> Tensor:
    """Return the positions of a question and its answer, int64 of shape (3, length).

    Each question begins where the shared part (3, tokens) ends, whatever other questions stand between them.
    """
    return text_positions(int(prefix.max()) + 1, length)


def text_positions(start: int, length: int) -> Tensor:
    """Return the positions of `length` tokens of text, int64 of shape (3, length)."""
    return torch.arange(start, start + length).expand(3, -1)
