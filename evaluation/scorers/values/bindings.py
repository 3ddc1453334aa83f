"""Tell which words of a text belong to which of its values or names, and whether an answer has them exchanged.

A reference binds each of several things of a sort (two torques, two pins, above and below) to the words that stand by
it and by no other; an answer binds them in its own order: "A has x, B y", "x for A and y for B", "x and y for A and B",
a list, a table. Words that stand between two things, where nothing tells to which of them they belong, are nobody's.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby, pairwise
from string import ascii_letters, digits
from typing import TypeVar

from evaluation.scorers.procedure.actions import ACTION_STEMS
from evaluation.scorers.reading.denial import Stated
from vlm3_dataset.language.stems import EMPTY, stem

P = TypeVar("P", bound=Stated)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text that names one of several things; `item` counts these."""

    start: int
    end: int
    item: int


_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_SENTENCE_END = re.compile(  # no initial, no abbreviation
    r"[;\n!?]|(?<!\b[a-z])(?<!\bapprox)(?<!\bcyl)(?<!\bmax)(?<!\bmin)(?<!\bterm)\.(?=\s|$)", re.IGNORECASE
)
_AND_OR = r"\b(?:and|or|und|oder|et|e)\b"
_CUTS = tuple(  # what parts two things, the strongest first
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:while|whereas|but|against|versus|vs|compared|minus|than|unlike|instead|during|not|after|before|once|während|aber|gegen|mais)\b",
        rf",\s{_AND_OR}",
        rf"[,(|–—/]|\s-\s|:(?=\s*[^\W\d])|{_AND_OR}",
    )
)
_ASIDE = re.compile(r"\([^()]*\)")
_OF_A_NAME = ascii_letters + digits + "×"
_GLUE = re.compile(rf"[\s,/&]*(?:{_AND_OR})?\s*", re.IGNORECASE)
_HEADING = re.compile(r".*:(?=.*\w)", re.DOTALL)  # the words of all that follow
_EXCEPT = re.compile(r"\b(?:except|excluding|other than|apart from|außer|unlike)\b.*", re.IGNORECASE | re.DOTALL)
_PARTS = re.compile(rf"[,/&]|{_AND_OR}", re.IGNORECASE)
# Words that say what is measured or how, and not of which thing.
_NO_SUBJECT = (EMPTY - {"off", "new"}) | frozenset(
    """
    torque value values specification specifications tighten tightened tightening require requires required use uses
    used need needs is are be to of in on at by it its a an i one ones max min about approx takes take higher
    lower highest lowest larger smaller greater equal exactly respectively first finally next through via
    pin pins fuse fuses terminal terminals connector connectors splice splices relay relays component components wire
    wires
    """.split()  # noqa: SIM905
)
_DEEDS = ACTION_STEMS | {"put", "off", "first"}


def exchanged(reference: str, stated: Sequence[Place], answer: str, told: Sequence[Place]) -> Iterator[int]:
    """Yield the items, by pairs, of which the answer says mainly of one what the reference says of the other."""
    own, found = bound_words(reference, stated), bound_words(answer, told)
    for one, other in combinations(own, 2):
        pairs = [(own[one], own[other]), (found.get(one), found.get(other))]
        deeds = [tuple(words and words & _DEEDS for words in pair) for pair in pairs]
        if _are_crossed(*pairs) or _are_crossed(*deeds):
            yield from (one, other)


def _are_crossed(own: Sequence[frozenset[str] | None], found: Sequence[frozenset[str] | None]) -> bool:
    """Return whether the words that only one of two things has stand by the other; their names may share the rest.

    A thing that is not there has None; one without any word tells nothing.
    """
    if frozenset() in (*own, *found):
        return False
    both = [[words or frozenset() for words in pair] for pair in (own, found)]
    (ours, theirs), (here, there) = [(first - second, second - first) for first, second in both]
    if not (ours and theirs) and not (_DEEDS & here and _DEEDS & there):  # take off A, then B: a verb said once
        ours, theirs, here, there = (words - _DEEDS for words in (ours, theirs, here, there))
    if None in found and not (ours and theirs):
        return False
    crossed, straight = len(ours & there) + len(theirs & here), len(ours & here) + len(theirs & there)
    return crossed > 2 * straight


def bound_words(text: str, places: Sequence[Place]) -> dict[int, frozenset[str]]:
    """Return the words that belong to each item wherever it stands, cut to their stems."""
    found: dict[int, frozenset[str]] = {place.item: frozenset() for place in places}
    places = [_with_brackets(text, place) for place in places]
    if places and not _words(text[: places[0].start]):  # 1. lever 2. bush: these stops end no sentence
        places = [replace(place, end=place.end + text.startswith((".", ")"), place.end)) for place in places]
    for start, end in _sentences(text, places):
        runs = _runs(text, [place for place in places if start <= place.start < end])
        for items, before, after in _territories(text, runs, start, end):
            for item, words in zip(items, _shared_out(len(items), before, after), strict=True):
                found[item] |= words
    return found


