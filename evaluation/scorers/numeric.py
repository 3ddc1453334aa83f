"""Are the numbers right? Quantities of an answer against those of the reference, by workshop rules and no tolerance.

Score = matched / (expected + conflicting), recall and precision in one figure: naming four torques of which one is
right scores 0.25. Edit distance or a relaxed 5 % cannot serve here: ANLS gives 25 Nm for 24 Nm 0.80.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TypedDict, Unpack

from evaluation.scorers.labels import by_label, contrasts
from evaluation.scorers.reading import bare_numbers, quantities
from vlm3_dataset.quantities import Quantity, agree, converts, near, same

Fact = tuple[Quantity, ...]  # one expected fact in every unit that the reference gives it in
Labelled = tuple[str, str]  # a label and the value that must stand by it: ("front", "2.2 bar")

# A reference of so few words is just a number and what it counts ("There are eight bolts"), unless it is a sentence
# that happens to hold one ("Remove the two bolts and take off the cover").
_JUST_A_NUMBER = 4
_HOW_MANY = re.compile(r"\bhow many\b|\bnumber of\b|\bwhich (?:pin|terminal|fuse|cylinder|gear)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_STAGES = re.compile(
    r"\b(?:1st|2nd|3rd|[4-9]th|first|then|finally|followed by|stages? \d|step \d)\b|→|->", re.IGNORECASE
)
_AFTERWARDS = re.compile(r"\W*(?:(?:but|and|only)\s)?(?:after|following|nach|dopo|après)\b", re.IGNORECASE)
_BEFOREHAND = re.compile(r"\bbefore\s(?:(?:the|a|an|turning|tightening|by|of|angle)\s)*$", re.IGNORECASE)
_PAIRED = re.compile(r"\s*[(/=,~]?\s*(?:or|about|approx\.?|ca\.?|i\.e\.)?\s*")
_ORDER = re.compile(r"(?<![\w.,/-])[1-9](?:, ?[1-9]){2,11}(?![\w-]|[.,]\d)")
_ADDS_UP = frozenset({"volume", "mass", "length", "time"})
_UNITLESS = frozenset({"number", "count", "label"})
_MISPRINT = Decimal("0.03")  # 105 Nm (76 ft. lbs.) is one torque, its conversion a little off; 24 Nm (20 ft-lb) is two
_REACH = 12  # characters between a value and its conversion in brackets


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How an answer did: what matched, what was missed, what contradicts.

    Places of `missed` are in the reference, those of `extras` and of the second of each `matched` pair in the answer.
    """

    matched: tuple[tuple[Fact, Quantity], ...]
    missed: tuple[Fact, ...]
    extras: tuple[Quantity, ...]
    notes: tuple[str, ...] = ()
    critical: bool = False

    @property
    def recall(self) -> float:
        return len(self.matched) / (len(self.matched) + len(self.missed))

    @property
    def precision(self) -> float:
        """Share of the answer's relevant values that are right; 0 where it gives none."""
        given = len(self.matched) + len(self.extras)
        return len(self.matched) / given if given else 0.0

    @property
    def score(self) -> float:
        if self.critical and (self.missed or self.extras):
            return 0.0
        relevant = len(self.matched) + len(self.missed) + len(self.extras)
        return len(self.matched) / relevant if relevant else 1.0


class Options(TypedDict, total=False):
    """What a probe can say beside its reference."""

    question: str  # values that stand in it contradict nothing, and need not be repeated
    allowed: Sequence[str]  # further values that contradict nothing
    labelled_values: Sequence[Labelled]  # what the reference says by label: "front 2.4, rear 2.2" is wrong
    unit_optional: bool  # the question names the unit: a bare number counts
    critical: bool  # one value missed or contradicted makes the score 0


def score(expected: str, answer: str, **options: Unpack[Options]) -> float | None:
    """The score of `compare`, 0 to 1; None where nothing numeric is expected."""
    breakdown = compare(expected, answer, **options)
    return breakdown.score if breakdown else None


