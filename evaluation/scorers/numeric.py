"""Score the quantities of an answer against those of the reference, by workshop rules and without tolerance.

Score = matched / (expected + conflicting), recall and precision in one figure: naming four torques of which one is
right scores 0.25. Edit distance or a tolerance of 5 % would not do: ANLS scores 25 Nm for 24 Nm at 0.80.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TypedDict, Unpack

from evaluation.scorers.reading.quantities import bare_numbers, named_by_question, quantities, without_repeated
from evaluation.scorers.values import asked, breaking, derived, groups, stages, swaps
from evaluation.scorers.values.besides import added_values, offered_besides
from evaluation.scorers.values.facts import (
    UNITLESS,
    Fact,
    accepts_fact,
    as_comparable,
    expected_facts,
    given_values,
    is_part,
)
from evaluation.scorers.values.labels import out_of_question_order, values_by_label, values_in_question_order
from evaluation.scorers.values.substitutes import substitutes
from vlm3_dataset.identifiers import find
from vlm3_dataset.quantities import Quantity, same

LabelledValue = tuple[str, str]  # a label and the value that must stand by it: ("front", "2.2 bar")

_SIDE_ASKED = {
    "max": re.compile(
        r"\b(?:most|max(?:imum|imal)?|highest|largest|biggest|greatest|upper limit"
        r"|(?<!minimum )(?<!min\. )(?<!least )(?<!lowest )(?<!smallest )(?:permissible|permitted|allowed)"
        r"|how (?:much|many|far|large|long|high|hot|fast|wide|thick|deep|big)(?: \w+){0,2} (?:may|can))\b",
        re.IGNORECASE,
    ),
    "min": re.compile(r"\b(?:least|min(?:imum|imal)?|lowest|smallest|thinnest|lower limit|how thin)\b", re.IGNORECASE),
}
_NO_MORE = re.compile(r"\b(?:not?|nor|never) (?:more|higher|greater|tighter)\b", re.IGNORECASE)
_ADDS_UP = frozenset({"volume", "mass", "length", "time"})


@dataclass(frozen=True, slots=True)
class NumericBreakdown:
    """The result for an answer: what matched, what was missed, what contradicts.

    Places of `missed` are in the reference, those of `extras` and of the second of each `matched` pair in the answer.
    """

    matched: tuple[tuple[Fact, Quantity], ...]
    missed: tuple[Fact, ...]
    extras: tuple[Quantity, ...]
    notes: tuple[str, ...] = ()
    critical: bool = False

    @property
    def score(self) -> float:
        if self.critical and (self.missed or self.extras):
            return 0.0
        relevant = len(self.matched) + len(self.missed) + len(self.extras)
        return len(self.matched) / relevant if relevant else 1.0


class Options(TypedDict, total=False):
    """The options of a probe beside its reference."""

    question: str  # values that stand in it contradict nothing, and need not be repeated
    allowed: Sequence[str]  # further values that contradict nothing
    labelled_values: Sequence[LabelledValue]  # what the reference says by label: "front 2.4, rear 2.2" is wrong
    unit_optional: bool  # the question names the unit: a bare number counts
    critical: bool  # one value missed or contradicted makes the score 0


def score(expected: str, answer: str, **options: Unpack[Options]) -> float | None:
    """Return the score of `compare`, 0 to 1; None where nothing numeric is expected."""
    breakdown = compare(expected, answer, **options)
    return breakdown.score if breakdown else None


def compare(expected: str, answer: str, **options: Unpack[Options]) -> NumericBreakdown | None:
    """Match the quantities of an answer with those of a reference; None where nothing numeric is expected."""
    question, critical = options.get("question", ""), options.get("critical", False)
    named = named_by_question(question, quantities(question))
    free = [*named, *(one for text in options.get("allowed", ()) for one in quantities(text))]
    if labelled := options.get("labelled_values", ()):
        return replace(_match_by_label(labelled, expected, answer, question, free), critical=critical)
    staged = stages.STAGED.search(expected) is not None
    facts = expected_facts(expected, question, staged=staged)
    if not facts:
        return None
    told = without_repeated(question, answer) if facts[0][0].dimension in UNITLESS else answer
    given = given_values(told, facts, unit_optional=options.get("unit_optional", False))
    given = _negate_contrary(expected, question, answer, given)
    if staged:
        leaders = stages.in_order_of_doing(expected, [fact[0] for fact in facts])
        facts = sorted(facts, key=lambda fact: leaders.index(fact[0]))
        facts = [fact for fact in facts for _ in range(stages.repetitions(expected, fact[0]))]
        given = stages.without_undone(expected, answer, given)
        given = [one for one in given for _ in range(stages.repetitions(answer, one))]
        breakdown = _match_stages(facts, stages.in_order_of_doing(answer, given), free)
        added = stages.repeated_too_often(facts, answer, given)
    else:
        breakdown, added = _match_values(facts, given, free), added_values(facts, answer, given, free)
    mislabelled = _mislabelled_facts((expected, answer, question), facts, given)
    matched = tuple(pair for pair in breakdown.matched if pair[0] not in mislabelled)
    missed = (*breakdown.missed, *(fact for fact, _ in breakdown.matched if fact in mislabelled))
    notes = (*breakdown.notes, *(["by the wrong label"] if mislabelled else []))
    # Values of the question need not be repeated, but another value in their place is wrong.
    known = [fact for fact in facts if any(same(member, one) for member in fact for one in named)]
    missed = tuple(fact for fact in missed if fact not in known)
    if len(known) < len(facts):
        matched = tuple(pair for pair in matched if pair[0] not in known)
    offered = offered_besides(expected, answer, given, facts)
    wrong = [*substitutes(quantities(expected), answer, given, facts, free), *offered, *added]
    extras = (*breakdown.extras, *(one for one in wrong if one not in breakdown.extras))
    return NumericBreakdown(matched, missed, extras, notes, critical=critical)


def _match_by_label(
    labelled: Sequence[LabelledValue], expected: str, answer: str, question: str, free: Sequence[Quantity]
) -> NumericBreakdown:
    """Match the values that stand by each label of an answer with the value that must stand there."""
    values = [expected_facts(value, "", staged=False) for _, value in labelled]
    told = quantities(answer)
    if any(fact[0].dimension in UNITLESS for of in values for fact in of):
        known = {one.values for one in named_by_question(question, bare_numbers(question))}  # the two lines
        known -= {fact[0].values for of in values for fact in of}
        told += [one for one in bare_numbers(answer) if one.values not in known]
    told = _negate_contrary(expected, question, answer, told)
    labels = [label for label, _ in labelled]
    given = values_in_question_order(labels, question, answer, told) or values_by_label(labels, answer, told)
    parts = [_match_values(of, as_comparable(of, found), free) for of, found in zip(values, given, strict=True)]
    return NumericBreakdown(
        matched=tuple(pair for part in parts for pair in part.matched),
        missed=tuple(fact for part in parts for fact in part.missed),
        extras=tuple(extra for part in parts for extra in part.extras),
        notes=tuple(note for part in parts for note in part.notes),
    )


def _negate_contrary(expected: str, question: str, answer: str, given: Sequence[Quantity]) -> list[Quantity]:
    """Return the values with those negated at which the answer says that something breaks, and the reference not.

    So is "at least 0.6 mm" for the most that a question asks for, which a reference may give as a plain 0.6 mm, and
    "24 Nm or more" for a plain torque.
    """
    stated = quantities(expected)
    if not (breaking.ABOUT_BREAKING.search(question) or any(breaking.breaks_at(expected, one) for one in stated)):
        given = [replace(one, negated=True) if breaking.breaks_at(answer, one) else one for one in given]
    by_steps = any(derived.is_share_or_step(expected, one, question) for one in stated)
    given = [
        replace(one, negated=True)
        if asked.is_of_another(question, expected, answer, one)
        or (not by_steps and derived.is_share_or_step(answer, one, question))
        or derived.is_reckoned(answer, one, expected, stated)
        else one
        for one in given
    ]
    sides = {side for side, words in _SIDE_ASKED.items() if words.search(question)}
    plain = {one.values[0] for one in stated if one.kind == "value"}
    or_more = not _NO_MORE.search(answer)
    return [
        replace(one, negated=True)
        if one.kind == "bound"
        and one.values[0] in plain
        and (one.side not in sides if len(sides) == 1 else or_more and one.side == "min" and one.dimension == "torque")
        else one
        for one in given
    ]


def _mislabelled_facts(texts: tuple[str, str, str], facts: Sequence[Fact], given: Sequence[Quantity]) -> list[Fact]:
    """Return the facts whose label stands in the answer beside a value that another label of the reference has.

    `texts` are reference, answer and question.
    """
    expected, answer, _ = texts
    counted = bool(facts) and facts[0][0].dimension in UNITLESS
    stated = (bare_numbers if counted else quantities)(expected)
    classes = [{one.value for one in find(text) if one.kind == "strength"} for text in (expected, answer)]
    other_class = all(classes) and classes[0].isdisjoint(classes[1])  # 8.8 for 10.9
    if any(one.dimension != "thread" for one in stated):  # else the threads themselves have labels
        stated = [one for one in stated if one.dimension != "thread"]
        given = [one for one in given if one.dimension != "thread"]
    told = [one for one in given if not one.negated]

    def agree(one: Quantity, other: Quantity) -> bool:
        return bool(fact := _fact_of(one, facts)) and accepts_fact(fact, other) is not None

    swapped = [((), [*out_of_question_order(texts, stated, told, agree)])]
    for of in (swaps, groups, breaking):
        swapped += of.swapped_values(expected, answer, stated, told, agree)
    return [
        fact
        for labels, own in swapped
        for fact in facts
        if other_class or fact[0].text.lower() in labels or fact in [_fact_of(one, facts) for one in own]
    ]


def _fact_of(quantity: Quantity, facts: Sequence[Fact]) -> Fact:
    return next((fact for fact in facts if any(same(quantity, member) for member in fact)), ())


def _match_values(facts: Sequence[Fact], given: Sequence[Quantity], free: Sequence[Quantity]) -> NumericBreakdown:
    given = [quantity for quantity in given if not quantity.negated]
    pairs = [(fact, _best_match(fact, given)) for fact in facts]
    return _breakdown(pairs, facts, given, free)


def _match_stages(facts: Sequence[Fact], given: Sequence[Quantity], free: Sequence[Quantity]) -> NumericBreakdown:
    """Match stages: each value of the answer serves one stage, and their order counts."""
    given = [quantity for quantity in given if not quantity.negated]
    steps = [fact for fact in facts if fact[0].kind not in {"thread", "code"} and fact[0].dimension != "time"]
    rest = [(fact, _best_match(fact, given)) for fact in facts if fact not in steps]
    unused, loose = list(given), 0
    for fact in steps:
        found = _best_match(fact, unused)
        if found:
            loose += 1
            unused.remove(found)
    ordered = stages.longest_ordered_match(steps, given)
    undone = [fact[0] for at, fact in enumerate(steps) if at not in ordered]
    whole, units = sum((one.values[0] for one in undone), Decimal(0)), {one.unit for one in undone}
    at_once = len(undone) > 1 and any({one.unit} == units and one.values == (whole,) for one in given)
    if len(ordered) < loose or at_once:  # 180° at once is another procedure than twice 90°
        broken = _breakdown([*rest, *((fact, None) for fact in steps)], facts, given, free)
        return replace(broken, matched=(), missed=tuple(facts), notes=("stages out of order",))
    return _breakdown([*rest, *((fact, ordered.get(at)) for at, fact in enumerate(steps))], facts, given, free)


def _breakdown(
    pairs: Sequence[tuple[Fact, Quantity | None]],
    facts: Sequence[Fact],
    given: Sequence[Quantity],
    free: Sequence[Quantity],
) -> NumericBreakdown:
    matched = tuple((fact, quantity) for fact, quantity in pairs if quantity)
    notes = (
        f"{note}: {quantity.text!r} for {fact[0].text!r}"
        for fact, quantity in matched
        if (note := accepts_fact(fact, quantity))
    )
    dimensions = {member.dimension for fact in facts for member in fact}
    extras: list[Quantity] = []
    for quantity in given:
        known = any(accepts_fact(fact, quantity) is not None for fact in facts) or any(
            is_part(member, quantity) for fact, _ in matched for member in fact
        )
        said = any(same(quantity, other) for other in (*free, *extras))
        # 25 ± 5 Nm (18 ± 4 ft-lb) for 20 to 30 Nm
        known = known or any(
            same(quantity, other) and quantity.unit not in {member.unit for member in fact} for fact, other in matched
        )
        if quantity.dimension in dimensions and not known and not said:
            extras.append(quantity)
    missed = tuple(fact for fact, quantity in pairs if not quantity)
    contrary = _without_summands(extras, [member for fact, _ in matched for member in fact])
    return NumericBreakdown(matched, missed, tuple(contrary), tuple(notes))


def _without_summands(extras: Sequence[Quantity], right: Sequence[Quantity]) -> list[Quantity]:
    """Return what contradicts, except two values beside their sum: "4.75 l: 4.5 l, and 0.25 l for the filter".

    Torques and angles are not added up; "4.5 l plus 0.25 l" reads as a tolerance.
    """
    wholes = {(one.unit, one.values[0]) for one in right if one.dimension in _ADDS_UP}
    sums = {pair: (pair[0].unit, pair[0].values[0] + pair[1].values[0]) for pair in pairwise(extras)}
    sums |= {(one,): (one.unit, sum(one.values, Decimal(0))) for one in extras if one.kind == "tolerance"}
    parts = [one for pair, whole in sums.items() if whole in wholes for one in pair]
    return [one for one in extras if one not in parts]


def _best_match(fact: Fact, given: Sequence[Quantity]) -> Quantity | None:
    """Return the first quantity that states a fact in full, else the first that states it with a note."""
    accepted = [quantity for quantity in given if accepts_fact(fact, quantity) is not None]
    return next((quantity for quantity in accepted if not accepts_fact(fact, quantity)), (accepted or [None])[0])
