"""Queue the pairs for a reviewer: choose them by filters, and find a pair's place among them."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel

from vlm3_dataset.review.decisions import Decision, Subject
from vlm3_dataset.review.pairs import Pair

Standing = Mapping[Subject, Decision]


class Filters(BaseModel, frozen=True):
    """Which pairs; an empty field lets all through. This is the address's query."""

    show: str = "kept"  # or dropped, all, or the kind of reason for which pairs were dropped
    section: str = ""
    numbers: str = ""
    reader: str = ""
    decided: Literal["", "no", "yes", "accept", "edit", "reject"] = ""

    @classmethod
    def of(cls, query: str) -> "Filters":
        """Parse an address's query. Raises ValueError."""
        return cls.model_validate(dict(parse_qsl(query)))

    def query(self, **more: str) -> str:
        return urlencode(self.model_dump(exclude_defaults=True) | more)

    def lets(self, pair: Pair) -> bool:
        """Return whether a pair passes, apart from any decision about it."""
        return (
            self.show in ("all", "dropped" if pair.reason else "kept", pair.kind)
            and self.section in ("", section_of(pair))
            and self.numbers in ("", pair.qa.numbers_grounded)
            and self.reader in ("", pair.qa.second_reader)
        )

    def fits(self, decision: Decision | None) -> bool:
        if self.decided in ("no", "yes"):
            return (decision is not None) == (self.decided == "yes")
        return not self.decided or (decision is not None and decision.verdict == self.decided)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pair stands among the chosen ones; `number` counts from 1, and is 0 for one that is not chosen."""

    number: int
    count: int
    before: Pair | None
    after: Pair | None


def section_of(pair: Pair) -> str:
    """Return a pair's section; that of none has a name, too, since an empty filter lets all through."""
    return pair.page.section_name or "no section"


FACETS: dict[str, Callable[[Pair], str]] = {
    "section": section_of,
    "numbers": lambda pair: pair.qa.numbers_grounded,
    "reader": lambda pair: pair.qa.second_reader,
}


class Queue:
    """All pairs of a work folder, page after page."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.pairs = list(pairs)
        self.number = {pair.key: number for number, pair in enumerate(self.pairs)}
        self._by_subject = {pair.subject: pair for pair in self.pairs}
        self.pages = {pair.page.page_id: pair.page for pair in self.pairs}

    def about(self, subject: Subject) -> Pair | None:
        """Return the pair that a decision is about, if it is still there."""
        return self._by_subject.get(subject)

    def chosen(self, filters: Filters, standing: Standing) -> list[int]:
        """Return the numbers of the pairs that pass, ascending."""
        return [
            number
            for number, pair in enumerate(self.pairs)
            if filters.lets(pair) and filters.fits(standing.get(pair.subject))
        ]

    def place(self, number: int, chosen: list[int]) -> Place:
        left, right = bisect_left(chosen, number), bisect_right(chosen, number)
        return Place(
            number=right if right > left else 0,
            count=len(chosen),
            before=self.pairs[chosen[left - 1]] if left else None,
            after=self.pairs[chosen[right]] if right < len(chosen) else None,
        )

    def progress(self, filters: Filters, standing: Standing) -> tuple[int, int]:
        """Return how many of the pairs that pass are decided, and how many pass."""
        subjects = [pair.subject for pair in self.pairs if filters.lets(pair)]
        return sum(subject in standing for subject in subjects), len(subjects)

    def facets(self, filters: Filters) -> dict[str, Counter[str]]:
        """Return the choices of each filter, with the number of shown pairs for each."""
        scope = Filters(show=filters.show)
        shown = [pair for pair in self.pairs if scope.lets(pair)]
        counts = {name: Counter(map(value, shown)) for name, value in FACETS.items()}
        return counts | {"reason": Counter(pair.kind for pair in self.pairs if pair.reason)}

    def beside(self, pair: Pair) -> list[Pair]:
        """Return the pairs of the same page, including this one."""
        start = stop = self.number[pair.key]
        while start and self.pairs[start - 1].page.page_id == pair.page.page_id:
            start -= 1
        while stop < len(self.pairs) and self.pairs[stop].page.page_id == pair.page.page_id:
            stop += 1
        return self.pairs[start:stop]
