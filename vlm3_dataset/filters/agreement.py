"""Whether two answers to one question give the same numbers. Pure.

Two readings of one print are the same digits or a dispute: the 5 % that judges of answers allow would let 24 Nm pass as
25 Nm. What may differ is the unit and its rounding, and that is what `quantities.same` knows.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from vlm3_dataset.quantities import Quantity, find, numbers, same
from vlm3_dataset.schema import QA, SecondReader

PARTS = frozenset({"thread", "code"})  # kinds that tell a part from others (M8, 10W-40) where a value is asked for
NAME = re.compile(r"[^\W_]*\d[^\W_]*")


@dataclass(frozen=True, slots=True)
class _Said:
    """What an answer gives. `name` is what has digits and no value: a part or tool number, its blanks left out."""

    values: tuple[Quantity, ...]
    name: str


def verdict(first: str, second: str) -> SecondReader:
    """What a second reader's answer says of the first, whose numbers are in doubt.

    It agrees where each gives every value of the other (a torque without the angle of its last stage is disputed), and
    the second every part number of the first. Nothing, or no number, is no agreement.
    """
    ours, theirs = _said(first), _said(second)
    values = _covers(theirs.values, ours.values) and _covers(ours.values, theirs.values)
    names = ours.name == theirs.name or (not ours.name and bool(ours.values))
    return "agrees" if values and names and (ours.values or ours.name) else "disputes"


def opinion(qa: QA, answers: Mapping[str, str]) -> SecondReader:
    """What the second reader says of a pair, by its answers to questions; of a pair without doubt nothing new."""
    if qa.numbers_grounded == "unconfirmed" and qa.question in answers:
        return verdict(qa.answer, answers[qa.question])
    return qa.second_reader


def counted(pairs: Iterable[QA]) -> str:
    """What the second reader says of the pairs in doubt, in numbers; nothing where none is in doubt."""
    counts = Counter(qa.second_reader for qa in pairs if qa.numbers_grounded == "unconfirmed")
    return ", ".join(f"{counts[name]} {name}" for name in ("agrees", "disputes", "not asked") if counts[name])


def _said(text: str) -> _Said:
    found = sorted((*find(text), *numbers(text)), key=lambda quantity: quantity.start)
    rest, done = [], 0
    for quantity in found:
        rest.append(text[done : quantity.start])
        done = quantity.end
    name = "".join(NAME.findall(" ".join([*rest, text[done:]]))).casefold()
    values = [quantity for quantity in found if quantity.kind not in PARTS and not quantity.negated]
    return _Said(tuple(values or found), name)


def _covers(some: tuple[Quantity, ...], others: tuple[Quantity, ...]) -> bool:
    return all(any(_same(one, other) for one in some) for other in others)


def _same(one: Quantity, other: Quantity) -> bool:
    """A number without its unit is that number with it: who is asked for a torque in Nm may say 24. Likewise `max.`."""
    if not one.unit or not other.unit:
        return one.interval == other.interval
    if "" in {one.side, other.side}:
        one, other = _plain(one), _plain(other)
    return same(one, other)


def _plain(quantity: Quantity) -> Quantity:
    """A bound as the value that it stands at."""
    if quantity.kind != "bound":
        return quantity
    return replace(quantity, kind="value", side="", readings=tuple(map(_plain, quantity.readings)))
