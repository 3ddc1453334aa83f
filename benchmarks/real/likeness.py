"""Would rapidfuzz or ImageHash know pages and quotations again better than our own lines do, on real pages?

    python benchmarks/real/likeness.py WORK

WORK is a folder in which a shelf with some pages both scanned and printed was prepared. Three questions, each with the
same pages for both:

- Pages that are alike in words: how far is the least likely pair of the same table from the likeliest of two tables?
- Pages that are alike in looks: how many are known again at half their size and JPEG quality 40, within 4 of 256 bits?
- Quotations: rows as a labeler quotes them, whole, two at once, or without a cell: how many are found on their page,
  and how many on another?

Needs rapidfuzz and imagehash, which the package does not. Not part of `make bench`: it needs pages that are not in this
repository.
"""

import io
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

import imagehash
from PIL import Image
from rapidfuzz import fuzz

from vlm3_dataset import table
from vlm3_dataset.filters import likeness, rules
from vlm3_dataset.schema import Reading
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.pages.rows import lines, rows

EDGE, QUALITY = 0.5, 40  # of a copy
ROWS_A_PAGE, FEWEST_LETTERS = 6, 20


def words(readings: Mapping[str, Reading]) -> None:
    texts = {page_id: lines(reading.segments) for page_id, reading in readings.items()}
    told = {page_id: found for page_id, text in texts.items() if len(found := likeness.trigrams(text)) >= 10}
    same = set(likeness.alike_in_words(told))
    ways: dict[str, Callable[[str, str], float]] = {
        "trigrams": lambda one, other: 100 * len(told[one] & told[other]) / len(told[one] | told[other]),
        "rapidfuzz.ratio": lambda one, other: fuzz.ratio(texts[one].casefold(), texts[other].casefold()),
    }
    for name, score in ways.items():
        scores = {pair: score(*pair) for pair in combinations(sorted(told), 2)}
        least = min(scores[pair] for pair in same)
        most = max(found for pair, found in scores.items() if pair not in same)
        print(f"{name}: {len(same)} pairs of one page from {least:.0f}, others up to {most:.0f}")


def looks(pictures: list[bytes]) -> None:
    ways: dict[str, tuple[Callable[[bytes], object], Callable[[object, object], int]]] = {
        "ours": (likeness.look, lambda one, other: (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()),
        "imagehash.dhash": (
            lambda picture: imagehash.dhash(Image.open(io.BytesIO(picture)), likeness.EDGE),
            lambda one, other: one - other,
        ),
    }
    copies = [copied(picture) for picture in pictures]
    for name, (look, apart) in ways.items():
        started = time.process_time()
        originals = [look(picture) for picture in pictures]
        spent = (time.process_time() - started) / len(pictures)
        known = sum(apart(one, look(copy)) <= likeness.APART for one, copy in zip(originals, copies, strict=True))
        print(f"{name}: {known} of {len(pictures)} copies known again, {1000 * spent:.1f} ms a picture")


def copied(picture: bytes) -> bytes:
    with Image.open(io.BytesIO(picture)) as image:
        small = image.convert("L").resize((int(image.width * EDGE), int(image.height * EDGE)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def quotations(readings: Mapping[str, Reading]) -> None:
    rng = random.Random(1)
    texts = {page_id: rules._plain(lines(reading.segments)) for page_id, reading in readings.items()}
    quoted = [(page_id, *each) for page_id, reading in readings.items() for each in drawn(reading, rng)]
    ways: dict[str, Callable[[str, str], bool]] = {
        "difflib": rules._found,
        "rapidfuzz.partial_ratio": lambda quote, text: fuzz.partial_ratio(quote, text) >= 100 * rules.EVIDENCE_MATCH,
    }
    others = [(rng.choice([other for other in texts if other != page_id]), quote) for page_id, _, quote in quoted]
    for name, found in ways.items():
        started = time.process_time()
        counts = Counter(kind for page_id, kind, quote in quoted if found(quote, texts[page_id]))
        wrong = sum(found(quote, texts[page_id]) for page_id, quote in others)
        spent = (time.process_time() - started) / (2 * len(quoted))
        total = Counter(kind for _, kind, _ in quoted)
        told = ", ".join(f"{counts[kind]} of {total[kind]} {kind}" for kind in total)
        print(f"{name}: {told}; {wrong} of {len(others)} on another page; {1000 * spent:.2f} ms each")


def drawn(reading: Reading, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Rows of a page, each in the ways in which it may be quoted."""
    printed = [[segment.text for segment in row] for row in rows(reading.segments)]
    long = [number for number, row in enumerate(printed) if len(" ".join(row)) > FEWEST_LETTERS]
    for number in rng.sample(long, min(ROWS_A_PAGE, len(long))):
        row = printed[number]
        yield "whole", rules._plain(" ".join(row))
        if len(row) > 2:
            yield "without a cell", rules._plain(" ".join([row[0], *row[2:]]))
        if number + 1 < len(printed):
            yield "two at once", rules._plain(" ".join([*row, *printed[number + 1]]))


def main() -> None:
    work = Path(sys.argv[1])
    pages = [page for row in table.load(work) if (page := table.page_of(row)).image]
    readings = {page.page_id: load_reading(work, page.page_id) for page in pages}
    words(readings)
    looks([(work / page.image).read_bytes() for page in pages])
    quotations(readings)


if __name__ == "__main__":
    main()
