"""How much of what real pages print do the reading and the labeler by rules find?

    python benchmarks/real/reading.py WORK FACTS.tsv

WORK is a folder in which the shelf was prepared; FACTS.tsv has a row a page (`file`, `content_type`, `facts`, the
facts with ` | ` between them), written down by somebody who looked at it. A fact's quantity is found where the reading
has the same quantity, by the rules of vlm3_dataset.quantities. Not part of `make bench`: it needs pages that are not
in this repository.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from vlm3_dataset import table
from vlm3_dataset.labelers.rules import rules
from vlm3_dataset.quantities import Quantity, agree, find
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.pages.rows import lines


def same(wanted: Quantity, there: list[Quantity]) -> bool:
    return any(wanted.dimension == each.dimension and agree(wanted, each) for each in there)


def main() -> None:
    work, facts = Path(sys.argv[1]), Path(sys.argv[2])
    pages = {row["source"]: table.page_of(row) for row in table.load(work)}
    counts: dict[str, Counter[str]] = {}
    with facts.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            page = pages[row["file"]]
            reading = load_reading(work, page.page_id)
            read = find(lines(reading.segments))
            asked = [quantity for qa in rules.label(page, reading) for quantity in find(qa.answer)]
            wanted = find(row["facts"])
            missing = [quantity.text for quantity in wanted if not same(quantity, read)]
            count = counts.setdefault(row["content_type"], Counter())
            count.update(
                pages=1,
                quantities=len(wanted),
                read=len(wanted) - len(missing),
                asked=sum(same(quantity, asked) for quantity in wanted),
            )
            if missing:
                print(f"{page.page_id}: not read: {', '.join(missing)}")
    total = sum(counts.values(), Counter())
    for kind, count in [*sorted(counts.items()), ("all", total)]:
        told = ", ".join(f"{count[name]} {name}" for name in ("pages", "quantities", "read", "asked"))
        print(f"{kind:32} {told}")
    print(f"ratio: {total['read'] / total['quantities']:.2f}")


if __name__ == "__main__":
    main()
