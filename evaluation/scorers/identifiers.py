"""Score the names of an answer that have digits and measure nothing: tools, parts, fuses, pins, wires, types, pages.

Score = matched / (expected + conflicting), as for quantities: this and `numeric` together cover every digit of a
reference that its question lacks. Of 689 real answers with a digit, 476 have only such names.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase

from evaluation.scorers.procedure import actions, facing, fitting, ordering, procedure, renewal
from evaluation.scorers.reading.names import (
    StatedNames,
    has_long_name,
    is_written,
    join_striped_colours,
    misspelled_words,
    read_names,
    says_number,
    says_word,
)
from evaluation.scorers.reading.places import plain_places
from evaluation.scorers.reading.quantities import named_by_question, quantities, without_repeated
from evaluation.scorers.values import bindings, comparisons, marks, neighbours, swaps
from evaluation.scorers.values.labels import out_of_question_order
from vlm3_dataset.identifiers import Identifier, same
from vlm3_dataset.language import sides
from vlm3_dataset.language.stems import stems
from vlm3_dataset.quantities import same as same_quantity

# Every answer may name the car, number its steps and name a year; only other names can conflict.
_HARMLESS_KINDS = frozenset({"mark", "ordinal", "date", "step"})
_THE_CAR = frozenset({"E30", "M3"})
# What a reference adds in passing may be left out, and not be another: what stands in brackets, "see 11 12 607", the
# number of a procedure, a page or a callout that the question does not ask for.
_IN_PASSING = re.compile(r"\([^()]{0,16}$|\b(?:see|refer to|cf\.|as detailed in|e\.g\.)[^.;]{0,24}$", re.IGNORECASE)
_BRACKETED = re.compile(r"\([^()]*$")
_ASIDE_KINDS = frozenset({"mark", "job", "page", "group", "figure", "step", "component"})
_STAGE = re.compile(r"(?:st|nd|rd|th)?\s(?:stage|step|pass)\b", re.IGNORECASE)  # 1st stage
_NUMBERED = frozenset({"component", "cylinder"})
_BARE = re.compile(r"(?<![\w.,])\d{1,2}(?!\w|[.,]\d|\s(?:stages?|steps?|times|passes|[Nn]m)\b)")
_ASKED = re.compile(  # "which section", and not "what to do with the housing sections"
    r"\b(?:where|numbers?|pages?|references?|codes?|callouts?|designations?|designated|labell?ed|numbered|legend"
    r"|(?:what|which|in what|in which)(?: [\w']+){0,4} (?:sections?|groups?|positions?|images?|figures?|steps?|stages?"
    r"|procedures?|items?|locations?|entry|sequence|order)|located|identif\w+)\b",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\b(?:no|up|in|on|off)\b|\d+")  # no word for `stems`, and perhaps the whole of an answer


@dataclass(frozen=True, slots=True)
class IdentifierBreakdown:
    """The result for an answer. Places of `matched` and `extras` are in the answer."""

    matched: tuple[Identifier, ...]
    missed: tuple[str, ...]
    extras: tuple[Identifier, ...]
    conflicts: tuple[str, ...]  # sides, counts, actions and orders that differ in the answer
    total: int  # number of matches, also of those without a place in the answer
    critical: bool = False

    @property
    def score(self) -> float:
        """The score, 1 for an answer that only omits what may be omitted."""
        wrong = len(self.missed) + len(self.extras) + len(self.conflicts)
        if self.critical and wrong:
            return 0.0
        return self.total / (self.total + wrong) if self.total + wrong else 1.0


def score(reference: str, answer: str, *, question: str = "", critical: bool = False) -> float | None:
    """Return the score of `compare`, 0 to 1; None where the reference names nothing."""
    found = compare(reference, answer, question=question, critical=critical)
    return found.score if found else None


def compare(reference: str, answer: str, *, question: str = "", critical: bool = False) -> IdentifierBreakdown | None:
    """Match the names of an answer with those of a reference; None where the reference has none that could be found.

    A name in the question itself is not demanded, but another in its place is wrong.
    """
    expected, asked = read_names(reference, question), read_names(question)
    given = read_names(without_repeated(question, answer, asked.identifiers), question)
    asked = replace(asked, identifiers=named_by_question(question, asked.identifiers))
    texts = (reference, answer, question)
    plain = tuple(map(plain_places, texts))
    if not _is_any_to_find(expected, asked, reference, question):
        return None
    spoken = [one for one in expected.counts if not _IN_PASSING.search(reference[max(0, one.start - 32) : one.start])]
    named = join_striped_colours(expected.identifiers, reference, ())
    expected = replace(expected, counts=tuple(spoken), identifiers=named)
    given = replace(given, identifiers=join_striped_colours(given.identifiers, answer, expected.identifiers))
    distinct = _distinct(expected.identifiers)
    names = _match_names(distinct, given, asked, texts)
    counts = _match_counts(expected, given, asked)
    missed, total = [*names.missed], names.matched + counts.matched
    for word in dict.fromkeys(expected.words):
        before = reference[: reference.find(word)]
        if (says_word(word, answer) and word not in given.denied_words) or says_number(word, answer):
            total += word not in question
        elif word not in question and not (_IN_PASSING.search(before) or _BRACKETED.search(before)):
            missed.append(word)
    missed += [one for told in (sides, procedure, actions) for one in told.unsaid(*plain)]
    named = {one.value for one in given.identifiers} | set(missed)
    denied = {one.value for one in given.denied} - named  # on all models except the 325 iX
    missed += [one.text for one in distinct if one.value in denied and one.text not in missed]
    extras = _contradicting_names(distinct, given, asked)
    complete = not (missed or extras)
    missed += counts.missed
    if not (total or missed or procedure.forbidden(reference) or _shares_words(*plain)):
        missed.append("any word of it")
    conflicts = (*counts.conflicts, *_conflicts(expected, given, texts, complete=complete))
    return IdentifierBreakdown(names.places, tuple(missed), extras, conflicts, total, critical=critical)


def _is_any_to_find(expected: StatedNames, asked: StatedNames, reference: str, question: str) -> bool:
    """Return whether a reference tells anything that an answer could have otherwise.

    That is a side, a course, an order, what is replaced, what to do and what never; or a value, a name its question
    lacks, or two names that its words tell apart. "Part 4 is the oil filter housing" has none of these for "What is
    part 4?": an oil pump would be as right.
    """
    plain, plain_question = plain_places(reference), plain_places(question)
    if (
        sides.stated(plain)
        or sides.conditioned(plain)
        or any(facing.relations(plain))
        or ordering.is_told(plain, plain_question)
        or renewal.is_told(plain, plain_question)
        or procedure.forbidden(plain)
        or actions.courses(plain)
        or len({*actions.steps(plain)}) > 1
    ):
        return True
    counted = {one.values for one in asked.counts}
    new = any(one.values not in counted for one in expected.counts) or any(
        one not in question for one in expected.words
    )
    if new or quantities(reference):
        return bool(expected.identifiers or expected.counts or expected.words)
    names = _distinct(expected.identifiers)
    places = bindings.known_places(expected.identifiers, [*enumerate(names)], same)
    served = neighbours.words_by_item(reference, places).values()
    return sum(map(bool, served)) > 1 or not all(_is_known(one, asked, question) for one in names)


def _is_known(one: Identifier, asked: StatedNames, question: str) -> bool:
    """Return whether a question names what it does not offer for choice."""
    named = any(same(one, other) for other in read_names(question).identifiers)
    return any(same(one, other) for other in asked.identifiers) if named else has_long_name(one, question)


@dataclass(frozen=True, slots=True)
class _Matches:
    matched: int
    missed: tuple[str, ...]
    places: tuple[Identifier, ...] = ()
    conflicts: tuple[str, ...] = ()


def _match_names(
    expected: Sequence[Identifier], given: StatedNames, asked: StatedNames, texts: tuple[str, str, str]
) -> _Matches:
    """Match the names of a reference; numbers whose order counts are missed where two stand the other way round.

    `texts` are reference, answer and question. Bolts 1, 2, 5 are not bolts 1, 5, 2.
    """
    reference, answer, question = texts
    told = [one.value for one in given.identifiers if one.kind in _NUMBERED] or _BARE.findall(answer)
    order = [told.index(one.value) for one in expected if one.kind in _NUMBERED and one.value in told]
    disordered = order != sorted(order) and actions.IN_ORDER.search(f"{question} {reference}")
    # "5 after 3" is told by `ordering`.
    disordered = disordered and not (len(order) == 2 and ordering.is_told(reference, question))
    known = [one for one in expected if _is_known(one, asked, question)]
    places, missed, matched = [], [], 0
    for one in expected:
        place = next((other for other in given.identifiers if same(one, other)), None)
        if disordered and one.kind in _NUMBERED:
            missed.append(one.text)
        elif place or is_written(one, answer, given):
            matched += one not in known  # repeating the question is no merit
            places += [place] if place else []
        elif not _is_in_passing(one, reference, question, asked) and one not in known:
            missed.append(one.text)
    return _Matches(matched, tuple(missed), tuple(places))


def _distinct(identifiers: Sequence[Identifier]) -> list[Identifier]:
    distinct: list[Identifier] = []
    for one in identifiers:
        if not any(same(one, known) for known in distinct):
            distinct.append(one)
    return distinct


def _shares_words(reference: str, answer: str, question: str) -> bool:
    """Return whether an answer has a word, number or side of a reference that the question does not have.

    Gibberish and the question once more contradict nothing, but are not right.
    """
    wanted, told, asked = (stems(text) | {*_SHORT.findall(text.lower())} for text in (reference, answer, question))
    shared, others = (wanted - asked or wanted) & told, stems(answer) - wanted - asked
    if others and wanted - asked - actions.ACTION_STEMS:  # "remove the oil trap" for "remove the tank"
        shared -= actions.ACTION_STEMS
    named = sides.stated(reference)
    same_side = named & sides.stated(answer)
    alike = (one.says_the_same(reference, answer, question) for one in (renewal, ordering))
    same_course = actions.courses(reference) & actions.courses(answer)
    # A value says nothing of the side that it stands by where the answer has other words for both sides.
    same_value = not any(named[at, 1 - one] for at, one in named) and any(
        same_quantity(one, other) for one in quantities(reference) for other in quantities(answer)
    )
    return not wanted or bool(shared or same_side or same_course or same_value) or any(alike)


def _is_in_passing(one: Identifier, reference: str, question: str, asked: StatedNames) -> bool:
    """Return whether a reference mentions a name only in passing, and holds more than it.

    "What secures position 57?" has its number, and asks for no other.
    """
    named = any(same(other, replace(one, value=other.value)) for other in asked.identifiers)
    wanted = (_ASKED.search(question) and not named) or len(one.text) > len(reference) // 2
    aside = (
        one.kind in {"mark", "step"} or _STAGE.match(reference, one.end) or (one.kind in _ASIDE_KINDS and not wanted)
    )
    return bool(aside) or bool(_IN_PASSING.search(reference[max(0, one.start - 32) : one.start]))


def _contradicting_names(
    expected: Sequence[Identifier], given: StatedNames, asked: StatedNames
) -> tuple[Identifier, ...]:
    """Return the names of an answer in places where the reference has others."""
    kinds = {one.kind for one in expected} - _HARMLESS_KINDS
    right = [one.value for one in given.identifiers if any(same(one, known) for known in expected)]
    numbers = {name.lstrip(ascii_uppercase) for name in right if not name[0].isdigit()}  # relay number 7 (K7)
    return tuple(
        one
        for one in _distinct(given.identifiers)
        if any(one.kind == kind or same(one, replace(one, kind=kind)) for kind in kinds)
        and one.kind not in _HARMLESS_KINDS
        and one.value not in _THE_CAR
        and not any(same(one, known) for known in (*expected, *asked.identifiers))
        and one.value not in numbers
    )


def _conflicts(
    expected: StatedNames, given: StatedNames, texts: tuple[str, str, str], *, complete: bool
) -> Iterator[str]:
    """Yield what an answer says otherwise: values and colours exchanged, sides, orders and actions turned round.

    `texts` are reference, answer and question. Names are counted and spelled only in an answer that is `complete`.
    """
    reference, answer, question = texts
    if complete:
        for kind in {one.kind for one in expected.identifiers}:  # of ten callouts a 2 is left out and a 4 too many
            wanted, told = (
                Counter(one.value for one in of.identifiers if one.kind == kind) for of in (expected, given)
            )
            if wanted.total() == told.total() and told != wanted:
                yield " ".join((kind, *sorted(wanted - told)))
        yield from misspelled_words(reference, answer, question)
    swapped = [*swaps.swapped_names(reference, expected.identifiers, answer, given.identifiers)]
    yield from swapped or marks.conflicts(*texts)
    told = [one for one in given.counts if not one.negated]
    counts = (expected.counts, told, lambda one, other: one.values == other.values)
    swapped = [one for _, own in swaps.swapped_values(reference, answer, *counts) for one in own]  # front 20, rear 10
    yield from dict.fromkeys(one.text for one in (*swapped, *out_of_question_order(texts, *counts)))
    plain = tuple(map(plain_places, texts))
    for of in (sides, facing, procedure, fitting, actions, ordering, renewal, comparisons):  # turned round
        yield from of.conflicts(*plain)


def _match_counts(expected: StatedNames, given: StatedNames, asked: StatedNames) -> _Matches:
    """Compare numbers without a unit. A number of parts may be left out; a bare one is found or missed."""
    matched, missed, conflicts = 0, [], []
    told = {(count.unit, count.values) for count in given.counts}
    values, known = ({count.values for count in side.counts} for side in (given, asked))
    for count in expected.counts:
        others = {one for one in told if one[0] == count.unit} - {(one.unit, one.values) for one in expected.counts}
        if count.values in values:
            matched += count.values not in known
        elif count.dimension == "count":
            conflicts += [count.text] if count.unit and others else []
        elif count.values not in known:
            missed.append(count.text)
    return _Matches(matched, tuple(missed), conflicts=tuple(conflicts))
