"""Pages of print of our own, as a reader would give them: lines of text by where they begin."""

from vlm3_dataset.schema import Reading, Segment

HEIGHT, PITCH, WIDTH = 16, 22, 9  # pixels: of print, from line to line, of a sign


def column(left: float, top: float, *lines: str, score: float = 1.0) -> list[Segment]:
    """Lines under each other; an empty one is a gap."""
    return [
        Segment(text, (left, top + PITCH * at, left + WIDTH * len(text), top + PITCH * at + HEIGHT), score)
        for at, text in enumerate(lines)
        if text
    ]


def row(top: float, cells: dict[float, str]) -> list[Segment]:
    """Cells of one line by their left edge."""
    return [piece for left, text in cells.items() for piece in column(left, top, text)]


def reading(*parts: list[Segment], engine: str = "rapidocr 3.10.0") -> Reading:
    return Reading(engine, tuple(piece for part in parts for piece in part))
