"""What kind of page this is, from the words printed on it; free, and done before anything is paid for."""

import re
from pathlib import PurePosixPath

from vlm3_dataset.labels.extractive import facts
from vlm3_dataset.quantities import find
from vlm3_dataset.schema import Class, Page, Reading
from vlm3_dataset.shelf.rows import lines

# Whole names: `00-00-cover`, `11-00-index-a`; a valve cover is no cover.
FRONT_MATTER = re.compile(r"(\d\d-\d\d-)?(index(-[a-z])?|cover|foreword|contents|title)", re.IGNORECASE)
CONTENTS = re.compile(r"^(table of contents|contents|alphabetical index)$", re.IGNORECASE | re.MULTILINE)
FEWEST_WORDS = 6
WORD = re.compile(r"[^\W\d_]{2,}")

# A page is of the first kind whose words it has often enough. Order matters: a flow chart tells to check things too.
KINDS = (
    (
        "troubleshooting",
        2,
        re.compile(r"(?i)\b(troubleshooting|condition|cause|correction|remedy|fault|symptom)\b"),
    ),
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


def classify(page: Page, reading: Reading) -> Class:
    """The content type of a page, and whether to ask about it; if not, why."""
    text = lines(reading.segments)
    if page.reason:
        return Class(page.page_id, "unreadable", ask=False, reason=page.reason)
    if page.origin != "post" and FRONT_MATTER.fullmatch(PurePosixPath(page.source).stem):
        return Class(page.page_id, "front matter", ask=False, reason="an index or front page, nothing to ask")
    if page.origin != "post" and CONTENTS.search(text[:200]):
        return Class(page.page_id, "front matter", ask=False, reason="an index or front page, nothing to ask")
    return Class(page.page_id, _content_type(text, reading), ask=True)


def _content_type(text: str, reading: Reading) -> str:
    if len(WORD.findall(text)) < FEWEST_WORDS:
        return "picture"
    if len(facts(reading)) >= 3 or len(find(text)) >= 12:
        return "specification"
    return next((kind for kind, often, words in KINDS if len(words.findall(text)) >= often), "text")
