"""Draw the rows of an epoch and their order, anew in each epoch."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from torch.utils.data import Sampler

from finetune.examples import Row, example
from finetune.packing.deal import Packing, times_in_epoch

if TYPE_CHECKING:
    from datasets import Dataset


class PackedRows:
    """The rows of an epoch, each a list of questions."""

    def __init__(self, rows: Sequence[Row], packing: Packing) -> None:
        self.questions, self.packing = rows, packing
        self.epoch = 0  # a data loader starts its workers in each epoch anew, with copies of this object

    def __len__(self) -> int:
        return len(self.packing)

    def __getitem__(self, index: int) -> list[Row]:
        """Return the questions of a row in the present epoch."""
        return [self.questions[number] for number in self.packing.members(index, self.epoch)]

    def as_dataset(self) -> "Dataset":
        """Return the rows as a dataset of examples. A page is decoded only when its example is read."""
        from datasets import Dataset

        return Dataset.from_dict({"row": range(len(self))}).with_transform(self._examples)

    def _examples(self, batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        examples = [example(self[index], index) for index in batch["row"]]
        return {key: [one[key] for one in examples] for key in ("image", "questions", "answers", "index")}


class EpochOrder(Sampler[int]):
    """The numbers of an epoch's rows, shuffled; the order follows from seed and epoch alone.

    It is the same with and without packing, for any number of processes, and after a resume.

    Args:
        sources: the source of each row.
        seed: decides the order.
        weights: how often a source's rows come in an epoch: 2 is twice each, 0.5 a half that is drawn anew.
    """

    def __init__(self, sources: Sequence[str], seed: int, weights: Mapping[str, float]) -> None:
        self.seed = seed
        self.epoch = 0
        self._rows: dict[str, list[int]] = defaultdict(list)
        for number, source in enumerate(sources):
            self._rows[source].append(number)
        self._times = times_in_epoch(sources, weights)

    def __len__(self) -> int:
        return sum(self._times.values())

    def __iter__(self) -> Iterator[int]:
        draw = random.Random(f"{self.seed} {self.epoch}")
        order = []
        for source, rows in self._rows.items():
            whole, rest = divmod(self._times[source], len(rows))
            order += rows * whole + draw.sample(rows, rest)
        order.sort()
        draw.shuffle(order)
        return iter(order)
