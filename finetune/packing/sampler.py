"""Which questions share a row, and which row comes when: both are drawn anew in each epoch."""

import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import Sampler

from finetune.examples import Row, by_page, dealt, page_example

if TYPE_CHECKING:
    from datasets import Dataset


class PageRows:
    """The rows of an epoch. Each question is in one of them, and each row holds up to `most` questions of one page.

    What a row holds follows from seed, epoch and its number alone, so a resumed run draws as the first one did.
    """

    def __init__(self, rows: Sequence[Row], most: int, seed: int) -> None:
        self.pages = by_page(rows)
        self.seed = seed
        # A data loader's workers have a copy of this object; shared memory tells those that outlive an epoch as well.
        self._epoch = torch.zeros((), dtype=torch.int64).share_memory_()
        self._parts = [dealt(len(page), most) for page in self.pages]
        self._places = [(page, part) for page, parts in enumerate(self._parts) for part in range(parts)]

    @property
    def epoch(self) -> int:
        return int(self._epoch)

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self._epoch.fill_(epoch)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> list[Row]:
        """The questions of a row in the present epoch."""
        page, part = self._places[index]
        order = list(self.pages[page])
        if self._parts[page] < len(order):  # with one question to a row there is nothing to draw
            random.Random(f"{self.seed} {self.epoch} {page}").shuffle(order)
        return order[part :: self._parts[page]]

    def as_dataset(self) -> "Dataset":
        """The rows as a data set of examples. A page is decoded when its example is asked for, not before."""
        from datasets import Dataset

        return Dataset.from_dict({"row": range(len(self))}).with_transform(self._examples)

    def _examples(self, batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        examples = [page_example(self[index]) for index in batch["row"]]
        return {key: [one[key] for one in examples] for key in ("image", "questions", "answers")}


class EpochOrder(Sampler[int]):
    """The numbers of an epoch's rows, shuffled; the order follows from seed and epoch alone.

    The same in either packing, for any number of processes, and where one resumes, whatever wraps the sampler there.
    """

    def __init__(self, rows: int, seed: int) -> None:
        self.rows = rows
        self.seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return self.rows

    def __iter__(self) -> Iterator[int]:
        order = list(range(self.rows))
        random.Random(f"{self.seed} {self.epoch}").shuffle(order)
        return iter(order)