def compare(expected: str, answer: str, **options: Unpack[Options]) -> Breakdown | None:
    """Matches the quantities of an answer with those of a reference; None where nothing numeric is expected."""
    question, labelled = options.get("question", ""), options.get("labelled_values", ())
    free = [quantity for text in (question, *options.get("allowed", ())) for quantity in quantities(text)]
    if labelled:
        facts = labelled
        values = [_facts(value, "", staged=False) for _, value in labelled]
        given = by_label([label for label, _ in labelled], answer, quantities(answer))
        parts = [_compare(facts, found, free) for facts, found in zip(values, given, strict=True)]
        breakdown = _sum(parts)
    else:
        staged = bool(_STAGES.search(expected))
        facts = _facts(expected, question, staged=staged)
        given = _given(answer, facts, unit_optional=options.get("unit_optional", False))
        matched = _in_order(facts, _told_in_order(answer, given), free) if staged else _compare(facts, given, free)
        breakdown = _without(matched, _mislabelled(expected, answer, facts, given))
        breakdown = _demanded(breakdown, facts, quantities(question))
        odd = [one for one in _in_a_wrong_unit(quantities(expected), given, free) if one not in breakdown.extras]
        breakdown = replace(breakdown, extras=(*breakdown.extras, *odd))
    return replace(breakdown, critical=options.get("critical", False)) if facts else None


def _facts(expected: str, question: str, *, staged: bool) -> list[Fact]:
    found = [quantity for quantity in quantities(expected) if not quantity.negated]
    if not found:
        return [(number,) for number in _just_numbers(expected, question)]
    facts: list[Fact] = []
    for quantity in found:
        known = _stated(expected, quantity, facts[-1:] if staged else facts)
        if known is None:
            facts.append((quantity,))
        elif quantity.unit not in {member.unit for member in facts[known]}:
            facts[known] += (quantity,)
        elif staged:  # 90° and again 90° are two stages
            facts.append((quantity,))
    return facts


def _stated(expected: str, quantity: Quantity, facts: Sequence[Fact]) -> int | None:
    """Which of these facts a quantity states once more, counted from the end: -1 is the last."""
    if facts and _is_pair(expected, facts[-1][-1], quantity):
        return -1
    for at, fact in enumerate(facts):
        ends = [member for member in fact if member.kind == "range"]
        if any(same(quantity, member) for member in _in_its_unit(fact, quantity)) or any(
            _is_part(member, quantity) for member in ends
        ):
            return at - len(facts)
    return None


def _is_pair(expected: str, one: Quantity, other: Quantity) -> bool:
    gap = expected[one.end : other.start]
    paired = one.unit != other.unit and len(gap) <= _REACH and bool(_PAIRED.fullmatch(gap))
    return paired and (agree(one, other) or near(one, other, _MISPRINT))


def _just_numbers(expected: str, question: str) -> list[Quantity]:
    """The numbers of a reference without a unit, if a number is what it is about."""
    asked = bool(_HOW_MANY.search(question))
    if not asked and len(_WORD.findall(expected)) > _JUST_A_NUMBER:
        return []
    found = [number for number in bare_numbers(expected) if not number.negated]
    return [number for number in found if number.dimension != "label"] or (found if asked else [])


def _given(answer: str, facts: Sequence[Fact], *, unit_optional: bool) -> list[Quantity]:
    """What an answer gives, bare numbers included where they may count."""
    if any(fact[0].dimension == "firing order" for fact in facts):  # 1, 3, 4, 2 is a list of anything elsewhere
        answer = _ORDER.sub(lambda order: order[0].replace(",", "-"), answer)
    found = quantities(answer)
    if not facts:
        return found
    found = _joined(answer, found, facts)
    expected = facts[0][0]
    if expected.dimension in _UNITLESS:
        bare = bare_numbers(answer)
        return [number for given in (*bare, *found) for number in _as_counted(given, facts)]
    if unit_optional and not any(quantity.dimension == expected.dimension for quantity in found):
        bare = [number for number in bare_numbers(answer) if number.dimension == "number"]
        found += [replace(number, dimension=expected.dimension, unit=expected.unit) for number in bare]
    return found


