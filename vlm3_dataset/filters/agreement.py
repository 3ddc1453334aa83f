"""Decide whether two answers to one question say the same. Pure.

Two readings of one print have the same digits or are in dispute: the 5 % that judges of answers often allow would
accept 25 Nm for 24 Nm. They may differ in the unit and its rounding (`quantities.same`), in the spelling of a name, and
in their words, as long as side, denial and order are the same.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from vlm3_dataset.filters.grounding.asked import asks_for_a_thing
from vlm3_dataset.filters.grounding.order import in_time
from vlm3_dataset.filters.grounding.pins import are_mixed_up
from vlm3_dataset.filters.grounding.statements import CALLOUTS, Statement, ends, has_name, plain
from vlm3_dataset.identifiers import beside
from vlm3_dataset.language.sides import conflicts
from vlm3_dataset.language.wording import SAME_ORDER, is_common, opposed, order_agreement, stem, words
from vlm3_dataset.quantities import Quantity, same
from vlm3_dataset.schema import QA, Dropped, SecondReader

ReadAgain = Literal["all", "doubtful"]  # which pairs are read a second time

PARTS = frozenset({"thread", "code"})  # kinds that tell a part from others (M8, 10W-40) where a value is asked for
LONG = 5  # words; in a shorter answer each is a part's name: stop light and tail light
SHARED = 0.6  # of the words of the shorter of two long answers, without those of the question
ELSEWHERE = re.compile(
    r"\bsee (?:the )?(?:specifications?|group|section|page)|\brefers?\b|\bin (?:the )?specifications?"
    r"|(?:\bnot|n['’]t) (?:stat|giv|sa[iy]|show|specif|print)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+|[+-](?!\s?\d)|\d\S*")
# Small words that may stand for each other; any other two make a difference: switched on, switched off.
_ALIKE = tuple(
    frozenset(line.split())
    for line in (
        "in on at of for into onto inside within",
        "with by using through via",
        "is are was were be been being",
        "must should shall can may will has have need needs to",
        "it its they them their this that these those",
        "specified stated shown given listed indicated required recommended correct proper",
    )
)
_ARTICLES = frozenset({"a", "an", "the"})


def verdict(first: str, second: str, question: str = "") -> SecondReader:
    """Return whether a second reader's answer agrees with the first.

    It agrees where each gives every value of the other (a torque without the angle of its last stage is disputed), the
    second every name of the first, and neither the other side, the other order or a denial of what the other says.
    An empty answer does not agree, unless the first says that the page does not give it.
    """
    ours, theirs = Statement(first, question), Statement(second, question)
    if _points_elsewhere(ours) and (not second.strip() or _points_elsewhere(theirs)):
        return "agrees"
    if not second.strip() or opposed(ours.sides, theirs.sides) or _is_turned(first, second, question):
        return "disputes"
    if bool(ours.denials) != bool(theirs.denials):
        return "disputes"
    if len(ours.words ^ theirs.words) <= 1 and ours.denials != theirs.denials:  # in the same words
        return "disputes"
    if ours.gives_order:
        one, other, texts = ours.numbers, theirs.numbers, (ours.text, theirs.text)
        if (sorted(one) == sorted(other) and one != other) or order_agreement(*map(in_time, texts)) < SAME_ORDER:
            return "disputes"
    return "agrees" if _figures_agree(ours, theirs) and _words_agree(ours, theirs) else "disputes"


def questions_to_repeat(pairs: Iterable[QA], again: ReadAgain) -> list[str]:
    """Return the questions for a second reader: those the page did not verify, and for "all" also exact answers."""
    return [
        qa.question
        for qa in pairs
        if qa.numbers_grounded != "verified" or (again == "all" and Statement(qa.answer, qa.question).is_exact)
    ]


def with_verdict(qa: QA, answers: Mapping[str, str]) -> QA | Dropped:
    """Return a pair with the second reader's verdict, from its answers by question.

    An equal answer verifies the pair. A pair that neither the page nor the second reader confirms is dropped; one that
    only the page confirms is marked as disputed.
    """
    if qa.question not in answers:
        return qa
    second = answers[qa.question].strip()
    if verdict(qa.answer, second, qa.question) == "agrees":
        return replace(qa, numbers_grounded="verified", second_reader="agrees")
    disputed = replace(qa, numbers_grounded="unconfirmed", second_reader="disputes")
    if qa.numbers_grounded == "verified":
        return disputed
    return Dropped(disputed, f"a second reader says: {second}" if second else "a second reader does not find it")


def count_verdicts(pairs: Iterable[QA]) -> str:
    """Return a line that counts the second reader's verdicts; "" where it was not asked."""
    counts = Counter(qa.second_reader for qa in pairs)
    return ", ".join(f"{counts[name]} {name}" for name in ("agrees", "disputes") if counts[name])


