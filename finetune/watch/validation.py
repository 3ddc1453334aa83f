"""The loss on held-out pages: over all, by type of content, and on the tokens that print a number.

A wrong digit in a torque costs an engine and moves the mean over all tokens by next to nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch
from accelerate import PartialState
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm

from finetune.errors import RunError
from finetune.examples import Row
from finetune.watch import workers
from finetune.watch.answers import number_tokens, split
from finetune.watch.processes import gathered, totals

if TYPE_CHECKING:
    from finetune.trainer import AnswerTrainer

LOSS, NUMBERS, ACCURACY = "eval_loss", "eval_loss/numbers", "eval_mean_token_accuracy"


class Tally:
    """Sums and counts of tokens by the name of the figure that they go into."""

    def __init__(self) -> None:
        self.sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.faults: list[str] = []

    def add(self, row: Row, losses: torch.Tensor, right: torch.Tensor, tokenizer: Any) -> None:
        """Takes one answer: the loss of each of its tokens, and whether it was the likeliest one."""
        if not losses.isfinite().all():
            self.faults.append(f"page {row.page_id}, {row.question!r}")
        digits = losses[number_tokens(row.answer, tokenizer).to(losses.device)]
        for name, values in ((LOSS, losses), (kind(row), losses), (NUMBERS, digits), (ACCURACY, right)):
            self.sums[name][0] += values.double().sum().item()
            self.sums[name][1] += len(values)

    def figures(self, names: Sequence[str]) -> dict[str, float]:
        """The means over all processes; a figure that no token went into is left out."""
        told = totals([part for name in names for part in self.sums[name]])
        parts = zip(names, told[::2], told[1::2], strict=True)
        return {name: total / tokens for name, total, tokens in parts if tokens}


def validate(trainer: "AnswerTrainer", dataset: Any, groups: Sequence[Sequence[Row]]) -> dict[str, float] | None:
    """Mean loss in nats per token of an answer, each token counting once; None where a signal broke it off.

    Not the Trainer's own loop: that takes the mean over batches of their means, so that a short answer weighs more the
    fewer there are in its batch, and among several processes it counts rows twice that fill the last batch up.

    Args:
        trainer: its model is left in evaluation mode. Call it without gradients.
        dataset: examples for its collator.
        groups: the questions in each example, in the order of its answers.

    Raises RunError, naming the question, where a loss is not a number.
    """
    tally = Tally()
    trainer.model.eval()
    for rows, batch in _batches(trainer, dataset, groups):
        if trainer.stop.asked():
            return None
        if batch is None:
            continue
        outputs = trainer.forward(batch)
        labels = batch["labels"].to(outputs.log_probs.device)
        losses, right = split(-outputs.log_probs, labels), split(outputs.is_top1, labels)
        for row, *answer in zip(
            [row for group in rows for row in group], _chained(losses), _chained(right), strict=True
        ):
            tally.add(row, *answer, trainer.processing_class.tokenizer)
    names = [LOSS, *sorted({kind(row) for group in groups for row in group}), NUMBERS, ACCURACY]
    figures = tally.figures(names)
    if faults := gathered(tally.faults):
        raise RunError(f"step {trainer.state.global_step}: the validation loss is not a number: {faults[0]}")
    return figures


def kind(row: Row) -> str:
    """The name under which the loss of this row's type of content is told."""
    return f"{LOSS}/{row.content_type or 'unknown'}"


def _batches(
    trainer: "AnswerTrainer", dataset: Any, groups: Sequence[Sequence[Row]]
) -> Iterator[tuple[list[Sequence[Row]], dict[str, torch.Tensor] | None]]:
    """The batches of this process, None where only others still have one: all of them take equally many turns."""
    state, size = PartialState(), trainer.args.per_device_eval_batch_size
    mine = range(state.process_index, len(groups), state.num_processes)
    turns = -(-len(range(0, len(groups), state.num_processes)) // size)
    loader = DataLoader(
        Subset(dataset, list(mine)),
        batch_size=size,
        collate_fn=trainer.data_collator,
        num_workers=trainer.args.dataloader_num_workers,
        multiprocessing_context=workers.of(trainer.args.dataloader_num_workers),
    )
    batches = iter(loader)
    for turn in tqdm(range(turns), "validation", disable=not state.is_main_process, delay=2, leave=False):
        rows = [groups[index] for index in mine[turn * size : (turn + 1) * size]]
        yield rows, next(batches, None)


def _chained(rows: list[list[torch.Tensor]]) -> list[torch.Tensor]:
    return [answer for row in rows for answer in row]
