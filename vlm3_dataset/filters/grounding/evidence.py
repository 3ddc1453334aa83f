"""Find where on its page, or in its thread, the evidence of a pair stands. Pure.

The evidence is words in reading order; the reading has pieces of print with boxes, sometimes two columns side by side.
So the search is for the fewest neighbouring rows that hold most of the words, and in them for the pieces that match.
"""

import re
from collections import Counter
from collections.abc import Sequence
from operator import itemgetter

from vlm3_dataset.schema import QA, Box, Post, Segment, Thread
from vlm3_dataset.sources.pages.rows import rows

MOST_ROWS = 12  # of one quotation; the longest of the real manual's has 9
ROW_COST = 0.5  # words that a further row must bring
ENOUGH = 0.6  # share of the evidence's words that must be found, and of a piece's words that must be the evidence's
WORD = re.compile(r"\w+(?:[.,]\w+)*")


def evidence_boxes(evidence: str, segments: Sequence[Segment]) -> list[Box]:
    """Return the boxes of the printed evidence, left, top, right, bottom in pixels; none where it is not found."""
    wanted = Counter(_words(evidence))
    printed = [[(segment, _words(segment.text)) for segment in row] for row in rows(segments)]
    if not wanted or not printed:
        return []
    runs: list[tuple[float, int, int]] = []  # of rows: score, the first, and the one behind the last
    for start in range(len(printed)):
        held: Counter[str] = Counter()
        for stop in range(start + 1, min(start + MOST_ROWS, len(printed)) + 1):
            held.update(word for _, words in printed[stop - 1] for word in words)
            runs.append(((held & wanted).total() - ROW_COST * (stop - start), start, stop))
    best, start, stop = max(runs, key=itemgetter(0))
    if best + ROW_COST * (stop - start) < ENOUGH * wanted.total():
        return []
    # A word is used up, by the lowest row first: where a table prints a part once and its variants below, the thread
    # and the unit that belong to the quoted value stand beside it, and the row above has the same ones.
    quoted, found = printed[start:stop], set()
    for row in reversed(quoted):
        for segment, words in row:
            if words and (Counter(words) & wanted).total() >= ENOUGH * len(words):
                wanted -= Counter(words)
                found.add(segment)
    return [segment.box for row in quoted for segment, _ in row if segment in found]


def quoted_posts(qa: QA, thread: Thread) -> list[tuple[Post, list[tuple[str, bool]]]]:
    """Return the posts of a thread, each in pieces: its words, and whether the pair quotes them."""
    shown = []
    for post in thread.posts:
        quotes = [claim.quote for claim in qa.claims if claim.post == post.number and claim.quote]
        parts = re.split("|".join(f"({re.escape(quote)})" for quote in quotes), post.text) if quotes else [post.text]
        shown.append((post, [(part, part in quotes) for part in parts if part]))
    return shown


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())
