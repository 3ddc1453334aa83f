"""Define a reviewer's decision, and find which decisions are in force. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from vlm3_dataset.files import sha256
from vlm3_dataset.schema import QA, Page

Verdict = Literal["accept", "edit", "reject"]


@dataclass(frozen=True, slots=True)
class Subject:
    """The pair that was reviewed. With another picture, question or answer it is another pair, not yet decided."""

    page_id: str
    image_sha256: str
    question: str
    answer_sha256: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of a reviewer's log."""

    pair: Subject
    verdict: Verdict | Literal["undo"]  # undo takes back the same reviewer's last decision about the pair
    reviewer: str
    at: str  # UTC, ISO 8601 with microseconds
    question: str = ""  # as edited
    answer: str = ""
    note: str = ""
    carried_from: Subject | None = None  # the pair that was reviewed, if this one took its place


def subject(page: Page, qa: QA) -> Subject:
    return Subject(page.page_id, page.sha256, qa.question, sha256(qa.answer.encode()))


def remaining(logs: Iterable[Sequence[Decision]]) -> list[Decision]:
    """Return the decisions that were not taken back, oldest first. Each log is in the order of its writing.

    Logs are merged by time. Within a log its own order counts, even if its machine's clock was set back. What was
    carried over remains as long as the decision that was made does.
    """
    timed = [
        (at, decision)
        for log in logs
        for at, decision in zip(accumulate((each.at for each in log), max), log, strict=True)
    ]
    ordered = [decision for _, decision in sorted(timed, key=lambda each: each[0])]
    taken: dict[tuple[Subject, str], list[int]] = defaultdict(list)
    gone: set[int] = set()
    for number, decision in enumerate(ordered):
        mine = taken[decision.pair, decision.reviewer]
        if decision.verdict == "undo":
            gone |= {number, *([mine.pop()] if mine else [])}
        elif decision.carried_from is None:
            mine.append(number)
    left = [decision for number, decision in enumerate(ordered) if number not in gone]
    made = {(each.pair, each.reviewer, each.at) for each in left if each.carried_from is None}
    return [each for each in left if (each.carried_from or each.pair, each.reviewer, each.at) in made]


def standing(decisions: Iterable[Decision]) -> dict[Subject, Decision]:
    """Return the decision in force for each pair: the last one about it, whoever made it."""
    return {decision.pair: decision for decision in decisions}
