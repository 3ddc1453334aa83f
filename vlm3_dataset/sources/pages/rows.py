"""Group the pieces of a reading into the rows in which they were printed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from vlm3_dataset.schema import Segment

Row = tuple[Segment, ...]  # the cells of one printed line, from left to right

SLOPES = tuple(sorted((step / 1_000 for step in range(-15, 16)), key=abs))  # up to 0.9 degrees either way
FEWEST_LINES = 5  # of text on either side of a gutter
CLEARLY = 1.1  # a page counts as skewed only if that makes its lines this much sharper


def rows(segments: Iterable[Segment]) -> list[Row]:
    """Group segments whose middles lie on one line, top to bottom, each row from left to right.

    A segment joins the row whose middle is nearer than half the page's median height of print: on the 1,200 pixel
    scans print is 17 pixels high and lines stand 15 to 31 apart, so a whole height would join two lines. A scan that
    leans by half a degree shifts a row of 900 pixels by 8, so its slope is taken out first.
    """
    segments = list(segments)
    if not segments:
        return []
    reach = median(segment.height for segment in segments) / 2
    slope = skew(segments, reach)
    ordered = sorted(segments, key=lambda segment: (_line(segment, slope), segment.box[0]))
    grouped: list[list[Segment]] = [[ordered[0]]]
    for segment in ordered[1:]:
        line = sum(_line(one, slope) for one in grouped[-1]) / len(grouped[-1])
        if _line(segment, slope) - line <= reach:
            grouped[-1].append(segment)
        else:
            grouped.append([segment])
    return [tuple(sorted(line, key=lambda segment: (segment.box[0], segment.box[1]))) for line in grouped]


def continued(lines: Sequence[Row], number: int) -> Iterator[str]:
    """Yield the further lines of a row's last cell: alone in their row, in that cell's column, close below."""
    above, column = lines[number], lines[number][-1].box[0]
    for below in lines[number + 1 :]:
        height = above[-1].height
        if len(below) != 1 or abs(left(below) - column) > height / 2 or gap(above, below) > height / 3:
            return
        yield below[0].text
        above = below


def goes_on(lines: Sequence[Row], number: int, cell: Segment) -> str:
    """Return what stands close below a cell, in its column and in a row of its own: its next line, or a new cell."""
    if number + 1 == len(lines) or gap(lines[number], lines[number + 1]) > cell.height / 3:
        return ""
    below = (one for one in lines[number + 1] if abs(one.box[0] - cell.box[0]) <= cell.height / 2)
    return next((one.text for one in below), "")


def skew(segments: list[Segment], reach: float) -> float:
    """Return the slope (pixels down per pixel right) along which most segments align; 0 unless it clearly helps."""

    def sharpness(slope: float) -> int:
        lines_hit = Counter(round(_line(segment, slope) / reach) for segment in segments)
        return sum(count * count for count in lines_hit.values())

    best = max(SLOPES, key=sharpness)
    return best if sharpness(best) > CLEARLY * sharpness(0.0) else 0.0


def text_of(row: Row) -> str:
    return " ".join(segment.text for segment in row)


def columns(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Split a page into columns where the fewest pieces of print cross, if both sides have text."""
    if not segments:
        return []
    start, stop = min(one.box[0] for one in segments), max(one.box[2] for one in segments)
    texts = [one for one in segments if len(one.text.split()) >= 3]
    best: tuple[int, float] | None = None
    for step in range(25, 76):
        at = start + (stop - start) * step / 100
        sides = [one for one in texts if one.box[2] <= at], [one for one in texts if one.box[0] >= at]
        crossing = sum(one.box[0] < at < one.box[2] for one in segments)
        if min(map(len, sides)) >= FEWEST_LINES and crossing <= len(segments) / 20 and _is_text(segments, at):
            best = min(best, (crossing, at)) if best else (crossing, at)
    if not best:
        return [list(segments)]
    middle = best[1]
    halves = [one for one in segments if one.middle < middle], [one for one in segments if one.middle >= middle]
    return [column for half in halves for column in ([half] if len(half) < 40 else columns(half))]


def _is_text(segments: Sequence[Segment], at: float) -> bool:
    """Return whether the right of a gutter is text: the values of a table belong to what stands left of them."""
    right = [len(one.text.split()) for one in segments if one.box[0] >= at]
    return median(right) >= 3


def lines(segments: Iterable[Segment]) -> str:
    """Return the whole page as text, a printed row a line."""
    return "\n".join(text_of(row) for row in rows(segments))


def left(row: Row) -> float:
    return row[0].box[0]


def gap(above: Row, below: Row) -> float:
    """Return the pixels between the foot of one row and the head of the next."""
    return min(cell.box[1] for cell in below) - max(cell.box[3] for cell in above)


def _line(segment: Segment, slope: float) -> float:
    """Return where the middle of a segment would stand at the left edge of the page."""
    left_edge, top, _, bottom = segment.box
    return (top + bottom) / 2 - slope * left_edge