def _joined(answer: str, found: Sequence[Quantity], facts: Sequence[Fact]) -> list[Quantity]:
    """What is found, two ends with a stroke between them put together where a range is expected: 91 °C / 99 °C max."""
    wanted = [member for fact in facts for member in fact if member.kind == "range"]
    joined: list[Quantity] = []
    for one in found:
        low = joined[-1] if joined else None
        if low and wanted and low.unit == one.unit and answer[low.end : one.start].strip() == "/" and one.side != "min":
            values = (low.values[0], one.values[0])
            both = replace(low, kind="range", side="", values=values, end=one.end, text=answer[low.start : one.end])
            if values[0] < values[1] and any(same(both, member) for member in wanted):
                joined[-1] = both
                continue
        joined.append(one)
    return joined


def _as_counted(given: Quantity, facts: Sequence[Fact]) -> Iterator[Quantity]:
    """A number of the answer as one that a bare reference can be compared with; nothing if it counts other things."""
    for (expected,) in facts:
        if given.values == expected.values and (not expected.unit or given.unit in {"", expected.unit}):
            yield replace(given, dimension=expected.dimension, unit=expected.unit, kind=expected.kind, side="")
            return
    expected = facts[0][0]
    other = given.dimension not in {"number", "count"} or (expected.unit and given.unit not in {"", expected.unit})
    if not other and given.text.lower() != "one":  # "one of the bolts" counts nothing
        yield replace(given, dimension=expected.dimension, unit=expected.unit)


def _told_in_order(answer: str, given: Sequence[Quantity]) -> list[Quantity]:
    """The values in the order in which they are to be done: "60° after 30 Nm" is 30 Nm and then 60°."""
    told = list(given)
    for at, (one, other) in enumerate(pairwise(given)):
        before, gap = answer[: one.start], answer[one.end : other.start]
        if _AFTERWARDS.match(gap) or (_BEFOREHAND.search(before) and "," in gap):
            told[at : at + 2] = [other, one]
    return told


def _mislabelled(expected: str, answer: str, facts: Sequence[Fact], given: Sequence[Quantity]) -> list[Fact]:
    """The facts whose label stands in the answer beside a value that another label of the reference has."""
    stated = [one for one in quantities(expected) if one.dimension != "thread"]
    told = [one for one in given if one.dimension != "thread" and not one.negated]
    wrong: list[Fact] = []
    for labels in contrasts(expected):
        wanted = [[_fact_of(one, facts) for one in of] for of in by_label(labels, expected, stated)]
        if not all(wanted):
            continue
        for own, found in zip(wanted, by_label(labels, answer, told), strict=True):
            others = [fact for of in wanted for fact in of if fact and fact not in own]
            if any(_holds(others, one) for one in found) and not any(_holds(own, one) for one in found):
                wrong += [fact for fact in own if fact] + [fact for fact in facts if fact[0].text.lower() in labels]
    return wrong


def _fact_of(quantity: Quantity, facts: Sequence[Fact]) -> Fact:
    return next((fact for fact in facts if any(same(quantity, member) for member in fact)), ())


def _holds(facts: Sequence[Fact], given: Quantity) -> bool:
    return any(fact and _accepts_fact(fact, given) is not None for fact in facts)


def _demanded(breakdown: Breakdown, facts: Sequence[Fact], asked: Sequence[Quantity]) -> Breakdown:
    """A breakdown without what the question itself names: it need not be repeated, but another value is wrong."""
    named = [fact for fact in facts if any(same(member, known) for member in fact for known in asked)]
    matched = breakdown.matched
    if len(named) < len(facts):
        matched = tuple(pair for pair in matched if pair[0] not in named)
    return replace(breakdown, matched=matched, missed=tuple(fact for fact in breakdown.missed if fact not in named))


