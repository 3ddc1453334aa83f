"""Find where on its page, or in its thread, the evidence of a pair stands. Pure.

The evidence is words in reading order; the reading has pieces of print with boxes, sometimes two columns side by side.
So the search is for the fewest neighbouring rows, of one column or else across the page, that hold most of the words,
and in them for the pieces that match.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from vlm3_dataset.schema import QA, Box, Post, Segment, Thread
from vlm3_dataset.sources.pages.rows import Row, columns, rows

MOST_ROWS = 12  # of one quotation; the longest of the real manual's has 9
ROW_COST = 0.3  # words that a further row must bring; the last may have one
ENOUGH = 0.6  # share of the evidence's words that must be found, and of a piece's words that must be the evidence's
FEWEST = 3  # words that such a piece may begin or end with instead, if the evidence ends or begins with them
_GAP = re.compile(r"\s(?:…|\.{3})\s")  # print that a quotation leaves out
WORD = re.compile(r"\w+(?:[.,]\w+)*")


def evidence_boxes(evidence: str, segments: Sequence[Segment]) -> list[Box]:
    """Return the boxes of the printed evidence, left, top, right, bottom in pixels; none where it is not found.

    Where its parts stand too far from each other, each is searched by itself.
    """
    whole = rows(segments)
    lines = [*map(rows, columns(segments)), whole]
    found = _printed(evidence, lines)
    if not found and len(parts := _GAP.split(evidence)) > 1:
        found = {piece for part in parts for piece in _printed(part, lines)}
    return [segment.box for row in whole for segment in row if segment in found]


def _printed(evidence: str, lines: Iterable[Sequence[Row]]) -> set[Segment]:
    """Return the pieces of a few rows, of one column if that will do, that hold most of the words of the evidence.

    `lines` are the rows of each column, and at last those of the page.
    """
    quoted = _words(evidence)
    wanted = Counter(quoted)
    best, pieces = 0.0, []
    for column in lines:
        printed = [[(one, _told(_words(one.text), quoted)) for one in row] for row in column]
        for start in range(len(printed)):
            held: Counter[str] = Counter()
            for stop in range(start + 1, min(start + MOST_ROWS, len(printed)) + 1):
                held.update(word for _, words in printed[stop - 1] for word in words)
                found_words = (held & wanted).total()
                score = found_words - ROW_COST * (stop - start)
                if score > best and found_words >= ENOUGH * len(quoted):
                    best, pieces = score, [piece for row in reversed(printed[start:stop]) for piece in row]
    # A word is used up, by the piece with most of them, so that a neighbour's heading gets none of another's. Of equal
    # ones the lowest comes first: where a table prints a part once and its variants below, the thread and the unit
    # that belong to the quoted value stand beside it, and the row above has the same ones.
    found: set[Segment] = set()
    while pieces:
        piece = max(pieces, key=lambda piece: (Counter(piece[1]) & wanted).total())
        pieces.remove(piece)
        segment, words = piece
        if words and (Counter(words) & wanted).total() >= ENOUGH * len(words):
            wanted -= Counter(words)
            found.add(segment)
    return found


def _told(words: list[str], quoted: list[str]) -> list[str]:
    """Return the words of a piece if most are quoted; else those that the quotation begins or ends with, if any."""
    if (Counter(words) & Counter(quoted)).total() >= ENOUGH * len(words):
        return words
    for length in range(min(len(words), len(quoted)), FEWEST - 1, -1):
        if words[:length] == quoted[-length:]:
            return words[:length]
        if words[-length:] == quoted[:length]:
            return words[-length:]
    return []


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
