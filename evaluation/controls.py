"""Test whether answers follow the page: ask the tuned model again, with the page taken away or changed.

Only questions that it answered right are used: a model that gives the same number for another page, a blank one, or one
that prints a different number has it from memory, since it cannot have read it there.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from PIL import Image
from tqdm import tqdm

from evaluation import statistics
from evaluation.altering import AlteredPage, alter_page
from evaluation.rows import Question, open_page
from evaluation.scorers import numeric
from evaluation.statistics import Interval
from vlm3_dataset.files import sha256, write_bytes
from vlm3_dataset.pictures import encoded
from vlm3_dataset.quantities import Quantity, find, same
from vlm3_dataset.schema import Segment

Kind = Literal["another page", "blank page", "altered number"]
KINDS: tuple[Kind, ...] = ("another page", "blank page", "altered number")
Finding = Literal["memory", "reads", "undecided"]

# The number of questions asked again. Fewer than 38 pages cannot show that less than a tenth comes from memory.
MOST_QUESTIONS = 60
# The share of right answers that a reader may repeat by chance: another page may print the same number.
CHANCE = 0.10


@dataclass(frozen=True, slots=True)
class Trial:
    """A question with its page changed; `old` must not be answered, `new` is the page's value now ("" for none)."""

    kind: Kind
    question: Question
    old: str
    new: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """The result of one control. `kept` of `n` answers repeat the old number."""

    kind: Kind
    n: int
    unanswered: int  # asked, and an error came: not among the n
    kept: int
    followed: int  # gave the number that the altered page prints; 0 for the other two
    interval: Interval  # of the share kept, with pages taken whole
    finding: Finding
    not_run: dict[str, int] = field(default_factory=dict)  # questions by why they were not asked again
    kept_ids: tuple[str, ...] = ()


Printed = Callable[[Question], Sequence[Segment]]
Prints = Callable[[Question], Sequence[Quantity]]


def trials(questions: list[Question], printed: Printed, folder: Path) -> tuple[list[Trial], dict[Kind, Counter]]:
    """Return the trials of some questions, and why others have none. Changed pages are written to `folder`.

    `printed` returns what a question's page prints and where; nothing for a page without a reading.
    """
    found: dict[str, list[Quantity]] = {}

    def prints(question: Question) -> list[Quantity]:
        """Return the quantities of a page, searched once."""
        digest = question.image_sha256
        if digest not in found:
            found[digest] = [quantity for segment in printed(question) for quantity in find(segment.text)]
        return found[digest]

    made: list[Trial] = []
    left_out: dict[Kind, Counter] = {kind: Counter() for kind in KINDS}
    for at, question in enumerate(tqdm(questions, desc="controls", unit="page", leave=False, delay=2)):
        white = _with_page(question, Image.new("RGB", open_page(question).size, "white"), folder)
        for kind, trial in (
            ("another page", _on_other_page(question, questions[at + 1 :] + questions[:at], prints)),
            ("blank page", Trial("blank page", _with_kind(white, "blank page"), question.reference)),
            ("altered number", _on_altered_page(question, printed, folder)),
        ):
            if isinstance(trial, Trial):
                made.append(trial)
            else:
                left_out[kind][trial] += 1
    return made, left_out


def conclude(made: Sequence[Trial], answers: Sequence[str | None], left_out: dict[Kind, Counter]) -> list[Control]:
    """Return the results of the controls, from the answers to the trials; None is a trial without an answer."""
    controls = []
    for kind in KINDS:
        asked = [(trial, answer) for trial, answer in zip(made, answers, strict=True) if trial.kind == kind]
        answered = [(trial, answer) for trial, answer in asked if answer is not None]
        kept = [_gives(trial.old, answer, trial.question) for trial, answer in answered]
        followed = sum(bool(trial.new) and _gives(trial.new, answer, trial.question) for trial, answer in answered)
        interval = statistics.mean_interval(kept, [trial.question.page_id for trial, _ in answered])
        finding = "memory" if interval.low > CHANCE else "reads" if interval.high <= CHANCE else "undecided"
        controls.append(
            Control(
                kind=kind,
                n=len(answered),
                unanswered=len(asked) - len(answered),
                kept=sum(kept),
                followed=followed,
                interval=interval,
                finding=finding,
                not_run=dict(left_out[kind]),
                kept_ids=tuple(trial.question.id for (trial, _), again in zip(answered, kept, strict=True) if again),
            )
        )
    return controls


def _gives(value: str, answer: str, question: Question) -> bool:
    """Return whether an answer gives one of the quantities of a value, whatever else it says."""
    found = numeric.compare(value, answer, question=question.text)
    return bool(found and found.matched)


def _on_other_page(question: Question, others: list[Question], prints: Prints) -> Trial | str:
    """Return the question with the page of the next question that does not print its number."""
    numbers = find(question.reference)
    for other in others:
        if other.image_sha256 == question.image_sha256:
            continue
        there = [*find(other.reference), *prints(other)]
        if not any(same(one, quantity) for one in numbers for quantity in there):
            page = replace(question, folder=other.folder, image=other.image, image_sha256=other.image_sha256)
            return Trial("another page", _with_kind(page, "another page"), question.reference)
    return "no other page is without its number"


def _on_altered_page(question: Question, printed: Printed, folder: Path) -> Trial | str:
    segments = printed(question)
    if not segments:
        return "no reading of the page is at hand"
    altered = alter_page(open_page(question), segments, question.reference, question.text)
    if not isinstance(altered, AlteredPage):
        return altered
    page = _with_page(question, altered.page, folder)
    return Trial("altered number", _with_kind(page, "altered number"), altered.old, altered.new)


def _with_page(question: Question, page: Image.Image, folder: Path) -> Question:
    data = encoded(page, "PNG")
    digest = sha256(data)
    if not (folder / f"{digest[:16]}.png").is_file():
        write_bytes(folder / f"{digest[:16]}.png", data)
    return replace(question, folder=folder, image=f"{digest[:16]}.png", image_sha256=digest)


def _with_kind(question: Question, kind: Kind) -> Question:
    return replace(question, id=f"{question.id}, {kind}")
