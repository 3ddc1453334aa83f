"""Questions whose verdict is known: a judge that passes a changed digit, or fails the reference, judges nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.judge.opinion import Opinion
from evaluation.rows import Question
from evaluation.scorers import numeric
from vlm3_dataset.quantities import Quantity, find

CANARIES = 4  # two answers each, of two calls each; a judge that guesses passes with a chance of 1 in 256
LONGEST = 25  # words of a reference: among ten claims one changed digit is a tenth of the score
PASSES = 0.7  # above this, as for every other answer


@dataclass(frozen=True, slots=True)
class Canary:
    question: Question
    right: str  # the reference
    wrong: str  # the same with one digit changed


def draw(questions: Sequence[Question]) -> list[Canary]:
    """A few of the run's own questions, the same ones each time, each about another page and spread over the run."""
    first_of_page = {bird.question.page_id: bird for bird in reversed([*filter(None, map(_canary, questions))])}
    birds = sorted(first_of_page.values(), key=lambda bird: bird.question.id)
    count = min(CANARIES, len(birds))
    return [birds[(2 * index + 1) * len(birds) // (2 * count)] for index in range(count)]


def fault(bird: Canary, right: Opinion, wrong: Opinion) -> str | None:
    """Why the judge cannot be asked or believed after a canary, in one line."""
    name = bird.question.id
    untrue = f"the judge cannot be believed: canary {name}: it"
    for opinion in (right, wrong):
        if opinion.error:
            return f"canary {name} was not judged ({opinion.error}); --judge none goes on without one"
    if right.score <= PASSES:
        return f"{untrue} does not find the reference {bird.right!r} on the page ({right.reason})"
    if wrong.score > PASSES:
        return f"{untrue} passes {bird.wrong!r}, where the page has {bird.right!r}"
    return None


def _canary(question: Question) -> Canary | None:
    reference = question.reference
    quantities = find(reference)
    if len(quantities) != 1 or len(reference.split()) > LONGEST:
        return None
    wrong = _with_another_digit(reference, quantities[0])
    if wrong is None or numeric.score(reference, wrong) != 0:
        return None
    return Canary(question, reference, wrong)


def _with_another_digit(text: str, quantity: Quantity) -> str | None:
    """The first digit of a quantity made another one, none of them a 0; None for one in words ("a quarter turn")."""
    places = (at for at in range(quantity.start, quantity.end) if text[at] in "123456789")
    if (place := next(places, None)) is None:
        return None
    return f"{text[:place]}{(int(text[place]) + 3) % 9 + 1}{text[place + 1 :]}"
