"""Mark for people which quantities of an answer are right, which contradict the reference, which are missing."""

from dataclasses import dataclass
from typing import Literal

from evaluation.rows import Question
from evaluation.scorers import numeric

Kind = Literal["", "matched", "extra"]


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """An answer cut into pieces, its quantities marked by kind; and the quantities that it does not give."""

    pieces: tuple[tuple[str, Kind], ...]
    missed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def mark_quantities(question: Question, answer: str) -> MarkedAnswer:
    """Mark an answer. The pieces put together are always the answer."""
    found = numeric.compare(question.reference, answer, **question.rules)
    if found is None:
        return MarkedAnswer(((answer, ""),))
    places = [(quantity.start, quantity.end, "matched") for _, quantity in found.matched]
    places += [(quantity.start, quantity.end, "extra") for quantity in found.extras]
    pieces: list[tuple[str, Kind]] = []
    at = 0
    for start, end, kind in sorted(places):
        if start < at:  # "22-26 Nm" may be read as a range and as its ends
            continue
        pieces += [(answer[at:start], ""), (answer[start:end], kind)]
        at = end
    pieces.append((answer[at:], ""))
    missed = tuple(" = ".join(dict.fromkeys(one.text for one in fact)) for fact in found.missed)
    return MarkedAnswer(tuple((piece, kind) for piece, kind in pieces if piece), missed, found.notes)
