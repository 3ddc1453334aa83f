"""Find the numeric facts that a reference expects, and check whether a value of an answer states one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from evaluation.scorers.reading.quantities import bare_numbers, quantities
from vlm3_dataset.quantities import Quantity, agree, converts, near, same

Fact = tuple[Quantity, ...]  # one expected fact, in every unit in which the reference gives it
# A reference of so few words is just a number and what it counts ("There are eight bolts"), unless it is a sentence
# that happens to hold one ("Remove the two bolts and take off the cover").
_JUST_A_NUMBER = 4
_HOW_MANY = re.compile(r"\bhow many\b|\bnumber of\b", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:which|number of the) (?:pin|terminal|fuse|cylinder|gear)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_PAIRED = re.compile(r"\s*[(/=,~]?\s*(?:or|about|approx\.?|ca\.?|i\.e\.)?\s*")
_LETTER = re.compile(r"(?<!\w)[A-Z](?=\d{1,2}\b)")  # F12 for fuse 12
_ORDER = re.compile(r"(?<![\w.,/-])[1-9](?:(?:, ?(?:and )?| and | ?(?:→|->|>) ?)[1-9]){2,11}(?![\w-]|[.,]\d)")
_BEYOND = re.compile(
    r"(?:\b(?:(?P<more>(?:more|greater|higher)\sthan|above|over|exceed(?:s|ed|ing)?)|(?:less|lower)\sthan|below|under)\s"
    r"|(?P<above>>)\s?|<\s?)(?:about\s)?$",
    re.IGNORECASE,
)
_LOW = re.compile(  # the lower limit is 0.02 mm
    r"\b(?:lower|lowest|smallest|least|min(?:imum|imal)?|(?:not|no|never) (?:below|under|less|lower|smaller))\b"
    r"[^.;\d]{0,24}$",
    re.IGNORECASE,
)
_HIGH = re.compile(  # and the upper one 0.06 mm
    r"\b(?:upper|highest|largest|most|max(?:imum|imal)?|(?:not|no|never) (?:above|over|more|higher|larger|greater))\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(r"\b(?:limits|ends|extremes)\b[^.;\d]{0,24}$", re.IGNORECASE)  # the limits are 0.02 mm and 0.06 mm
_AND = re.compile(r",?\sand\s")
_FASTENERS = frozenset({"bolt", "screw"})  # one word for the other, where a reference has only one of them
UNITLESS = frozenset({"number", "count", "label"})
_MISPRINT = Decimal("0.03")  # 105 Nm (76 ft. lbs.) is one torque, its conversion a little off; 24 Nm (20 ft-lb) is two
_REACH = 12  # characters between a value and its conversion in brackets


def expected_facts(expected: str, question: str, *, staged: bool) -> list[Fact]:
    """Return each fact once, in every unit in which the reference gives it; stages are separate facts."""
    stated = quantities(expected)
    found = [quantity for quantity in stated if not quantity.negated] or stated  # "do not use a 5 kΩ rotor"
    if not found:  # the numbers without a unit, if the reference is about a number
        named = bool(_WHICH.search(question))
        asked = named or bool(_HOW_MANY.search(question))
        if not asked and len(_WORD.findall(expected)) > _JUST_A_NUMBER:
            return []
        bare = [number for number in bare_numbers(expected) if not number.negated]
        bare = [number for number in bare if asked or number.text.lower() != "one"]  # the rear one
        bare = [replace(one, dimension="label") if named and one.dimension == "number" else one for one in bare]
        counted = [number for number in bare if number.dimension != "label"]
        return [(number,) for number in counted or (bare if asked else [])]
    facts: list[Fact] = []
    for quantity in found:
        known = _repeated_fact(expected, quantity, facts[-1:] if staged else facts)
        if known is None:
            facts.append((quantity,))
        elif quantity.unit not in {member.unit for member in facts[known]}:
            facts[known] += (quantity,)
        elif staged:  # 90° and again 90° are two stages
            facts.append((quantity,))
    return facts


def _repeated_fact(expected: str, quantity: Quantity, facts: Sequence[Fact]) -> int | None:
    """Return which of these facts a quantity repeats, counted from the end: -1 is the last; None for a new one."""
    if facts:
        last = facts[-1][-1]
        gap = expected[last.end : quantity.start]
        paired = last.unit != quantity.unit and len(gap) <= _REACH and _PAIRED.fullmatch(gap)
        if paired and (agree(last, quantity) or near(last, quantity, _MISPRINT)):
            return -1
    for at, fact in enumerate(facts):
        ends = [member for member in fact if member.kind == "range"]
        if any(same(quantity, member) for member in _in_its_unit(fact, quantity)) or any(
            is_part(member, quantity) for member in ends
        ):
            return at - len(facts)
    return None


def given_values(answer: str, facts: Sequence[Fact], *, unit_optional: bool) -> list[Quantity]:
    """Return the values that an answer gives, with bare numbers where they may count."""
    if any(fact[0].dimension == "firing order" for fact in facts):  # 1, 3, 4, 2 is a list of anything elsewhere
        answer = _ORDER.sub(lambda order: "-".join(re.findall(r"\d", order[0])).ljust(len(order[0])), answer)
    found = quantities(answer)
    if not facts:
        return found
    if not any(member.kind == "bound" for fact in facts for member in fact):
        for place, one in enumerate(found):  # "more than 24 Nm" is no 24 Nm, "no more than 24 Nm" may be
            beyond = _BEYOND.search(answer[: one.start]) if one.kind == "bound" else None
            if beyond and one.side == ("min" if beyond["more"] or beyond["above"] else "max"):
                found[place] = replace(one, negated=True)
    if facts[0][0].negated:  # what the reference denies the answer must deny
        return [replace(one, negated=not one.negated) for one in found]
    found = _with_expected_ends(answer, found, facts)
    expected = facts[0][0]
    if expected.dimension in UNITLESS:
        bare = bare_numbers(_LETTER.sub(" ", answer) if expected.dimension == "label" else answer)
        return [number for given in (*bare, *found) for number in _comparable_number(given, facts)]
    if unit_optional and not any(quantity.dimension == expected.dimension for quantity in found):
        bare = [number for number in bare_numbers(answer) if number.dimension == "number"]
        found += [replace(number, dimension=expected.dimension, unit=expected.unit) for number in bare]
    return found


def _with_expected_ends(answer: str, found: Sequence[Quantity], facts: Sequence[Fact]) -> list[Quantity]:
    """Return the quantities, joining the two ends of an expected range: 91 °C / 99 °C max, two limits.

    Where the facts have two bounds, a range is parted into these: between 44 and 46 mm is at least 44 and at most 46.
    """
    wanted = [member for fact in facts for member in fact]
    joined: list[Quantity] = []
    for one in found:
        low = joined[-1] if joined else None
        ends = low and low.unit == one.unit and not (low.negated or one.negated)
        if ends and low.side != "max" and one.side != "min":
            before, gap = answer[max(0, low.start - 48) : low.start], answer[low.end : one.start]
            named = (low.side == "min" or _LOW.search(before)) and (one.side == "max" or _HIGH.search(gap))
            ends = named or gap.strip() == "/" or (_LIMITS.search(before) and _AND.fullmatch(gap))
            values = (low.values[0], one.values[0])
            both = replace(low, kind="range", side="", values=values, end=one.end, text=answer[low.start : one.end])
            if (
                ends
                and values[0] < values[1]
                and any(same(both, member) for member in wanted if member.kind == "range")
            ):
                joined[-1] = both
                continue
        joined.append(one)
    parted: list[Quantity] = []
    for one in joined:
        sides = zip(("min", "max"), one.values if one.kind == "range" else (), strict=False)
        bounds = [replace(one, kind="bound", side=side, values=(value,), readings=()) for side, value in sides]
        parted += bounds if bounds and all(any(same(end, it) for it in wanted) for end in bounds) else [one]
    return parted


def as_comparable(facts: Sequence[Fact], given: Sequence[Quantity]) -> list[Quantity]:
    """Return the given values, with bare numbers made comparable with bare facts."""
    if any(fact[0].dimension in UNITLESS for fact in facts):
        return [number for one in given for number in _comparable_number(one, facts)]
    return list(given)


def _comparable_number(given: Quantity, facts: Sequence[Fact]) -> Iterator[Quantity]:
    """Yield an answer's number in a form comparable with a bare reference; nothing if it counts other things."""
    fasteners = _FASTENERS & {expected.unit for (expected,) in facts}
    if given.unit in _FASTENERS and len(fasteners) == 1:
        given = replace(given, unit=next(iter(fasteners)))
    for (expected,) in facts:
        measures = expected.dimension == "label" and given.dimension not in UNITLESS  # 15 A is not fuse 15
        alike = given.values == expected.values and (not expected.unit or given.unit in {"", expected.unit})
        if alike and not measures:
            yield replace(given, dimension=expected.dimension, unit=expected.unit, kind=expected.kind, side="")
            return
    expected = facts[0][0]
    other = given.dimension not in {"number", "count"} or (expected.unit and given.unit not in {"", expected.unit})
    if not other and given.text.lower() != "one":  # "one of the bolts" counts nothing
        yield replace(given, dimension=expected.dimension, unit=expected.unit)