def _without(breakdown: Breakdown, wrong: Sequence[Fact]) -> Breakdown:
    """A breakdown in which some facts are missed after all."""
    if not wrong:
        return breakdown
    matched = tuple(pair for pair in breakdown.matched if pair[0] not in wrong)
    missed = tuple(fact for fact, _ in breakdown.matched if fact in wrong)
    return replace(
        breakdown, matched=matched, missed=breakdown.missed + missed, notes=(*breakdown.notes, "by the wrong label")
    )


def _compare(facts: Sequence[Fact], given: Sequence[Quantity], free: Sequence[Quantity]) -> Breakdown:
    given = [quantity for quantity in given if not quantity.negated]
    pairs = [(fact, _best(fact, given)) for fact in facts]
    return _breakdown(pairs, facts, given, free)


def _in_order(facts: Sequence[Fact], given: Sequence[Quantity], free: Sequence[Quantity]) -> Breakdown:
    """Matches stages: each value of the answer serves one stage, and their order counts."""
    given = [quantity for quantity in given if not quantity.negated]
    steps = [fact for fact in facts if fact[0].kind not in {"thread", "code"}]
    rest = [(fact, _best(fact, given)) for fact in facts if fact not in steps]
    unused, loose = list(given), 0
    for fact in steps:
        found = _best(fact, unused)
        if found:
            loose += 1
            unused.remove(found)
    ordered = _longest_run(steps, given)
    if len(ordered) < loose or _put_together(steps, ordered, given):
        broken = _breakdown([*rest, *((fact, None) for fact in steps)], facts, given, free)
        return replace(broken, matched=(), missed=tuple(facts), notes=("stages out of order",))
    return _breakdown([*rest, *((fact, ordered.get(at)) for at, fact in enumerate(steps))], facts, given, free)


def _put_together(steps: Sequence[Fact], ordered: Mapping[int, Quantity], given: Sequence[Quantity]) -> bool:
    """Whether a value is what the missed steps make in one go: 180° is another procedure than 90° and again 90°."""
    missed = [fact[0] for at, fact in enumerate(steps) if at not in ordered]
    whole = sum((one.values[0] for one in missed), Decimal(0))
    units = {one.unit for one in missed}
    return len(missed) > 1 and any({one.unit} == units and one.values == (whole,) for one in given)


def _longest_run(steps: Sequence[Fact], given: Sequence[Quantity]) -> dict[int, Quantity]:
    """The longest sequence of steps met in their order (longest common subsequence), by place in `steps`."""
    best: list[dict[int, Quantity]] = [{} for _ in range(len(given) + 1)]
    for at, fact in enumerate(steps):
        previous, best = best, [{}]
        for place, quantity in enumerate(given):
            options = [previous[place + 1], best[place]]
            if _accepts_fact(fact, quantity) is not None:
                options.append(previous[place] | {at: quantity})
            best.append(max(options, key=len))
    return best[-1]


def _breakdown(
    pairs: Sequence[tuple[Fact, Quantity | None]],
    facts: Sequence[Fact],
    given: Sequence[Quantity],
    free: Sequence[Quantity],
) -> Breakdown:
    matched = tuple((fact, quantity) for fact, quantity in pairs if quantity)
    notes = (
        f"{note}: {quantity.text!r} for {fact[0].text!r}"
        for fact, quantity in matched
        if (note := _accepts_fact(fact, quantity))
    )
    dimensions = {member.dimension for fact in facts for member in fact}
    extras: list[Quantity] = []
    for quantity in given:
        known = any(_accepts_fact(fact, quantity) is not None for fact in facts) or any(
            _is_part(member, quantity) for fact, _ in matched for member in fact
        )
        said = any(same(quantity, other) for other in (*free, *extras))
        if quantity.dimension in dimensions and not known and not said:
            extras.append(quantity)
    missed = tuple(fact for fact, quantity in pairs if not quantity)
    contrary = _unexplained(extras, [member for fact, _ in matched for member in fact])
    return Breakdown(matched, missed, tuple(contrary), tuple(notes))


