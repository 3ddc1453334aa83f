"""Deal questions out to rows, as pure numbers: for the training and its forecast alike."""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from finetune.config import Settings
from finetune.examples import QuestionTokens, RowTokens
from vlm3_dataset.errors import Misused
from vlm3_dataset.hub.reader import PIXELS_PER_TOKEN


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that may share a row: those about one page, or those of a source that have none."""

    source: str
    members: tuple[int, ...]  # numbers of questions
    rows: int  # number of rows that they are dealt out to
    has_page: bool


class Packing:
    """Deals questions out to rows: up to `most` of one page to each; of those without a page as many as fill one.

    A row follows from seed, epoch and its number alone, so a resumed run draws the same rows. A page is known by the
    digest of its file, so one with two names is read once.

    Args:
        questions: their tokens.
        most: questions of a page in a row.
        budget: tokens of a row without a page, if no row has a page; else the longest row with a page is the limit.
            With 0 each question has a row of its own.
        seed: decides what is drawn.
    """

    def __init__(self, questions: Sequence[QuestionTokens], most: int, budget: int, seed: int) -> None:
        self.questions, self.most, self.seed = questions, most, seed
        members: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, one in enumerate(questions):
            members[one.page, "" if one.page else one.source].append(number)
        pages = [self.row(self._longest(numbers)).total for (page, _), numbers in members.items() if page]
        self.budget = max(pages, default=budget) if budget else 0
        self.groups = []
        for (page, _), numbers in members.items():
            rows = row_count(len(numbers), most) if page else self._text_rows(numbers)
            self.groups.append(Group(questions[numbers[0]].source, tuple(numbers), rows, has_page=bool(page)))
        self._places = [(group, part) for group, one in enumerate(self.groups) for part in range(one.rows)]
        self._drawn: dict[int, tuple[int, list[list[int]]]] = {}  # of groups without a page: epoch and rows

    def __len__(self) -> int:
        return len(self._places)

    @property
    def sources(self) -> list[str]:
        """Return the source of each row."""
        return [self.groups[group].source for group, _ in self._places]

    def members(self, index: int, epoch: int = 0) -> list[int]:
        """Return the numbers of the questions in a row."""
        number, part = self._places[index]
        group = self.groups[number]
        if group.has_page or group.rows == len(group.members):
            return self._shuffled(number, epoch)[part :: group.rows]
        if self._drawn.get(number, (None,))[0] != epoch:
            rows: list[list[int]] = [[] for _ in range(group.rows)]
            tokens = [(0, row) for row in range(group.rows)]  # a heap: the emptiest row comes first
            for question in self._shuffled(number, epoch):
                held, row = tokens[0]
                rows[row].append(question)
                heapq.heapreplace(tokens, (held + self.questions[question].own, row))
            self._drawn[number] = epoch, rows
        return self._drawn[number][1][part]

    def mean_questions(self, weights: Mapping[str, float]) -> float:
        """Return the mean number of questions per row, each source weighted by how often its rows come in an epoch."""
        times = [(weights.get(group.source, 1), group) for group in self.groups]
        rows = sum(often * group.rows for often, group in times)
        return sum(often * len(group.members) for often, group in times) / rows if rows else 1.0

    def row(self, numbers: Sequence[int]) -> RowTokens:
        return RowTokens.of([self.questions[number] for number in numbers])

    @cached_property
    def rows(self) -> list[RowTokens]:
        """Return the tokens of the first epoch's rows; other epochs have as many rows."""
        return [self.row(self.members(index)) for index in range(len(self))]

    def largest(self) -> list[int]:
        """Return the questions of the longest row that any epoch can draw."""
        longest = [self._longest(group.members) for group in self.groups if group.has_page]
        longest += [max(map(self.members, range(len(self))), key=lambda row: self.row(row).total)]
        return max(longest, key=lambda row: self.row(row).total)

    def _longest(self, numbers: Sequence[int]) -> list[int]:
        fullest = -(-len(numbers) // row_count(len(numbers), self.most))
        return sorted(numbers, key=lambda number: -self.questions[number].alone)[:fullest]

    def _text_rows(self, numbers: Sequence[int]) -> int:
        """Return a number of rows with which no draw can fill a row above the budget.

        Dealing each question to the emptiest row leaves none above total / rows + longest x (1 - 1 / rows) tokens,
        in whatever order they come (Graham, 1966).
        """
        shared = self.questions[numbers[0]].shared
        own = [self.questions[number].own for number in numbers]
        room = self.budget - shared - max(own)
        return min(len(own), max(1, -(-(sum(own) - max(own)) // room))) if room > 0 else len(own)

    def _shuffled(self, group: int, epoch: int) -> list[int]:
        order = list(self.groups[group].members)
        if self.groups[group].rows < len(order):  # with one question to a row there is nothing to draw
            random.Random(f"{self.seed} {epoch} {group}").shuffle(order)
        return order


def packing_of(questions: Sequence[QuestionTokens], settings: Settings) -> Packing:
    """Return the packing by the settings; without shared rows each question has a row of its own."""
    most, budget = (settings.questions, settings.max_pixels // PIXELS_PER_TOKEN) if settings.shares_pages else (1, 0)
    return Packing(questions, most, budget, settings.seed)


def in_pass(packing: Packing, settings: Settings) -> float:
    """Return the mean number of questions in a pass of one device."""
    return packing.mean_questions(settings.weights) * settings.rows_per_pass


def accumulation_of(packing: Packing, settings: Settings) -> int:
    """Return the passes of a step over all devices: as asked for, or those that come nearest to its questions."""
    return settings.accumulation or max(1, round(settings.step_questions / in_pass(packing, settings)))


def times_in_epoch(sources: Sequence[str], weights: Mapping[str, float]) -> dict[str, int]:
    """Return how often the rows of each source come in an epoch; `sources` names the source of each row.

    Raises UserError where none is left.
    """
    times = {source: round(weights.get(source, 1) * rows) for source, rows in Counter(sources).items()}
    if times and not any(times.values()):
        raise Misused(f"--mix leaves no row in an epoch; raise a weight (the data have {', '.join(sorted(times))})")
    return times


def row_count(questions: int, most: int) -> int:
    """Return the number of rows for a page's questions, at most `most` in each.

    A page of 10 questions, 4 to a row, gives rows of 4, 3 and 3: they fill a step more evenly than 4, 4 and 2.
    """
    return -(-questions // most)
