"""Find the identifiers of a text, and sort all its figures into quantities, identifiers and other numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vlm3_dataset.identifiers.forms import PLAIN, SPACED, STRONG, Forms, value
from vlm3_dataset.identifiers.identifier import Identifier, Kind
from vlm3_dataset.identifiers.labels import labelled, numbers_asked, without_label
from vlm3_dataset.quantities import Quantity, parted
from vlm3_dataset.quantities.folding import Folded, fold

_ENDING = re.compile(r"(?:(?:st|nd|rd|th)\b)?")  # of 2nd


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a text says in figures: no two of these overlap.

    `counts` are numbers without a unit, bare (a ratio of 3.64) or of a part ("eight bolts"). `nobodys` are the places
    of digits that belong to none of the three, so that their meaning is unknown.
    """

    quantities: tuple[Quantity, ...]
    identifiers: tuple[Identifier, ...]
    counts: tuple[Quantity, ...]
    nobodys: tuple[int, ...]


def find(text: str, question: str = "") -> tuple[Identifier, ...]:
    """Return the identifiers of a text in reading order, none of which overlaps a quantity with a unit. Never raises.

    With the question that the text answers, a bare number is what was asked for: "Which fuse?", "20".
    """
    return figures(text, question).identifiers


def figures(text: str, question: str = "") -> Figures:
    """Return the quantities, the identifiers and the other numbers of a text, and its digits that are none of them."""
    folded = fold(text)
    taken = bytearray(len(text))
    found = [*_claimed(text, folded, _formed(folded, STRONG), taken)]
    quantities, numbers = parted(text)
    measured = [quantity for quantity in quantities if not any(taken[quantity.start : quantity.end])]
    for quantity in measured:
        taken[quantity.start : quantity.end] = b"\1" * (quantity.end - quantity.start)
    found += _claimed(text, folded, _formed(folded, SPACED), taken)
    found += _claimed(text, folded, labelled(folded.text), taken)
    found += _claimed(text, folded, _formed(folded, PLAIN), taken)
    others = [number for number in numbers if not any(taken[number.start : number.end])]
    for number in others:
        if number.dimension == "count":
            taken[number.start : number.end] = b"\1" * (number.end - number.start)
    found += _claimed(text, folded, numbers_asked(folded.text, question), taken)
    others = [number for number in others if number.dimension == "count" or not any(taken[number.start : number.end])]
    nobodys = tuple(at for at, char in enumerate(text) if char.isdigit() and not taken[at])
    return Figures(tuple(measured), tuple(sorted(found, key=lambda one: one.start)), tuple(others), nobodys)


def beside(text: str, of: Figures) -> str:
    """Return what a text says beside its figures, and beside the words that only say of what kind one is ("pin")."""
    pieces, done = [], 0
    for one in sorted((*of.quantities, *of.identifiers, *of.counts), key=lambda figure: figure.start):
        before = text[done : one.start]
        pieces.append(without_label(before) if isinstance(one, Identifier) else before)
        ending = _ENDING.match(text, one.end)
        done = ending.end() if ending else one.end
    return " ".join([*pieces, text[done:]])


def _formed(folded: Folded, forms: Forms) -> Iterator[tuple[Kind, int, int]]:
    for kind, pattern in forms:
        for match in pattern.finditer(folded.text):
            yield kind, *match.span("id" if "id" in pattern.groupindex else 0)


def _claimed(
    text: str, folded: Folded, places: Iterator[tuple[Kind, int, int]], taken: bytearray
) -> Iterator[Identifier]:
    """Yield the identifiers at places that are still free, and mark each place as taken."""
    for kind, begin, stop in places:
        start, end = folded.span(begin, stop)
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            yield Identifier(kind, value(kind, folded.text[begin:stop]), text[start:end], start, end)