def known_places(found: Sequence[P], known: Sequence[tuple[int, P]], is_same: Callable[[P, P], bool]) -> list[Place]:
    """Return where those found stand that are known, each as the first that is the same."""
    return [
        Place(one.start, one.end, at)
        for one in found
        if (at := next((at for at, other in known if is_same(other, one)), None)) is not None
    ]


def _with_brackets(text: str, place: Place) -> Place:
    """Return a place with its whole word, and with the brackets around it, which part nothing: spring (1)."""
    start, end = place.start, place.end
    start -= len(text[:start]) - len(text[:start].rstrip(_OF_A_NAME))
    end += len(text[end:]) - len(text[end:].lstrip(_OF_A_NAME))
    wrapped = text[start - 1 : start] + text[end : end + 1] == "()"
    return replace(place, start=start - wrapped, end=end + wrapped)


def _sentences(text: str, places: Sequence[Place]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if not any(place.start <= match.start() < place.end for place in places):
            yield start, match.end()
            start = match.end()
    yield start, len(text)


def _runs(text: str, places: Sequence[Place]) -> list[list[Place]]:
    """Return the places in groups of which nothing but commas and an "and" parts the members: 24 and 34 Nm."""
    runs: list[list[Place]] = []
    for place in sorted(places, key=lambda one: one.start):
        last = runs[-1][-1] if runs else None
        if last and (place.start < last.end or _GLUE.fullmatch(text, last.end, place.start) or last.item == place.item):
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _territories(
    text: str, runs: Sequence[Sequence[Place]], start: int, end: int
) -> Iterator[tuple[list[int], str, str]]:
    """Yield the items of each run with the text before and behind it that belongs to them."""
    if not runs:
        return
    labels_first = bool(_words(text[start : runs[0][0].start]))
    cuts = [_cut(text, one[-1].end, other[0].start, labels_first=labels_first) for one, other in pairwise(runs)]
    starts, ends = [start, *(high for _, high in cuts)], [*(low for low, _ in cuts), end]
    for run, low, high in zip(runs, starts, ends, strict=True):
        items = [item for item, _ in groupby(place.item for place in run)]
        before, after = text[low : run[0].start], text[run[-1].end : high]
        if run is runs[0] and ":" in before and len(runs) > 1 and ":" not in text[run[-1].end : runs[-1][0].start]:
            before = "" if _words(after) and before.rstrip().endswith(":") else _HEADING.sub("", before)
        if len(runs) > 1 and run is runs[0] and before.rstrip().rstrip(",") == before.rstrip():
            before = before.rpartition(", ")[2]
        if len(runs) > 1 and run is runs[-1] and labels_first:
            after = after.partition(", ")[0]
        yield items, before, after


def _cut(text: str, start: int, end: int, *, labels_first: bool) -> tuple[int, int]:
    """Return where the words of one thing end and those of the next begin."""
    gap = _ASIDE.sub(lambda match: " " * len(match.group()), text[start:end])
    for pattern in _CUTS:
        if found := [*pattern.finditer(gap)]:
            if labels_first and not _words(gap[: found[0].start()]):  # front 2.2, and at the rear, cold, 2.4
                return start + found[0].start(), start + found[0].end()
            if not labels_first and not _words(gap[found[-1].end() :]):  # 2.2, cold, at the front, and 2.4 at the rear
                return start + found[-1].start(), start + found[-1].end()
            return start + found[0].start(), start + found[-1].end()
    if ":" in gap:
        return start, end
    return (start, start) if labels_first else (end, end)


def _shared_out(count: int, before: str, after: str) -> Iterator[frozenset[str]]:
    """Yield the words of each of so many things in a row: "24 and 34 Nm for A and B", "hoses (1 and 3)"."""
    if count == 1:
        yield _words(f"{before} {after}")
        return
    sides = [[words for part in _PARTS.split(side) if (words := _words(part))] for side in (before, after)]
    fitting = [side for side in sides if len(side) == count]
    together = frozenset().union(*(words for side in sides for words in side if len(side) == 1))
    yield from fitting[0] if len(fitting) == 1 else [together] * count


def _words(text: str) -> frozenset[str]:
    words = (word.replace(",", ".") for word in _WORD.findall(_EXCEPT.sub("", text).casefold()))
    return frozenset(stem(word) for word in words if word not in _NO_SUBJECT)