def _is_turned(first: str, second: str, question: str) -> bool:
    """Return whether two answers name opposite sides or bounds, or differ in nothing but one small word."""
    if conflicts(first, second, question) or conflicts(second, first, question):
        return True
    one, other = ends(first), ends(second)
    if one and other and not one & other:
        return True
    ours, theirs = ([word for word in _WORD.findall(text) if word not in _ARTICLES] for text in (first, second))
    if len(ours) != len(theirs):
        return False
    lower = ((a.lower(), b.lower()) for a, b in zip(ours, theirs, strict=True))
    differing = [(a, b) for a, b in lower if stem(a) != stem(b)]
    if len(differing) != 1:
        return False
    ((a, b),) = differing
    is_small = any(is_common(word) or not word[0].isalnum() for word in (a, b))
    return is_small and not any(a in alike and b in alike for alike in _ALIKE)


def _points_elsewhere(answer: Statement) -> bool:
    return not answer.has_figures and bool(ELSEWHERE.search(answer.text))


def _figures_agree(ours: Statement, theirs: Statement) -> bool:
    if not ours.has_figures:
        return True
    if not theirs.has_figures:  # "Cap" for "The cap (1)."
        return not ours.quantities and not ours.counts and all(name.kind in CALLOUTS for name in ours.names)
    one, other = _values(ours, theirs), _values(theirs, ours)
    values = _has_all(other, one) and _has_all(one, other)
    names = all(has_name(theirs.figures, theirs.text, name) for name in ours.names)
    others = ours.quantities or all(has_name(ours.figures, ours.text, name) for name in theirs.names)
    is_mixed_up = are_mixed_up(ours.figures, ours.text, theirs.figures, theirs.text)
    return values and names and bool(others) and not is_mixed_up


def _values(answer: Statement, beside: Statement) -> tuple[Quantity, ...]:
    """Return an answer's values, without bare numbers whose kind the other answer names: 14 for pin 14.

    Nor with a thread or a code beside a value, if the other answer names none: 24 Nm for the 24 Nm of the M8 bolt.
    """
    names = {name.value for name in beside.names}
    found = (*answer.quantities, *(one for one in answer.counts if str(one.values[0]) not in names))
    unsaid = PARTS - {one.kind for one in beside.quantities}
    return tuple(one for one in found if one.kind not in unsaid) or found


def _has_all(some: tuple[Quantity, ...], others: tuple[Quantity, ...]) -> bool:
    return all(any(_is_same_value(one, other) for one in some) for other in others)


def _is_same_value(one: Quantity, other: Quantity) -> bool:
    """Return whether two values are equal; a number may lack its unit or its `max.`, as a question may name them."""
    if not one.unit or not other.unit:
        return one.interval == other.interval
    if "" in {one.side, other.side}:
        one, other = plain(one), plain(other)
    return same(one, other)


def _words_agree(ours: Statement, theirs: Statement) -> bool:
    """Return whether words agree: all of a short answer, most of a long one.

    Beside figures that are new one answer may say more than the other, but not each something else.
    """
    if asks_for_a_thing(ours.question):
        things, others = (words(beside(each.text, each.figures)) for each in (ours, theirs))
        if things and others and not things & others:
            return False
    one, other = ours.new_words, theirs.new_words
    if ours.has_figures and theirs.has_figures:
        one, other = ours.words_beside, theirs.words_beside
        if one <= other or other <= one:
            return ours.has_new_figures or bool(one) == bool(other)
    elif ours.words <= theirs.words or theirs.words <= ours.words:
        return bool(ours.words and theirs.words)
    fewer = min(len(one), len(other))
    return fewer >= LONG and len(one & other) >= SHARED * fewer
