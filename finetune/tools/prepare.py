"""Show what training will see: `python -m finetune.tools.prepare --data FOLDER --model NAME`. Trains nothing.

`--picture FILE` is where the picture of one row goes, by default beside the run's folder; a run's settings are flags.
"""

import math
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from finetune import config
from finetune.data import read_dataset, summary
from finetune.estimate import forecast
from finetune.estimate.report import report
from finetune.examples import Row
from finetune.packing.deal import packing_of
from finetune.tools.picture import draw
from vlm3_dataset.arguments import OneLineParser, fail
from vlm3_dataset.errors import UserError

PROG = "python -m finetune.tools.prepare"


def main() -> None:
    own = OneLineParser(prog=PROG, add_help=False, allow_abbrev=False)
    own.add_argument("--picture", type=Path)
    known, flags = own.parse_known_args()
    settings = config.read(flags, PROG, __doc__)
    try:
        for line in describe(settings, known.picture or settings.folder.with_name(f"{settings.name}.row.png")):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    except UserError as error:
        fail(PROG, str(error), error.code)


def describe(settings: config.Settings, picture: Path) -> Iterator[str]:
    """Yield lines about the data, its tokens and the cost of training; write the picture of the largest row.

    Raises UserError where the data cannot be read, the picture not written, or, after all lines, the run cannot fit.
    """
    data = read_dataset(settings.data, settings.revision)
    yield from summary(data)
    told, (asked, _), processor = forecast.of_run(settings, data)
    settings = told.run.settings
    packing = packing_of(asked, settings)
    kind = f"a page with up to {settings.questions} of its questions" if settings.shares_pages else "one question"
    # Rows are never cut off, so the largest decides the memory.
    yield f"{len(packing.rows):,} rows of {kind}; truncated rows: 0 (there is no length limit)"
    figures = {"tokens a row": "total", "of them image": "image", "of them scored": "scored"}
    for name, figure in figures.items():
        values = [getattr(row, figure) for row in packing.rows]
        ends = f"{min(values):7,} to {max(values):7,}, median {round(statistics.median(values)):7,}"
        yield f"{name:15} {ends}, together {sum(values):11,}"
    yield reduced(data.train + data.val, settings)
    yield from report(told)
    largest = [data.train[number] for number in packing.largest()]
    try:
        title = draw(largest, processor, picture)
    except OSError as error:
        raise UserError(f"cannot write the picture {picture}: {error.strerror}") from None
    yield f"picture of the largest row that can be drawn ({title}): {picture}"
    forecast.require_fit(told)


def reduced(rows: Sequence[Row], settings: config.Settings) -> str:
    """Return a line about pages that lose detail, with more pixels than --max-pixels, and the one that loses most."""
    every = {row.page_id: math.prod(row.image.size) for row in rows if row.image}
    larger = {page: pixels for page, pixels in every.items() if pixels > settings.max_pixels}
    if not larger:
        return "pages reduced in size: 0"
    most = max(larger, key=larger.__getitem__)
    side = (larger[most] / settings.max_pixels) ** 0.5
    lost = f"page {most}, {side:.2f} times smaller a side"
    return f"pages reduced in size: {len(larger)} of {len(every)}, the most {lost}"


if __name__ == "__main__":
    main()
