"""Test the judge with answers whose verdict is known: it must pass the reference and fail a wrong answer.

A wrong answer differs in the last digit of a value (a judge with a tolerance of 20 % passes it), has two values
exchanged, or denies what the reference says. All are made from the run's own rows.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from evaluation.judge.opinion import Opinion
from evaluation.rows import Question, spread_evenly
from evaluation.scorers import numeric
from vlm3_dataset.quantities import find

CANARIES = 4  # with two answers each, of two calls; a judge that guesses passes all with a chance of 1 in 256
LONGEST = 25  # words of a reference: of a longer one it is not clear what a denial denies
_DENIES = re.compile(r"\b(?:not?|never|without|cannot)\b|n't\b", re.IGNORECASE)
PASSES = 0.7  # a reference above this, as every other answer; of a wrong answer some claim must fail


@dataclass(frozen=True, slots=True)
class Canary:
    question: Question  # without the facts of its reference, so that the judge must read the page
    right: str  # the reference
    wrong: str  # the same with its last digit changed, two values swapped, or denied


def draw(questions: Sequence[Question]) -> list[Canary]:
    """Draw a few of the run's own questions, always the same, each about another page and spread over the run.

    The kinds of wrong answers take turns, where a reference allows them.
    """
    by_page: dict[str, Question] = {}
    for question in questions:
        if question.image and question.answerable and any(kind(question.reference) for kind in KINDS):
            by_page.setdefault(question.page_id, question)
    asked = sorted(by_page.values(), key=lambda question: question.id)
    drawn = []
    for turn, question in enumerate(spread_evenly(asked, CANARIES)):
        first = turn % len(KINDS)
        wrong = next(wrong for kind in (*KINDS[first:], *KINDS[:first]) if (wrong := kind(question.reference)))
        untold = replace(question, reference="", labelled_values=(), ordered=())
        drawn.append(Canary(untold, question.reference, wrong))
    return drawn


def fault(canary: Canary, right: Opinion, wrong: Opinion) -> str | None:
    """Return in one line why the judge cannot be asked or trusted after a canary, or None."""
    name = canary.question.id
    untrue = f"the judge cannot be believed: canary {name}: it"
    for opinion in (right, wrong):
        if opinion.error:
            return f"canary {name} was not judged ({opinion.error}); --judge none goes on without one"
    if right.score <= PASSES:
        return f"{untrue} does not find the reference {canary.right!r} on the page ({right.reason})"
    if wrong.score == 1:
        return f"{untrue} passes {canary.wrong!r}, where the page has {canary.right!r}"
    return None


def last_digit(reference: str) -> str:
    """Return the reference with another last digit in its only value; "" where it has none or several."""
    values = find(reference)
    if len(values) != 1 or len(reference.split()) > LONGEST:
        return ""
    (value,) = values
    places = [at for at in range(value.start, value.end) if reference[at].isdecimal()]
    if not places or "/" in value.text:  # in words, or a fraction
        return ""
    at = places[-1]
    wrong = f"{reference[:at]}{(int(reference[at]) + 3) % 10}{reference[at + 1 :]}"
    return wrong if numeric.score(reference, wrong) == 0 else ""


def swapped(reference: str) -> str:
    """Return the reference with its two values of one unit exchanged; "" where there are not two."""
    values = find(reference)
    if len(values) != 2 or len(reference.split()) > LONGEST:
        return ""
    one, other = values
    if one.unit != other.unit or one.kind != "value" or other.kind != "value" or one.values == other.values:
        return ""
    between = reference[one.end : other.start]
    wrong = f"{reference[: one.start]}{other.text}{between}{one.text}{reference[other.end :]}"
    return wrong if numeric.score(reference, wrong) == 0 else ""


def denied(reference: str) -> str:
    """Return the reference denied; "" where it denies something itself, or has no value that makes it a claim."""
    if len(find(reference)) != 1 or len(reference.split()) > LONGEST or _DENIES.search(reference):
        return ""
    return f"It is not true that: {reference}"


KINDS: tuple[Callable[[str], str], ...] = (last_digit, swapped, denied)
