"""What the filter leaves of each page: qa_filtered/ without what is wrong, qa_unique/ without what is asked twice.

Every pair that goes keeps its reason; one that is merely doubtful stays, and says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from vlm3_dataset import files
from vlm3_dataset.filters import duplicates, rules
from vlm3_dataset.filters.agreement import verdict
from vlm3_dataset.filters.claims import Claim
from vlm3_dataset.filters.grounding import grounded
from vlm3_dataset.filters.passages import Print
from vlm3_dataset.schema import QA, Dropped, Page
from vlm3_dataset.sources.readings import load_reading

Answers = Mapping[str, str]  # question -> what the second reader says
Again = Literal["all", "doubtful"]  # what is read a second time


@dataclass(frozen=True, slots=True)
class Checked:
    """The pairs of one page, after the rules."""

    kept: tuple[QA, ...]
    dropped: tuple[Dropped, ...]

    def to_read(self, again: Again) -> list[str]:
        """The questions for a second reader: what the page did not verify, and of all also what must be exact."""
        return [
            qa.question
            for qa in self.kept
            if qa.numbers_grounded != "verified" or (again == "all" and Claim(qa.answer, qa.question).is_exact)
        ]


def check(page: Page, pairs: Iterable[QA], work: Path) -> Checked:
    printed = Print(load_reading(work, page.page_id))
    kept, dropped = [], []
    for qa in pairs:
        judged = ground(qa, printed)
        (dropped if isinstance(judged, Dropped) else kept).append(judged)
    return Checked(tuple(kept), tuple(dropped))


def ground(qa: QA, page: Print) -> QA | Dropped:
    """Return a pair with what its page says of it and where, or the rule that refuses it."""
    if reason := rules.refuse(qa, page):
        return Dropped(qa, reason)
    return grounded(qa, page)


def compared(qa: QA, answers: Answers) -> QA | Dropped:
    """Return a pair with what the second reader says of it.

    Who gives the same verifies it. What neither the page nor a second reader gives is dropped; what the page gives and
    the reader does not is in doubt.
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


def write_filtered(checked: Mapping[Page, Checked], second: Mapping[Page, Answers], work: Path) -> dict[Page, Checked]:
    """Writes qa_filtered/; returns what stays of each page, and what is dropped."""
    found = {page: _read_again(each, second.get(page, {})) for page, each in checked.items()}
    for page, each in found.items():
        files.save_record(work, "qa_filtered", page.page_id, page.sha256, pairs=each.kept, dropped=each.dropped)
    return found


def _read_again(checked: Checked, answers: Answers) -> Checked:
    judged = [compared(qa, answers) for qa in checked.kept]
    kept = tuple(each for each in judged if isinstance(each, QA))
    return Checked(kept, (*checked.dropped, *(each for each in judged if isinstance(each, Dropped))))


def write_unique(kept: Mapping[Page, Sequence[QA]], work: Path, embed: duplicates.Embed) -> int:
    """Writes qa_unique/; returns how many pairs were asked twice."""
    items = [duplicates.Item(page.page_id, qa) for page, pairs in kept.items() for qa in pairs]
    gone = duplicates.duplicates(items, embed)
    stay: dict[str, list[QA]] = {page.page_id: [] for page in kept}
    go: dict[str, list[Dropped]] = {page.page_id: [] for page in kept}
    for index, item in enumerate(items):
        if index in gone:
            go[item.page_id].append(Dropped(item.qa, gone[index].reason, gone[index].page_id))
        else:
            stay[item.page_id].append(item.qa)
    for page in kept:
        fields = {"pairs": stay[page.page_id], "dropped": go[page.page_id]}
        files.save_record(work, "qa_unique", page.page_id, page.sha256, **fields)
    return len(gone)
