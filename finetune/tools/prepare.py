"""Shows what training will see: `python -m finetune.tools.prepare --data FOLDER --model NAME`. Trains nothing.

`--picture FILE` says where the picture of one row goes, else beside the run's folder; a run's settings are flags too.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from finetune import config
from finetune.data import Data, read_dataset, summary
from finetune.errors import RunError
from finetune.estimate import forecast, gpus
from finetune.estimate.arithmetic import RowTokens, Shape
from finetune.estimate.forecast import Pages
from finetune.examples import Row, example, page_example
from finetune.lengths import largest_row
from vlm3_dataset.arguments import OneLineParser, fail

PROG = "python -m finetune.tools.prepare"


def main() -> None:
    own = OneLineParser(prog=PROG, add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    own.add_argument("--picture", type=Path)
    known, flags = own.parse_known_args()
    settings = config.read(flags, PROG, __doc__)
    try:
        for line in describe(
            settings, getattr(known, "picture", settings.folder.with_name(f"{settings.name}.row.png"))
        ):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    except RunError as error:
        fail(PROG, str(error))


def describe(settings: config.Settings, picture: Path) -> Iterator[str]:
    """Lines about the data, its tokens and the cost of training on them; writes the picture of the largest row."""
    data = read_dataset(settings.data, settings.revision)
    yield from summary(data)
    processor, shape = base_parts(settings, data)
    measured = Pages.of(data, processor, settings)
    yield from token_lines(forecast.rows_of(measured.train, forecast.questions_a_row(settings)), settings)
    yield from reduced_lines(data.train + data.val, settings)
    yield from forecast.report(
        settings, measured, shape, forecast.Machine(gpus.here(), usd_per_hour=settings.usd_per_hour)
    )
    yield draw_row(largest_row(data.train, processor, settings)[0], processor, settings, picture)
    forecast.require_fit(settings, measured, shape, gpus.here())


def base_parts(settings: config.Settings, data: Data) -> tuple[Any, Shape]:
    """Processor and sizes of the model that a training with these settings would use."""
    from finetune import model, tiny

    if settings.is_tiny:
        processor = tiny.processor(data, settings)
        return processor, Shape.of(tiny.config(processor))
    model.require_qwen2vl(settings.model)
    return model.load_processor(settings.model, settings), forecast.shape_of(settings.model)


def token_lines(rows: Sequence[RowTokens], settings: config.Settings) -> list[str]:
    """Tokens of the training rows in figures; nothing is ever cut off, so the largest row decides the memory."""
    figures = {
        "tokens a row": [row.total for row in rows],
        "of them image": [row.image for row in rows],
        "of them scored": [row.scored for row in rows],
    }
    table = [
        f"{name:15} {min(values):7,} to {max(values):7,}, median {round(statistics.median(values)):7,}, "
        f"together {sum(values):11,}"
        for name, values in figures.items()
    ]
    kind = f"a page with up to {settings.questions} of its questions" if settings.shares_pages else "one question"
    return [f"{len(rows):,} rows of {kind}; truncated rows: 0 (there is no length limit)", *table]


def reduced_lines(rows: Sequence[Row], settings: config.Settings) -> list[str]:
    """The pages that lose detail: those of more pixels than --max-pixels, and the one that loses most."""
    every = {row.page_id: row.size[0] * row.size[1] for row in rows}
    larger = {page: pixels for page, pixels in every.items() if pixels > settings.max_pixels}
    if not larger:
        return ["pages reduced in size: 0"]
    page = max(larger, key=larger.__getitem__)
    side = (larger[page] / settings.max_pixels) ** 0.5
    return [
        f"pages reduced in size: {len(larger)} of {len(every)}, the most page {page}, {side:.2f} times smaller a side"
    ]


def draw_row(rows: list[Row], processor: Any, settings: config.Settings, path: Path) -> str:
    """Draws the row as its collator makes it. Says where the picture is and what it shows."""
    from finetune.tools import picture

    batch = collate(rows, processor, settings)
    row = f"page {rows[0].page_id}, {rows[0].size[0]} x {rows[0].size[1]} pixels, {len(rows)} of its questions"
    length = picture.row_length(batch)
    try:
        picture.draw(batch, processor, f"{row}, {length:,} tokens", path)
    except OSError as error:
        raise RunError(f"cannot write the picture {path}: {error.strerror}") from None
    return f"picture of the largest row that can be drawn ({row}, {length:,} tokens): {path}"


def collate(rows: list[Row], processor: Any, settings: config.Settings) -> dict[str, Any]:
    """A batch of one row, by the collator that the training uses."""
    if settings.shares_pages:
        from finetune.packing.collator import SharedPages

        return SharedPages(processor)([page_example(rows)])
    from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

    return DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)([example(rows[0])])


if __name__ == "__main__":
    main()
