"""Classify a page by the words printed on it: free, and before anything is paid for.

Claude classifies it again from the picture, in the same call that makes the pairs (prompts.py). This module keeps
covers, indexes and blank pages out of that bill, and serves the labeler that needs no key.
"""

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from vlm3_dataset.labelers.rules.rules import facts
from vlm3_dataset.quantities import find
from vlm3_dataset.schema import Class, ContentType, Page, Reading
from vlm3_dataset.sources.pages.images import is_blank
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.pages.rows import lines

# Whole names: `00-00-cover`, `11-00-index-a`; a valve cover is no cover.
INDEX_NAME = re.compile(r"(\d\d-\d\d-)?(index(-[a-z])?|contents)", re.IGNORECASE)
COVER_NAME = re.compile(r"(\d\d-\d\d-)?(cover|foreword|title)", re.IGNORECASE)
CONTENTS = re.compile(r"^(table of contents|contents|alphabetical index)$", re.IGNORECASE | re.MULTILINE)
FEWEST_WORDS = 6
WORD = re.compile(r"[^\W\d_]{2,}")

# A page is of the first kind whose words it has often enough. Order matters: a flow chart tells to check things too.
KINDS: tuple[tuple[ContentType, int, re.Pattern[str]], ...] = (
    ("flowchart", 3, re.compile(r"(?im)^\W*(yes|no)\W*$")),
    ("pinout", 6, re.compile(r"(?im)^\W*(pin|term(inal)?\.?) ?\d+\b")),
    ("table", 2, re.compile(r"(?i)\b(troubleshooting|condition|cause|correction|remedy|fault|symptom)\b")),
    (
        "wiring",
        6,
        re.compile(
            r"\b(fuse|relay|ground|splice|connector|terminal|wire|[CGS]\d{3}"
            r"|\d?\.?\d+ ?(?:BR|RT|SW|GE|BL|GN|WS)(?:/\w\w)?)\b"  # 0.75 BR/GE: cross-section and colours of a wire
        ),
    ),
    (
        "procedure",
        3,
        re.compile(
            r"(?i)\b(remove|install|tighten|loosen|disconnect|connect|check|unscrew|replace|adjust|press|pull|lift|clean)\b"
        ),
    ),
)


def classify(page: Page, reading: Reading, is_blank: Callable[[], bool] = lambda: False) -> Class:
    """Return the content type of a page, and whether to ask about it; if not, why.

    `is_blank` looks at the picture, and is asked only of a page without words: a reader may have missed them.
    """
    if page.reason:
        return Class(page.page_id, "other", ask=False, reason=page.reason)
    text = lines(reading.segments)
    name = PurePosixPath(page.source).stem if page.origin != "post" else ""
    if COVER_NAME.fullmatch(name):
        return Class(page.page_id, "cover", ask=False, reason="a front page, nothing to ask")
    if INDEX_NAME.fullmatch(name) or (name and CONTENTS.search(text[:200])):
        return Class(page.page_id, "index", ask=False, reason="an index of other pages, nothing to ask")
    if not WORD.search(text) and is_blank():
        return Class(page.page_id, "blank", ask=False, reason="a blank page")
    return Class(page.page_id, _content_type(text, reading), ask=True)


def classify_in(work: Path, page: Page) -> Class:
    """Classify a page by its reading and its picture in the work folder; a thread was judged when it was chosen."""
    if page.origin == "thread":
        return Class(page.page_id, "other", ask=True)
    return classify(page, load_reading(work, page.page_id), lambda: is_blank((work / page.image).read_bytes()))


def _content_type(text: str, reading: Reading) -> ContentType:
    if len(WORD.findall(text)) < FEWEST_WORDS:
        return "diagram"
    if len(facts(reading)) >= 3 or len(find(text)) >= 12:
        return "specification"
    return next((kind for kind, often, words in KINDS if len(words.findall(text)) >= often), "other")
