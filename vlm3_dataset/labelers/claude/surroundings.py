"""Collect what stands around a page on its shelf, and decide how many pairs it may have.

None of this is part of an answer's key: readings and neighbours change with the shelf and with the OCR engine, and
that must not make paid requests go out again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.claude import sizing
from vlm3_dataset.labelers.classify import classify
from vlm3_dataset.quantities import find
from vlm3_dataset.schema import ContentType, Page
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.pages.rows import lines

FEWEST, MOST = 4, 20  # pairs of a page
WORDS_A_PAIR, QUANTITIES_A_PAIR = 18, 2  # by which the quota grows
DRAWN: frozenset[ContentType] = frozenset({"wiring", "pinout", "diagram"})  # more to ask about than words to read
FEWEST_OF_A_DRAWING = 8
FINE_PRINT: frozenset[ContentType] = frozenset({"wiring", "pinout"})
NOT_SAID = 0.06  # share of pairs that ask for something absent: NVIDIA's recipe gained with 5 to 7 %, lost with more
LONGEST_READING, LONGEST_OTHER = 6_000, 1_500  # letters
MOST_OTHERS = 2
CUE = re.compile(r"(?i)\b(see|refer\w*|according to|acc\. ?to|described (in|on|under)|on page|pages?)\b(.*)")
PAGE_NUMBER = re.compile(r"\b(\d{2,4})-(\d{1,3})\b")
JOB_NUMBER = re.compile(r"\b(\d\d) (\d\d) (\d{3})\b")
WORDED = re.compile(r"[^\W\d_]{3,}\W+[^\W\d_]{3,}|[^\W\d_]{6,}")
HEAD = 8  # lines of a page among which the number of its own job stands


Number = tuple[str, ...]  # of a page or a job, in its parts


@dataclass(frozen=True, slots=True)
class ReferredPage:
    """A page that another one refers to."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around one page on its shelf."""

    kind: ContentType = "other"
    quota: int = MOST // 2
    not_said: int = 0  # how many of its pairs ask for something that the page does not say
    before: str = ""  # titles of the neighbours
    after: str = ""
    reading: str = ""
    refers_to: tuple[ReferredPage, ...] = ()


NO_SURROUNDINGS = Surroundings()


def surroundings(pages: Sequence[Page], work: Path) -> dict[Page, Surroundings]:
    """Return what stands around each page, among the others of a shelf in their order."""
    texts: dict[Page, str] = {}
    kinds: dict[Page, ContentType] = {}
    quotas: dict[Page, int] = {}
    for page in tqdm(pages, desc="context", unit="page", disable=not pages):
        reading = load_reading(work, page.page_id)
        texts[page], kinds[page] = lines(reading.segments), classify(page, reading).content_type
        quotas[page] = quota(kinds[page], texts[page])
    known = _by_number(texts)
    found = {}
    for number, page in enumerate(pages):
        near = [pages[at] if 0 <= at < len(pages) else None for at in (number - 1, number + 1)]
        before, after = (_name(one, texts) if one and _is_same_book(one, page) else "" for one in near)
        chance = int(page.sha256[:8] or "0", 16) / 16**8  # rounds up on enough pages for the share to hold over all
        found[page] = Surroundings(
            kind=kinds[page],
            quota=quotas[page],
            not_said=int(NOT_SAID * quotas[page] + chance),
            before=before,
            after=after,
            reading=texts[page][:LONGEST_READING],
            refers_to=_referred_pages(page, texts, known),
        )
    return found


def picture_tokens(kind: ContentType) -> int:
    """Return the tokens that a page's picture may have: pin and wire numbers are printed smallest and need the most."""
    return sizing.FULL_TOKENS if kind in FINE_PRINT else sizing.MOST_TOKENS


def quota(kind: ContentType, text: str) -> int:
    """Return how many pairs a page may have, by what is printed on it."""
    fewest = FEWEST_OF_A_DRAWING if kind in DRAWN else FEWEST
    held = len(text.split()) / WORDS_A_PAIR + len(find(text)) / QUANTITIES_A_PAIR
    return min(MOST, max(fewest, round(fewest + held)))


def references(text: str) -> list[Number]:
    """Return the page and job numbers to which a text sends its reader, each once."""
    sent = (cue[3] for line in text.splitlines() if (cue := CUE.search(line)))
    kinds = (PAGE_NUMBER, JOB_NUMBER)
    return list(dict.fromkeys(_number(match) for rest in sent for kind in kinds for match in kind.finditer(rest)))


def _referred_pages(
    page: Page, texts: Mapping[Page, str], known: Mapping[Number, list[Page]]
) -> tuple[ReferredPage, ...]:
    """Return the pages that a page refers to: of its own book, or the only one of that number."""
    others = []
    for number in references(texts[page]):
        named = [other for other in known.get(number, ()) if other != page]
        own = [other for other in named if _is_same_book(other, page)]
        others += own[:1] or (named if len(named) == 1 else [])
    return tuple(ReferredPage(_name(other, texts), texts[other][:LONGEST_OTHER]) for other in others[:MOST_OTHERS])


def _by_number(texts: Mapping[Page, str]) -> dict[Number, list[Page]]:
    """Group pages by the number in their id, and by the job numbers at their head."""
    known: dict[Number, list[Page]] = {}
    for page, text in texts.items():
        head = [line for line in text.splitlines()[:HEAD] if not CUE.search(line)]
        numbers = [*PAGE_NUMBER.finditer(page.page_id), *(job for line in head for job in JOB_NUMBER.finditer(line))]
        for number in dict.fromkeys(map(_number, numbers)):
            known.setdefault(number, []).append(page)
    return known


def _number(match: re.Match[str]) -> Number:
    """Return a number in its parts; `3450-1` is printed on the page that the shelf calls 3450-01."""
    return tuple(part.lstrip("0") or "0" for part in match.groups())


def _name(page: Page, texts: Mapping[Page, str]) -> str:
    """Return the shelf's title of a page, or the first line of words that it prints."""
    printed = next((line[:80] for line in texts[page].splitlines() if WORDED.search(line)), "")
    return f"{page.page_id} {page.title or printed}".strip()


def _is_same_book(one: Page, other: Page) -> bool:
    if one.origin == "pdf" or other.origin == "pdf":
        return one.source == other.source
    return one.origin == other.origin != "post" and one.source.rpartition("/")[0] == other.source.rpartition("/")[0]
