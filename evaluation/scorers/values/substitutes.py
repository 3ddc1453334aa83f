"""Find values that replace one of the reference, although every fact seems to be there.

A fact in two units can be found by one of them, and a number can serve twice. So values that both sides have are paired
off first, and what is left over on each side is compared.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from evaluation.scorers.values.facts import Fact, accepts_fact
from vlm3_dataset.quantities import Quantity, same

_THREAD, _SIZE = "M", re.compile(r"\bM\s?(\d{1,2})\b(?![.,x×]\d)")


def substitutes(
    stated: Sequence[Quantity],
    answer: str,
    given: Sequence[Quantity],
    facts: Sequence[Fact],
    free: Sequence[Quantity],
) -> list[Quantity]:
    """Return the values that replace another one: its figures in a wrong unit, or its unit with other figures.

    "30 psi (22 ft. lbs.)" is not 30 Nm, though the conversion is right, and "7 and 7 mm" is not 7 and 8; a 20 mm
    socket beside 20 Nm is allowed. Values that both sides have are set aside first.
    """
    left, rest = list(stated), []
    for one in _threads(answer, given, stated):
        twin = next((other for other in left if one.unit == other.unit and same(one, other)), None)
        left.remove(twin) if twin else rest.append(one)
    wanted, told = (Counter(part for one in side for part in _parts(one)) for side in (left, rest))
    lost, gained = wanted - told, told - wanted
    renamed = {  # the figures of another in a wrong unit
        part
        for part in gained
        for other in lost
        if part[0] == other[0] and part[1] != other[1] and _THREAD not in (part[1], other[1])
    }
    known = {part for one in stated for part in _parts(one)}
    as_many = {unit for _, unit in lost if _of(wanted, unit) == _of(told, unit)}
    right = [one for one in rest if any(accepts_fact(fact, one) is not None for fact in facts)]  # 1.5 kg/cm² is 1.5 bar
    return [
        one
        for one in rest
        if not one.negated
        and not any(same(one, other) for other in free)
        and any(
            (one not in right and part in renamed) or (part[1] in as_many and (part in known or one not in right))
            for part in _parts(one)
            if part in gained
        )
    ]


def _parts(quantity: Quantity) -> list[tuple[Decimal, str]]:
    """Return the figures of a quantity with their unit: both ends of a range, a nominal value and its deviations."""
    if quantity.kind == "code":
        return []
    unit = _THREAD if quantity.kind == "thread" else quantity.unit
    return [(value, unit) for at, value in enumerate(quantity.values) if value or not at]


def _threads(answer: str, given: Sequence[Quantity], stated: Sequence[Quantity]) -> list[Quantity]:
    """Return the given values and, if a reference names threads, sizes that no thread has: M13 for M12."""
    like = next((one for one in stated if one.kind == "thread"), None)
    sizes = _SIZE.finditer(answer) if like else ()
    unplaced = [found for found in sizes if not any(one.start <= found.start() < one.end for one in given)]
    places = ((found, (Decimal(found[1]),)) for found in unplaced)
    new = [replace(like, values=v, start=f.start(), end=f.end(), text=f.group(), readings=()) for f, v in places]
    return sorted([*given, *new], key=lambda one: one.start)


def _of(parts: Counter[tuple[Decimal, str]], unit: str) -> int:
    return sum(count for (_, other), count in parts.items() if other == unit)
