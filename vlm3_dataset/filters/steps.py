"""Tell in which order steps are done, and which one a question asks for by its neighbour. Pure.

"Before installing the pump, fill it. Lock the shaft."  ->  fill it; installing the pump; Lock the shaft.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vlm3_dataset.filters.clauses import BREAK
from vlm3_dataset.filters.passages import Passage, PrintedPage
from vlm3_dataset.filters.wording import words

LONGEST = 3  # steps that one answer may name
SHARED = 0.5  # of the words of a neighbour that its step must have: "the removal of the cover" for "Remove the cover"
_SIDE = r"(?:(?P<after>after|following|follows?|once)|(?P<before>before|prior to|precedes?|preceding))\s"
# "What is done with the hub before ..." asks for something about the hub, and not for the step before.
_FILLERS = (
    r"(?:\s(?:is|are|must|should|has|to|be|comes?|required|needed|necessary|done|performed|carried|out|taken|happens|next"
    r"|directly|immediately|right|just|you|do)){0,5}"
)
_NEXT = rf"\b(?:what|which)(?:\s(?:[a-z]+\s)?(?:step|operation|action|work)s?)?{_FILLERS}"
_ASKED = re.compile(rf"{_NEXT}\s{_SIDE}", re.IGNORECASE)
_LED = re.compile(rf"\s*{_SIDE}(?P<step>[^,]+),\s{_NEXT}\?", re.IGNORECASE)
_CIRCUMSTANCE = re.compile(r"\s(?:during|when|while)\s", re.IGNORECASE)
_FIRST = re.compile(r"(?:before|prior to)\s", re.IGNORECASE)
_BETWEEN = re.compile(r",?\s(?:(?P<before>before|prior to)|after)\s", re.IGNORECASE)
_NUMBERED = re.compile(r"\(?([0-9]{1,2})[.)]?(?:\s|$)")
_NUMBER = re.compile(r"\bstep ([0-9]{1,2})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The step beside the one that a question asks for, and on which side of it that one is."""

    text: str
    is_before: bool  # what is asked for is done before it


def neighbour(question: str) -> Neighbour | None:
    """Return the step beside which a question asks for a step; None where it asks for something else."""
    if found := _LED.match(question):
        return Neighbour(found["step"], bool(found["before"]))
    if found := _ASKED.search(question):
        return Neighbour(_CIRCUMSTANCE.split(question[found.end() :])[0], bool(found["before"]))
    return None


def in_time(text: str) -> str:
    """Return a text with its steps in the order in which they are done, each in a line."""
    return "\n".join(_in_time(text))


def _in_time(text: str) -> list[str]:
    steps: list[str] = []
    late = ""  # begun with "before", so that what follows is done first
    for part in BREAK.split(text):
        if found := _FIRST.match(part):
            late = part[found.end() :]
            continue
        between = _BETWEEN.search(part)
        pair = [part[: between.start()], part[between.end() :]] if between else [part]
        steps += pair if between is None or between["before"] else pair[::-1]
        steps += [late] if late else []
        late = ""
    return [*steps, late] if late else steps


def steps_beside(one: Neighbour, page: PrintedPage) -> Iterator[tuple[Passage, ...]]:
    """Yield the step that is printed before or after another one, by itself and with those around it.

    None where the other one is not printed, or where several steps may be it.
    """
    for column in page.sentences:
        steps = list(_steps(column))
        at = _place(one.text, steps)
        if at is None:
            continue
        nearest = at - 1 if one.is_before else at + 1
        for length in range(1, LONGEST + 1):
            for far in (at, nearest):  # an answer may tell the other step too
                start, stop = (far - length + 1, far + 1) if one.is_before else (far, far + length)
                if 0 <= start <= nearest < stop <= len(steps):
                    yield tuple(steps[start:stop])


def _steps(column: list[Passage]) -> Iterator[Passage]:
    number = ""
    for sentence in column:
        if _NUMBERED.fullmatch(sentence.text):
            number = f"{sentence.text} "
            continue
        for step in filter(words, _in_time(sentence.text)):  # the number of a drawing is no step
            yield replace(sentence, text=f"{number}{step}")
            number = ""


def _place(text: str, steps: list[Passage]) -> int | None:
    """Return which of some steps a text names, by its number or by most of its words."""
    numbers = [found[1] if (found := _NUMBERED.match(step.text)) else "" for step in steps]
    if (asked := _NUMBER.search(text)) and numbers.count(asked[1]) == 1:
        return numbers.index(asked[1])
    own = words(text)
    shares = [len(own & step.words) for step in steps]
    most = max(shares, default=0)
    is_one = most >= max(1, SHARED * len(own)) and shares.count(most) == 1
    return shares.index(most) if is_one else None
