"""What the filter leaves of each page: qa_filtered/ without what is wrong, qa_unique/ without what is asked twice.

Every pair that goes keeps its reason; one that is merely doubtful stays, and says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vlm3_dataset import files
from vlm3_dataset.filters import claims, confidence, duplicates, rules
from vlm3_dataset.filters.agreement import verdict
from vlm3_dataset.filters.grounding import grounding
from vlm3_dataset.schema import QA, Dropped, Page, Thread
from vlm3_dataset.sources.conversation import load_thread
from vlm3_dataset.sources.readings import load_reading
from vlm3_dataset.sources.rows import lines

Answers = Mapping[str, str]  # question -> what the second reader says


@dataclass(frozen=True, slots=True)
class Checked:
    """The pairs of one page, after the rules."""

    kept: tuple[QA, ...]
    dropped: tuple[Dropped, ...]

    @property
    def doubts(self) -> list[str]:
        """The questions whose numbers nobody has confirmed yet."""
        return [qa.question for qa in self.kept if qa.numbers_grounded == "unconfirmed"]


def check(page: Page, pairs: Iterable[QA], work: Path) -> Checked:
    if page.origin == "thread":
        return _parted(ground_thread(qa, load_thread(work, page.page_id)) for qa in pairs)
    reading = load_reading(work, page.page_id)
    text = lines(reading.segments)
    return _parted(ground(qa, text, reading.engine) for qa in pairs)


def weigh(checked: Mapping[Page, Checked], work: Path) -> dict[Page, Checked]:
    """Return the same, the pairs of threads with what they are worth beside the manual's pages and the other owners.

    A pair that the manual contradicts is dropped.
    """
    threads = {page: load_thread(work, page.page_id) for page in checked if page.origin == "thread"}
    if not threads:
        return dict(checked)
    manual = confidence.by_dimension(
        fact
        for page, each in checked.items()
        if page.origin not in {"thread", "post"}
        for fact in confidence.facts(page, load_reading(work, page.page_id), each.kept)
    )
    weighed = dict(checked)
    for page, thread in threads.items():
        found = _parted(confidence.weigh(qa, thread, manual) for qa in checked[page].kept)
        weighed[page] = Checked(found.kept, checked[page].dropped + found.dropped)
    return weighed


def ground_thread(qa: QA, thread: Thread) -> QA | Dropped:
    """Return a thread's pair with its numbers quoted, or the rule that refuses it."""
    if reason := claims.refuse(qa, thread):
        return Dropped(qa, reason)
    return replace(qa, numbers_grounded="quoted")


def _parted(judged: Iterable[QA | Dropped]) -> Checked:
    kept, dropped = [], []
    for each in judged:
        (dropped if isinstance(each, Dropped) else kept).append(each)
    return Checked(tuple(kept), tuple(dropped))


def ground(qa: QA, text: str, engine: str) -> QA | Dropped:
    """Return a pair with what its page's words say of its numbers, or the rule that refuses it.

    `text` is what the page prints, line by line, and `engine` who read it.
    """
    if reason := rules.refuse(qa, text):
        return Dropped(qa, reason)
    return replace(qa, numbers_grounded=grounding(qa, text, engine))


def marked(pairs: Iterable[QA], answers: Answers) -> list[QA]:
    """The pairs, with what the second reader says of those in doubt."""
    return [
        replace(qa, second_reader=verdict(qa.answer, answers[qa.question]))
        if qa.numbers_grounded == "unconfirmed" and qa.question in answers
        else qa
        for qa in pairs
    ]


def write_filtered(checked: Mapping[Page, Checked], second: Mapping[Page, Answers], work: Path) -> dict[Page, list[QA]]:
    """Writes qa_filtered/; returns what stays of each page."""
    kept = {page: marked(each.kept, second.get(page, {})) for page, each in checked.items()}
    for page, pairs in kept.items():
        files.save_record(work, "qa_filtered", page.page_id, page.sha256, pairs=pairs, dropped=checked[page].dropped)
    return kept


def write_unique(kept: Mapping[Page, list[QA]], work: Path, embed: duplicates.Embed) -> int:
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
