"""Refuse a dataset that would lose much of what it had: a mistyped folder looks like a nearly empty shelf."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from vlm3_dataset.errors import Misused
from vlm3_dataset.files import read_json
from vlm3_dataset.hub.changelog import by_page
from vlm3_dataset.hub.format import HUB_SPLIT, RELEASED, Entry
from vlm3_dataset.hub.reader import RowError, parse

LOST = 0.2  # share of the pairs; removing a page or making a rule stricter costs less


class Shrinks(Misused):
    """Much of the present dataset would be lost, and nobody has agreed to that."""


def check(entries: Sequence[Entry], output: Path, may_shrink: Callable[[str], bool]) -> None:
    """Compare with the dataset in `output`, and with what was published from there. Raises Shrinks."""
    now = Counter({entry.page.page_id: len(entry.pairs) for entry in entries})
    present: Counter[str] = Counter()
    for path in filter(Path.is_file, (output / f"vlm_{side}.jsonl" for side in HUB_SPLIT)):
        try:
            present.update(parse(line).metadata.page_id for line in path.read_bytes().splitlines())
        except RowError as error:
            raise Shrinks(f"{path} cannot be compared with ({error}); move it away") from None
    published = by_page((read_json(output / RELEASED) or {"pairs": ()})["pairs"])
    for before, where in ((present, f"that lie in {output}/"), (published, "that were published")):
        lost = max(before.total() - now.total(), sum(count for page_id, count in before.items() if page_id not in now))
        if lost > LOST * before.total():
            loss = f"{lost} of the {before.total()} pairs {where} would be lost, and {now.total()} be there"
            if not may_shrink(loss):
                raise Shrinks(f"{loss}; nothing was written; say --shrink if that is meant, or mend --data-src")
            return
