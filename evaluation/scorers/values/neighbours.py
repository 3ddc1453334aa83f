"""Tell which words of a text stand by which of its names or values: "fuse 7 radio, fuse 8 horn".

What tells two fuses apart may be only what they serve, and what tells two values apart may be the condition of one of
them ("4.5 l, or 5.5 l with a heater"). An answer that has these words by the other one is wrong.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from evaluation.scorers.values.bindings import Place
from vlm3_dataset.language.stems import stems
from vlm3_dataset.quantities import Quantity

_BOUNDARY = re.compile(r"[,;.:]\s|\n|[()|]|\b(?:and|or|but|while|whereas|und|oder|et|ou|e|o)\b", re.IGNORECASE)
_OPENS = re.compile(r"(?:^|[.;\n])\s*$")  # a sentence, or a row of a list
_BETWEEN_ITEMS = re.compile(r"[.)]?\s(?:[^\W\d][\w-]*\s){1,3}\(?")
_ITEMS = 3  # "screw (3) with tool (4)" is no list
_NUMBER = re.compile(r"\W*\w{1,3}[.)]\W*")
_CONDITION = re.compile(
    r"\b(?:on|for|with|without|if|when|where|from|until|up to|since|before|after|in|at|under|during|per|mit|bei|ohne"
    r"|avec|sans|con|senza)\s(?P<what>.*)|(?P<label>[^\W\d][\w -]*):\s",
    re.IGNORECASE | re.DOTALL,
)

_BOUNDS = frozenset({"least", "most"})  # part of a value
_TO_ITEM = re.compile(r"\W*(?:[^\W\d]+\W*)?")


def moved_conditions(reference: str, stated: Sequence[Place], answer: str, told: Sequence[Place]) -> Iterator[int]:
    """Yield the items of a reference whose condition stands by another item in an answer, and not by them."""
    conditions = words_by_item(reference, stated, conditions=True)
    distinct, found = _distinct(words_by_item(reference, stated)), words_by_item(answer, told)
    for item, own in conditions.items():
        words = own & distinct[item]
        elsewhere = any(words & of for other, of in found.items() if other != item)
        if elsewhere and not words & found.get(item, set()):
            yield item


def words_by_item(text: str, places: Sequence[Place], *, conditions: bool = False) -> dict[int, set[str]]:
    """Return the stems of the words in the clauses that name one item only, or those of their conditions.

    A clause that names none belongs to the one before it, or to the one behind it where it opens a sentence.
    """
    found: dict[int, set[str]] = {place.item: set() for place in places}
    waiting, last, is_number = "", None, None  # "1. spring" begins with a clause that is only a number
    for start, end in clauses(text, places):
        items = {place.item for place in places if start <= place.start < end}
        opens = _OPENS.search(text[:start]) and not is_number
        names_next = text[start:end].rstrip().endswith(":") and any(  # heater: fuse 5
            end <= place.start < end + 12 and _TO_ITEM.fullmatch(text, end, place.start) for place in places
        )
        opens = opens or names_next
        if text[:start].endswith("("):  # with a heater: 5.5 l)
            opens = any(start <= place.start < text.find(")", start) for place in places)
        if not items and (last is None or opens):
            waiting, last = f"{waiting} {text[start:end]}", None
            continue
        item = items.pop() if len(items) == 1 else None if items else last
        said = f"{waiting} {text[start:end]}"
        if conditions:
            condition = _CONDITION.search(said)  # (with a heater: 5.5 l), and not "Torques: 4 Nm"
            in_brackets = condition and f"({condition['label']}:" in text and condition["label"]
            said = (condition["what"] or in_brackets or "") if condition else ""
        words = {stem for stem in stems(said) - _BOUNDS if not any(map(str.isdecimal, stem))}
        words |= {"new"} & set(re.findall(r"\w+", said.lower()))  # elsewhere an empty word
        if item is not None:
            found[item] |= words
        waiting, last, is_number = "", item, _NUMBER.fullmatch(text, start, end)
    return found


def without_values(text: str, values: Sequence[Quantity | Place]) -> str:
    """Return a text of the same length with its values blank, so that no unit counts as a word."""
    for one in values:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def clauses(text: str, places: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """Yield where the clauses of a text begin and end; none ends within a place."""
    start = 0
    inside: set[int] = set()
    for one in places:
        low, high = max(0, one.start - 1), one.end
        wrapped = text[low] + text[high : high + 1] == "()"  # spring (1): these brackets part nothing
        inside.update(range(low, high + 1) if wrapped else range(one.start, high))
    cuts = {found.end() for found in _BOUNDARY.finditer(text) if found.start() not in inside}
    for cut in sorted(cuts.union(_cuts_of_list(text, places))):
        yield start, cut
        start = cut
    yield start, len(text)


def _cuts_of_list(text: str, places: Sequence[Place]) -> Iterator[int]:
    """Yield where the items of a list in one line begin: "(1) Bolt (2) Nut (3) Cap"; or end: "Bolt (1) Nut (2)"."""
    if len(places) < _ITEMS or not all(
        _BETWEEN_ITEMS.fullmatch(text, one.end, other.start) for one, other in pairwise(places)
    ):
        return
    opens = not re.search(r"\w", text[: places[0].start])
    for one in places[1:] if opens else places[:-1]:
        yield one.start - text[: one.start].endswith("(") if opens else one.end + text.startswith(")", one.end)


def _distinct(words: dict[int, set[str]]) -> dict[int, set[str]]:
    """Return of the words of each item those that no other has."""
    return {
        item: own - {word for other, of in words.items() if other != item for word in of} for item, own in words.items()
    }