def _in_a_wrong_unit(
    stated: Sequence[Quantity], given: Sequence[Quantity], free: Sequence[Quantity]
) -> tuple[Quantity, ...]:
    """The values with the figures of one of the reference that stands in its own unit less often than there.

    "30 psi (22 ft. lbs.)" is no 30 Nm; a 20 mm socket beside 20 Nm is.
    """
    measured = [one for one in stated if one.kind not in {"thread", "code"}]
    wanted, told = (Counter((one.values, one.unit) for one in side) for side in (measured, given))
    lost = wanted - told
    return tuple(
        one
        for one in given
        if any(one.values == values and one.unit != unit for values, unit in lost)
        and one.kind not in {"thread", "code"}
        and not one.negated
        and not any(same(one, other) for other in (*stated, *free))
    )


def _unexplained(extras: Sequence[Quantity], right: Sequence[Quantity]) -> list[Quantity]:
    """What contradicts, without two values that make a right one together: 4.75 l are 4.5 l and 0.25 l for the filter.

    Torques and angles make nothing together; "4.5 l plus 0.25 l" reads as a tolerance.
    """
    wholes = {(one.unit, one.values[0]) for one in right if one.dimension in _ADDS_UP}
    sums = {pair: (pair[0].unit, pair[0].values[0] + pair[1].values[0]) for pair in pairwise(extras)}
    sums |= {(one,): (one.unit, sum(one.values, Decimal(0))) for one in extras if one.kind == "tolerance"}
    parts = [one for pair, whole in sums.items() if whole in wholes for one in pair]
    return [one for one in extras if one not in parts]


def _best(fact: Fact, given: Sequence[Quantity]) -> Quantity | None:
    """The first quantity that states a fact in full, else the first that states it with a note."""
    accepted = [quantity for quantity in given if _accepts_fact(fact, quantity) is not None]
    return next((quantity for quantity in accepted if not _accepts_fact(fact, quantity)), (accepted or [None])[0])


def _in_its_unit(fact: Fact, quantity: Quantity) -> Fact:
    """What a fact says in the unit of a quantity, or all: 25 Nm is 18 ft-lb, but it is not 24 Nm (18 ft-lb)."""
    return tuple(member for member in fact if member.unit == quantity.unit) or fact


def _accepts_fact(fact: Fact, given: Quantity) -> str | None:
    notes = [note for member in _in_its_unit(fact, given) if (note := _accepts(member, given)) is not None]
    if not notes and converts(fact[0], given):
        # 22 psi where a page has 1.5 bar / 21 psi is the better conversion of the two. Never the other way: 83 ft-lb
        # may be 113 Nm, but not where they stand as 112 Nm (83 ft-lb).
        return ""
    return min(notes, default=None, key=len)


def _accepts(expected: Quantity, given: Quantity) -> str | None:
    """None if a quantity misses the expected one, else what it leaves out or adds ("" if nothing)."""
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


def _is_part(whole: Quantity, given: Quantity) -> bool:
    """Whether a value repeats a part of a quantity: one end of a range, the size of a thread."""
    if whole.kind == given.kind == "thread":
        return given.values == whole.values[:1]
    if whole.kind not in {"range", "tolerance"} or given.kind not in {"value", "bound"}:
        return False
    parts = (*whole.interval, whole.values[0])
    return any(same(replace(_nominal(whole), values=(part,)), _nominal(given)) for part in parts)


def _sum(parts: Sequence[Breakdown]) -> Breakdown:
    return Breakdown(
        matched=tuple(pair for part in parts for pair in part.matched),
        missed=tuple(fact for part in parts for fact in part.missed),
        extras=tuple(extra for part in parts for extra in part.extras),
        notes=tuple(note for part in parts for note in part.notes),
    )
