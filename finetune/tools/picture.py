"""Draw a training row from its tensors: the page as the model sees it, which tokens see which, what is scored."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.examples import IGNORED, Row, example
from vlm3_dataset.files import writing

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from torch import Tensor

UNSEEN, SHARED, OWN, SCORED = range(4)  # what a token is to another one; and the mark of a token that is scored
LEGEND = {
    "does not see": "#f4f4f4",
    "sees what is shared": "#8fb8de",
    "sees its own question": "#f2a65a",
    "is scored": "#0b6b2e",
}
LINE_WIDTH, SHOWN_LINES = 92, 46  # of the text: characters per line, and the lines that are shown


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring tokens of one kind: `segment` is 0 for what all questions share, then 1, 2, ..."""

    segment: int
    kind: str  # image, read or scored
    tokens: int
    words: str


def pieces(ids: list[int], labels: list[int], segments: list[int], processor: Any) -> list[Piece]:
    """Return a row as text, decoded from its token ids; a run of image placeholders becomes its count."""
    kinds = [
        "image" if token == processor.image_token_id else "read" if label == IGNORED else "scored"
        for token, label in zip(ids, labels, strict=True)
    ]
    found = []
    for (segment, kind), run in groupby(zip(segments, kinds, ids, strict=True), lambda one: one[:2]):
        tokens = [token for *_, token in run]
        words = f"[{len(tokens)} image tokens]" if kind == "image" else processor.tokenizer.decode(tokens)
        found.append(Piece(segment, kind, len(tokens), words))
    return found


def relations(segments: "Tensor") -> "np.ndarray":
    """Return what each token (column) is to each other (line): UNSEEN, SHARED or OWN, by the mask of training.

    `segments` are those of a row without padding; the result is uint8 (tokens, tokens).
    """
    import numpy as np

    from finetune.packing.attention import visible

    own = (segments[:, None] == segments) & (segments > 0)
    return np.where(visible(segments[None])[0, 0], np.where(own, OWN, SHARED), UNSEEN).astype(np.uint8)


def page(pixel_values: "Tensor", grid: "Tensor", processor: Any) -> "np.ndarray":
    """Return the page that the model gets, put together from its patches, uint8 (height, width, 3).

    The order of the patches is that of Qwen2-VL's image processor: blocks of 2 x 2 that become one token, then within
    a patch colour, time (a picture stands there twice), height and width.
    """
    import numpy as np

    images = processor.image_processor
    merge, size = images.merge_size, images.patch_size
    _, height, width = grid.tolist()
    patches = pixel_values.reshape(height // merge, width // merge, merge, merge, 3, -1, size, size)[..., 0, :, :]
    pixels = patches.permute(0, 2, 5, 1, 3, 6, 4).reshape(height * size, width * size, 3).float().numpy()
    return ((pixels * images.image_std + images.image_mean).clip(0, 1) * 255).round().astype(np.uint8)


def draw(rows: Sequence[Row], processor: Any, path: Path) -> str:
    """Write a PNG of questions that share a row, as their collator makes it; return its title."""
    from matplotlib.figure import Figure

    from finetune.packing.collator import SharedRows

    batch = SharedRows(processor)([example(rows)])
    size = "{} x {} pixels".format(*rows[0].image.size) if rows[0].image else "no image"
    title = f"page {rows[0].page_id}, {size}, {len(rows)} questions"
    ids, labels, segments = (batch[name][0][batch["segments"][0] >= 0] for name in ("input_ids", "labels", "segments"))
    found = pieces(ids.tolist(), labels.tolist(), segments.tolist(), processor)
    figure = Figure(figsize=(19, 9.5), layout="constrained")
    figure.suptitle(f"{title}, {len(ids):,} tokens")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1, 1.1))
    if "pixel_values" in batch:
        seen = page(batch["pixel_values"], batch["image_grid_thw"][0], processor)
        left.imshow(seen)
        left.set(title=f"the page as the model sees it, {seen.shape[1]} x {seen.shape[0]} pixels", xticks=[], yticks=[])
    else:
        left.set(title="no page: these questions are about text", xticks=[], yticks=[])
    kept = shortened(ids == processor.image_token_id)
    _draw_relations(middle, segments[kept], labels[kept] != IGNORED, segments.bincount().tolist())
    middle.set_xlabel("the page is drawn shorter" if len(kept) < len(ids) else "")
    _draw_words(right, found)
    for axes in (left, middle, right):
        axes.set_anchor("N")
    with writing(path) as file:
        figure.savefig(file, format="png", dpi=100)
    return title


def _draw_relations(axes: "Axes", segments: "Tensor", scored: "Tensor", tokens: list[int]) -> None:
    """Draw which token (line) sees which (column), and a strip on the right that marks those that are scored.

    `tokens` is the number of tokens of each segment, without the shortening.
    """
    import numpy as np
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    length = len(segments)
    strip = np.where(scored, SCORED, UNSEEN)[:, None].repeat(max(1, length // 30), axis=1)
    colours = ListedColormap(list(LEGEND.values()))
    axes.imshow(np.hstack([relations(segments), strip]), colours, vmin=0, vmax=SCORED, interpolation="nearest")
    starts = [int((segments < number).sum()) for number in range(len(tokens))]
    axes.hlines([start - 0.5 for start in starts], -0.5, length - 0.5, "#777777", linewidth=0.4)
    axes.vlines([start - 0.5 for start in (*starts, length)], -0.5, length - 0.5, "#777777", linewidth=0.4)
    names = [
        f"question {number}: {length:,}" if number else f"shared: {length:,}" for number, length in enumerate(tokens)
    ]
    axes.set_yticks(starts, names, fontsize=8)
    axes.set(title="which token (line) sees which (column); numbers are tokens", xticks=[])
    axes.legend([Patch(color=colour) for colour in LEGEND.values()], list(LEGEND), loc="upper right", fontsize=8)


def shortened(is_image: "Tensor") -> "Tensor":
    """Return the numbers of the tokens to draw: all words, and of a long page so many that it is no longer than they.

    `is_image` is bool (tokens,).
    """
    import torch

    every = -(-int(is_image.sum()) // int((~is_image).sum()))
    return (~is_image | (torch.arange(len(is_image)) % max(1, every) == 0)).nonzero()[:, 0]


def _draw_words(axes: "Axes", found: list[Piece]) -> None:
    """Write the pieces as lines, the scored ones on green; a line break inside is shown as a sign."""
    lines = []
    for segment, run in groupby(found, lambda piece: piece.segment):
        lines.append((f"question {segment}" if segment else "shared by all questions", "title"))
        for piece in run:
            words = piece.words.replace("\n", "\u23ce")
            lines += [(text, piece.kind) for text in textwrap.wrap(words, LINE_WIDTH, drop_whitespace=False)]
    if len(lines) > SHOWN_LINES:
        lines[SHOWN_LINES:] = [(f"... and {len(lines) - SHOWN_LINES} more lines", "title")]
    for number, (text, kind) in enumerate(lines):
        look = {"family": "monospace", "fontsize": 7.5, "parse_math": False}  # a dollar sign in a text is no formula
        look |= {"weight": "bold" if kind == "title" else "normal"}
        if kind == "scored":
            look |= {"color": LEGEND["is scored"], "bbox": {"facecolor": "#d8f0de", "edgecolor": "none", "pad": 1.5}}
        axes.text(0, 1 - (number + 1) / (SHOWN_LINES + 2), text, **look)
    scored, every = sum(one.tokens for one in found if one.kind == "scored"), sum(one.tokens for one in found)
    axes.set(title=f"the row's words; of {every} tokens the {scored} on green are scored", xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
