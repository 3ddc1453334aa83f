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

UNSEEN, SHARED, OWN = range(3)  # what a token is to another one
COLOURS = {UNSEEN: "#f4f4f4", SHARED: "#8fb8de", OWN: "#f2a65a"}
TEXT_COLOURS = {"read": "#222222", "scored": "#0b6b2e"}
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
    segments = batch["segments"][0][batch["segments"][0] >= 0]
    ids, labels = batch["input_ids"][0, : len(segments)], batch["labels"][0, : len(segments)]
    found = pieces(ids.tolist(), labels.tolist(), segments.tolist(), processor)
    figure = Figure(figsize=(19, 9.5), layout="constrained")
    figure.suptitle(f"{title}, {len(segments):,} tokens")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1, 1.1))
    if "pixel_values" in batch:
        seen = page(batch["pixel_values"], batch["image_grid_thw"][0], processor)
        left.imshow(seen)
        left.set(title=f"the page as the model sees it, {seen.shape[1]} x {seen.shape[0]} pixels", xticks=[], yticks=[])
    else:
        left.set(title="no page: these questions are about text", xticks=[], yticks=[])
    _draw_relations(middle, relations(segments), found)
    _draw_words(right, found)
    for axes in (left, middle, right):
        axes.set_anchor("N")
    with writing(path) as file:
        figure.savefig(file, format="png", dpi=100)
    return title


def _draw_relations(axes: "Axes", relation: "np.ndarray", found: list[Piece]) -> None:
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch, Rectangle

    kept, lengths = shortened(found)
    length = len(kept)
    colours = ListedColormap([COLOURS[kind] for kind in (UNSEEN, SHARED, OWN)])
    shown = relation[kept][:, kept]
    axes.imshow(shown, cmap=colours, vmin=0, vmax=2, interpolation="nearest", extent=(0, length, length, 0))
    start, ticks, names = 0, [], []
    for piece, tokens in zip(found, lengths, strict=True):
        if piece.kind == "scored":
            axes.add_patch(
                Rectangle((length, start), 0.03 * length, tokens, color=TEXT_COLOURS["scored"], clip_on=False)
            )
        if tokens > 1:
            ticks.append(start + tokens / 2)
            asked = f"question {piece.segment}" if piece.segment else "words"
            what = {"image": "page", "read": asked, "scored": "its answer"}[piece.kind]
            names.append(f"{what}: {piece.tokens:,}")
        start += tokens
        axes.axhline(start, color="#777777", linewidth=0.4)
        axes.axvline(start, color="#777777", linewidth=0.4)
    axes.set_yticks(ticks, names, fontsize=8)
    axes.set_xticks([])
    axes.set_title("which token (line) sees which (column); numbers are tokens")
    axes.set_xlabel("the page is drawn shorter" if length < len(relation) else "")
    marks = {
        "sees what is shared": COLOURS[SHARED],
        "sees its own question": COLOURS[OWN],
        "does not see": COLOURS[UNSEEN],
        "is scored": TEXT_COLOURS["scored"],
    }
    axes.legend([Patch(color=colour) for colour in marks.values()], list(marks), loc="upper right", fontsize=8)


def shortened(found: list[Piece]) -> tuple[list[int], list[int]]:
    """Return the tokens to draw, and how many of each piece: the page is drawn as long as all words together."""
    words = sum(piece.tokens for piece in found if piece.kind != "image")
    kept, lengths, start = [], [], 0
    for piece in found:
        length = min(piece.tokens, words) if piece.kind == "image" else piece.tokens
        kept += [start + piece.tokens * number // length for number in range(length)]
        lengths.append(length)
        start += piece.tokens
    return kept, lengths


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
        look |= {"weight": "bold" if kind == "title" else "normal", "color": TEXT_COLOURS.get(kind, "#222222")}
        if kind == "scored":
            look["bbox"] = {"facecolor": "#d8f0de", "edgecolor": "none", "pad": 1.5}
        axes.text(0, 1 - (number + 1) / (SHOWN_LINES + 2), text, **look)
    scored, every = sum(one.tokens for one in found if one.kind == "scored"), sum(one.tokens for one in found)
    axes.set(title=f"the row's words; of {every} tokens the {scored} on green are scored", xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
