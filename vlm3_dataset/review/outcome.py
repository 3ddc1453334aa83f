"""Combine the filter's pairs with the reviewers' decisions."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vlm3_dataset.files import fingerprint, read_json
from vlm3_dataset.hub.format import REVIEWED
from vlm3_dataset.review import log
from vlm3_dataset.review.decided import Stays, Tally, pairs_that_stay, tally
from vlm3_dataset.review.decisions import Decision, Subject
from vlm3_dataset.review.pairs import Pair
from vlm3_dataset.schema import QA, Page

REJECTED = "a reviewer rejected it"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The pairs that stay, by page; those that do not; and how far the review is."""

    stay: dict[str, list[Stays]]
    dropped: list[Pair]  # by the filter, and not brought back by a reviewer
    rejected: list[Pair]
    tally: Tally
    decisions: str  # digest of all that was taken into account

    def reasons(self) -> Counter[str]:
        """Return how many pairs went, by the kind of reason."""
        return Counter(kind for kind, _ in self.gone())

    def gone(self) -> Iterator[tuple[str, Pair]]:
        """Yield every pair that does not stay, with the kind of reason."""
        yield from ((pair.kind, pair) for pair in self.dropped)
        yield from ((REJECTED, pair) for pair in self.rejected)


def outcome(
    pairs: Mapping[Page, list[Pair]],
    standing: Mapping[Subject, Decision],
    ground: Callable[[Page, QA], QA],
    *,
    is_part: bool,
) -> Outcome:
    """Return what stays of these pages' pairs. If they are a part of the shelf, other decisions are not counted."""
    every = [pair for found in pairs.values() for pair in found]
    said = {pair.key: standing[pair.subject].verdict for pair in every if pair.subject in standing}
    ids = {page.page_id for page in pairs}
    counted = {about: each for about, each in standing.items() if not is_part or about.page_id in ids}
    return Outcome(
        stay={page.page_id: pairs_that_stay(found, standing, partial(ground, page)) for page, found in pairs.items()},
        dropped=[pair for pair in every if pair.reason and said.get(pair.key) in (None, "reject")],
        rejected=[pair for pair in every if not pair.reason and said.get(pair.key) == "reject"],
        tally=tally(every, counted),
        decisions=digest(standing),
    )


def digest(standing: Mapping[Subject, Decision]) -> str:
    return fingerprint(sorted(map(fingerprint, standing.values())))


def is_behind(work: Path, output: Path) -> bool:
    """Return whether the dataset in `output` does not follow the decisions in force."""
    standing, stored = log.standing_in(work), read_json(output / REVIEWED)
    return digest(standing) != stored["decisions"] if stored else bool(standing)