def _in_its_unit(fact: Fact, quantity: Quantity) -> Fact:
    """Return a fact in a quantity's unit if it has that, else in all: 25 Nm is 18 ft-lb, but not 24 Nm (18 ft-lb)."""
    return tuple(member for member in fact if member.unit == quantity.unit) or fact


def accepts_fact(fact: Fact, given: Quantity) -> str | None:
    """Return None if a quantity misses a fact, else what it leaves out or adds ("" if nothing)."""
    notes = [note for member in _in_its_unit(fact, given) if (note := _accepts(member, given)) is not None]
    if not notes and converts(fact[0], given):
        # 22 psi where a page has 1.5 bar / 21 psi is the better conversion of the two. Never the other way: 83 ft-lb
        # may be 113 Nm, but not where they stand as 112 Nm (83 ft-lb).
        return ""
    return min(notes, default=None, key=len)


def _accepts(expected: Quantity, given: Quantity) -> str | None:
    """Return None if a quantity misses the expected one, else what it leaves out or adds ("" if nothing)."""
    if same(expected, given):
        return ""
    match expected.kind, given.kind:
        case "thread", "thread" if len(expected.values) == 1 and expected.values == given.values[:1]:
            return ""
        case "tolerance", "value" if same(_nominal(expected), given):
            return "tolerance dropped"
        case "bound", "value" if same(_nominal(expected), given):
            return "bound dropped"
        case "value", "bound" if same(expected, _nominal(given)):
            return "bound added"
        case "value" | "bound", "tolerance" if given.values[0] == 0 and given.values[1] == expected.values[0]:
            return "given as a deviation" if given.unit == expected.unit else None
    return None


def _nominal(quantity: Quantity) -> Quantity:
    readings = tuple(_nominal(reading) for reading in quantity.readings if reading.kind == quantity.kind)
    return replace(quantity, kind="value", side="", values=quantity.values[:1], readings=readings)


def is_part(whole: Quantity, given: Quantity) -> bool:
    """Return whether a value repeats a part of a quantity: one end of a range, the size of a thread."""
    if whole.kind == given.kind == "thread":
        return given.values == whole.values[:1]
    if whole.kind not in {"range", "tolerance"} or given.kind not in {"value", "bound"}:
        return False
    parts = (*whole.interval, whole.values[0])
    return any(same(replace(_nominal(whole), values=(part,)), _nominal(given)) for part in parts)
