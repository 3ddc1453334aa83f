"""Tell in which order steps are done, and which one a question asks for by its neighbour. Pure.

"Before installing the pump, fill it. Lock the shaft."  ->  fill it; installing the pump; Lock the shaft.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vlm3_dataset.filters.grounding.clauses import BREAK, speaks_of_another
from vlm3_dataset.filters.grounding.passages import Passage, PrintedPage
from vlm3_dataset.language.wording import opposed, sides, words

LONGEST = 3  # steps that one answer may name
SHARED = 0.5  # of the words of a neighbour that its step must have: "the removal of the cover" for "Remove the cover"
_SIDE = r"(?:(?P<after>after|following|follows?|once)|(?P<before>before|prior to|precedes?|preceding))\s"
# "What is done with the hub before ..." asks for something about the hub, and not for the step before.
_FILLERS = (
    r"(?:\s(?:is|are|must|should|has|to|be|comes?|required|needed|necessary|done|performed|carried|out|taken|happens|next"
    r"|directly|immediately|right|just|follows|you|do)){0,5}"
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
    found = [place for column in page.sentences for place in _places(one.text, list(_steps(column)))]
    most = max((share for share, _, _ in found), default=0)
    likely = [(steps, at) for share, steps, at in found if share == most]
    for steps, at in likely if len(likely) == 1 else ():
        nearest = at - 1 if one.is_before else at + 1
        for length in range(1, LONGEST + 1):
            for far in (at, nearest):  # an answer may tell the other step too
                start, stop = (far - length + 1, far + 1) if one.is_before else (far, far + length)
                if 0 <= start <= nearest < stop <= len(steps):
                    yield tuple(steps[start:stop])


def _steps(column: list[Passage]) -> Iterator[Passage]:
    number = ""
    for sentence in column:
        if _NUMBERED.fullmatch(sentence.text) and sentence.text[-1] in ".)":
            number = f"{sentence.text} "
            continue
        for step in filter(words, _in_time(sentence.text)):  # the number of a drawing is no step
            yield replace(sentence, text=f"{number}{step}")
            number = ""


def _places(text: str, steps: list[Passage]) -> Iterator[tuple[float, list[Passage], int]]:
    """Yield which of some steps a text may name, by its number or by most of its words, with the share of these."""
    asked, own = _NUMBER.search(text), words(text)
    for at, step in enumerate(steps):
        number = _NUMBERED.match(step.text)
        share = len(own & step.words) / max(1, len(own))
        if asked and number and asked[1] == number[1]:
            yield 1.0, steps, at
        elif share >= SHARED and not _is_another(text, step):
            yield share, steps, at


def _is_another(text: str, step: Passage) -> bool:
    """Return whether a step is done to another thing than a text names: the cover of the pump, or the rear one."""
    return opposed(sides(text), step.sides) or speaks_of_another(text, "", step.text, step.words_with_heading)
