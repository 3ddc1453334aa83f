"""Show what training will see: `python -m finetune.tools.prepare --data FOLDER --model NAME`. Trains nothing.

`--picture FILE` is where the picture of one row goes, by default beside the run's folder; a run's settings are flags.
"""

import argparse
import math
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from finetune import config
from finetune.data import read_dataset, summary
from finetune.estimate import forecast
from finetune.estimate.report import report
from finetune.examples import Row, RowTokens, example
from finetune.packing.deal import packing_of
from vlm3_dataset.arguments import OneLineParser, fail
from vlm3_dataset.errors import UserError

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
    except UserError as error:
        fail(PROG, str(error), error.code)


def describe(settings: config.Settings, picture: Path) -> Iterator[str]:
    """Yield lines about the data, its tokens and the cost of training; write the picture of the largest row.

    Raises:
        UserError: the data cannot be read, the picture not written, or the run cannot fit (after all lines).
    """
    data = read_dataset(settings.data, settings.revision)
    yield from summary(data)
    processor, shape = forecast.base_parts(settings, data)
    tokens, machine = forecast.Tokens.of(data, processor, settings), forecast.Machine.of(settings)
    packing = packing_of(tokens.train, settings)
    yield from token_lines(packing.rows, settings)
    yield from reduced_lines(data.train + data.val, settings)
    yield from report(settings, tokens, shape, machine, forecast.best(settings, tokens, shape, machine))
    largest = [data.train[number] for number in packing.largest()]
    yield draw_row(largest, processor, settings, picture)
    forecast.require_fit(settings, tokens, shape, machine.gpu)


def token_lines(rows: Sequence[RowTokens], settings: config.Settings) -> list[str]:
    """Return the training rows' tokens in figures; rows are never cut off, so the largest decides the memory."""
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
    """Return a line about pages that lose detail, with more pixels than --max-pixels, and the one that loses most."""
    every = {row.page_id: math.prod(row.image.size) for row in rows if row.image}
    larger = {page: pixels for page, pixels in every.items() if pixels > settings.max_pixels}
    if not larger:
        return ["pages reduced in size: 0"]
    page = max(larger, key=larger.__getitem__)
    side = (larger[page] / settings.max_pixels) ** 0.5
    return [
        f"pages reduced in size: {len(larger)} of {len(every)}, the most page {page}, {side:.2f} times smaller a side"
    ]


def draw_row(rows: list[Row], processor: Any, settings: config.Settings, path: Path) -> str:
    """Draw the row as its collator makes it; return a line with the picture's path and what it shows.

    Raises:
        UserError: the picture cannot be written.
    """
    from finetune.tools import picture

    batch = collate(rows, processor, settings)
    pixels = "{} x {} pixels".format(*rows[0].image.size) if rows[0].image else "no image"
    row = f"page {rows[0].page_id}, {pixels}, {len(rows)} questions"
    length = picture.row_length(batch)
    try:
        picture.draw(batch, processor, f"{row}, {length:,} tokens", path)
    except OSError as error:
        raise UserError(f"cannot write the picture {path}: {error.strerror}") from None
    return f"picture of the largest row that can be drawn ({row}, {length:,} tokens): {path}"


def collate(rows: list[Row], processor: Any, settings: config.Settings) -> dict[str, Any]:
    """Return a batch of one row, by the training's collator."""
    from finetune.packing.collator import SeparateRows, SharedRows

    return (SharedRows if settings.shares_pages else SeparateRows)(processor)([example(rows)])


if __name__ == "__main__":
    main()
