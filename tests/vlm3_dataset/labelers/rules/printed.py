"""Pages of text for the rules: every line a piece of print of its own, cells of a row parted by a stroke."""

from vlm3_dataset.filters.grounding.passages import PrintedPage
from vlm3_dataset.schema import Reading, Segment

LINE, SIGN = 20, 8  # pixels


def printed(text, engine="text layer"):
    segments = []
    for number, line in enumerate(text.splitlines()):
        left = 0
        for cell in line.split("|"):
            word = cell.strip()
            if word:
                segments.append(Segment(word, (left, LINE * number, left + SIGN * len(word), LINE * number + 14)))
            left += SIGN * (len(cell) + 4)
    return PrintedPage(Reading(engine, tuple(segments)))
