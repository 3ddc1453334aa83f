"""Change one number on a page by drawing over it, wherever the page prints it.

The page's reading says where it stands. The whole line that holds the number is drawn anew: where in it a digit begins
depends on a typeface that is not at hand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vlm3_dataset.quantities import find, respelled, same
from vlm3_dataset.schema import Segment

# The first digit of a number that is not 0, not glued to a letter (M10, x1.5) and not the 1 of 1/min.
_LEADING = re.compile(r"(?<![\w.,/])((?:0+[.,]?|[.,])0*)?([1-9])(?!/min)")
SMALLEST_PRINT = 8  # pixels high; a line drawn smaller could not be read
PAPER_MARGIN = 2  # pixels around a line


@dataclass(frozen=True, slots=True)
class AlteredPage:
    """A page with a number changed, with the old and the new value."""

    page: Image.Image
    old: str
    new: str


def change_numbers(text: str) -> str:
    """Change the first digit of each number in a text: 24 Nm to 34 Nm, 0.25-0.30 mm to 0.35-0.40 mm."""
    return _LEADING.sub(lambda found: f"{found[1] or ''}{int(found[2]) % 9 + 1}", text)


def alter_page(page: Image.Image, printed: Sequence[Segment], reference: str, question: str) -> AlteredPage | str:
    """Change the first quantity of a reference that the page prints; return why not, if that is impossible."""
    given = find(question)
    wanted = [one for one in find(reference) if not one.negated and not any(same(one, known) for known in given)]
    if not wanted:
        return "its reference has no number with a unit"
    for quantity in wanted:
        new, lines = change_numbers(quantity.text), []
        for segment in printed:  # its conversions are the same quantity, and are changed too
            text = respelled(
                segment.text, lambda one, own=quantity: change_numbers(one.text) if same(one, own) else one.text
            )
            if text != segment.text:
                lines.append((segment, text))
        if not lines or any(same(quantity, one) for one in find(new)):
            continue
        altered = page.copy()
        if all(_draw(altered, segment, text) for segment, text in lines):
            return AlteredPage(altered, quantity.text, new)
    return "the place of its number on the page is not known"


def _draw(page: Image.Image, segment: Segment, text: str) -> bool:
    """Draw a line anew in its own box and ink; return False where it would be too small to read."""
    left, top, right, bottom = (round(side) for side in segment.box)
    box = (
        max(0, left - PAPER_MARGIN),
        max(0, top - PAPER_MARGIN),
        min(page.width, right + PAPER_MARGIN),
        min(page.height, bottom + PAPER_MARGIN),
    )
    if box[2] - box[0] < SMALLEST_PRINT or box[3] - box[1] < SMALLEST_PRINT:
        return False
    around = np.asarray(page.crop(box), dtype=int).reshape(-1, 3)
    paper = np.median(around, axis=0).astype(int)
    ink = around[np.abs(around - paper).sum(axis=1).argmax()]
    # The largest font in which the text fits: the box is around the letters, less than a font's size.
    high = ImageFont.load_default(max(SMALLEST_PRINT, 1.3 * (bottom - top)))
    size = max(1, min(high.size, high.size * (right - left) / max(1, high.getlength(text))))
    font = ImageFont.load_default(size)
    drawing = ImageDraw.Draw(page)
    drawing.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=tuple(paper.tolist()))
    drawing.text((left, (top + bottom) / 2), text, fill=tuple(ink.tolist()), font=font, anchor="lm")
    return font.size >= SMALLEST_PRINT
