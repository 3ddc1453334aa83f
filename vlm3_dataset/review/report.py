"""Write training_data/report.html: what the dataset is made of, in one file without script, address or time."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm3_dataset.files import read_json, sha256, write_bytes
from vlm3_dataset.filters.confidence.confidence import DIFFERS
from vlm3_dataset.hub.format import HUB_SPLIT, RELEASE, Entry
from vlm3_dataset.hub.reader import thumbnail
from vlm3_dataset.pictures import data_uri, encoded
from vlm3_dataset.review.left_out import left_out
from vlm3_dataset.review.outcome import Outcome
from vlm3_dataset.review.pairs import Pair
from vlm3_dataset.review.rendering import environment
from vlm3_dataset.schema import QA

SAMPLES = 12  # pages; at 20 to 40 KB each the file stays one that a mail can carry
PAIRS_A_SAMPLE = 3
THUMBNAIL = (560, 900)  # pixels; shown at half of it, so that print is a grey that one recognises
LONGEST_TABLE = 20  # rows of a table; the rest is one row
BINS = 20

Bars = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of whole numbers in bins of one width, the first from `low`."""

    title: str
    unit: str
    low: int
    width: int
    counts: tuple[int, ...]
    median: int

    @property
    def high(self) -> int:
        """The largest number that the last bin takes."""
        return self.low + self.width * len(self.counts) - 1


@dataclass(frozen=True, slots=True)
class Drop:
    """A kind of reason, how many pairs went for it, and the first of them; none for the row of all rare kinds."""

    kind: str
    count: int
    example: Pair | None


@dataclass(frozen=True, slots=True)
class Sample:
    entry: Entry
    uri: str  # of its thumbnail
    width: int
    height: int


def write(entries: Sequence[Entry], review: Outcome, work: Path, output: Path) -> None:
    """Write the report; equal entries and decisions give equal bytes. Raises Unreadable for a broken picture."""
    entries = sorted(entries, key=lambda entry: entry.page.page_id)
    gone = left_out(work, (entry.shelf_page for entry in entries))
    named = {
        f"{gone.pages.total():,} of {gone.of_pages:,} pages have no pair here": gone.pages,
        f"{gone.files.total():,} of {gone.of_files:,} files were not taken": gone.files,
    }
    pairs = [qa for entry in entries for qa in entry.pairs]
    first = dict(reversed(list(review.gone())))  # an example of each kind
    text = (
        environment("vlm3_dataset.review")
        .get_template("report.html.j2")
        .render(
            version=read_json(output / RELEASE)["version"],
            pages=_pages(entries),
            pairs=pairs,
            split=[_side(entries, side) for side in HUB_SPLIT],
            bars=_bars(entries),
            histograms=[
                histogram("Pairs a page", "pairs", [len(entry.pairs) for entry in entries]),
                histogram("Length of a question", "characters", [len(qa.question) for qa in pairs]),
                histogram("Length of an answer", "characters", [len(qa.answer) for qa in pairs]),
            ],
            drops=[Drop(kind, count, first.get(kind)) for kind, count in _most(review.reasons())],
            differs=[pair for _, pair in review.gone() if pair.reason.startswith(DIFFERS)],
            left_out=gone,
            tables=[(title, _most(counts)) for title, counts in named.items() if counts],
            dropped=review.reasons().total(),
            review=review,
            samples=_samples(entries, work),
            pairs_a_sample=PAIRS_A_SAMPLE,
        )
    )
    write_bytes(output / "report.html", text.encode())


def histogram(title: str, unit: str, numbers: Sequence[int]) -> Histogram:
    """Return a histogram of at most BINS bins; it is never empty, as a dataset has at least one pair."""
    low, high = min(numbers), max(numbers)
    width = (high - low) // BINS + 1
    counts = Counter((number - low) // width for number in numbers)
    bins = tuple(counts[index] for index in range((high - low) // width + 1))
    return Histogram(title, unit, low, width, bins, sorted(numbers)[len(numbers) // 2])


def _side(entries: Iterable[Entry], side: str) -> tuple[str, int, int, int]:
    """Return a row of the report: split, pages, pairs, groups."""
    mine = [entry for entry in entries if entry.side == side]
    return HUB_SPLIT[side], _pages(mine), sum(len(entry.pairs) for entry in mine), len({e.page.group for e in mine})


def _pages(entries: Iterable[Entry]) -> int:
    return len({entry.shelf_page for entry in entries})


def _bars(entries: Sequence[Entry]) -> list[tuple[str, Bars]]:
    """Return the bars: pairs by what they are about, and by who made and confirmed them."""

    def by(name: Callable[[Entry, QA], str]) -> Bars:
        return _most(Counter(name(entry, qa) for entry in entries for qa in entry.pairs))

    return [
        ("Section", by(lambda entry, _: entry.page.section_name or "unknown")),
        ("Kind of page", by(lambda entry, _: entry.content_type)),
        ("Kind of question", by(lambda _, qa: qa.question_type)),
        ("Source", by(lambda entry, _: _book(entry))),
        ("Labeler", by(lambda _, qa: f"{qa.model or qa.labeler}, {qa.prompt_version}")),
        ("Numbers of the answer, read on the page", by(lambda _, qa: qa.numbers_grounded)),
        ("Worth of what owners say", by(_worth)),
        ("Second reader", by(lambda _, qa: qa.second_reader)),
        ("Reviewed by a person", by(lambda _, qa: qa.reviewed)),
    ]


def _worth(entry: Entry, qa: QA) -> str:
    return (qa.confidence or "unknown") if entry.config == "threads" else "from a page"


def _book(entry: Entry) -> str:
    """Return a page's file, marked if the page became text; for a thread its board."""
    if entry.config == "threads":
        return entry.page.source.rpartition("/")[0]
    return entry.page.source if entry.image else f"{entry.page.source}, as text"


def _most(counts: Counter[str]) -> Bars:
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    rest = ordered[LONGEST_TABLE:]
    return ordered[:LONGEST_TABLE] + ([(f"{len(rest)} others", sum(count for _, count in rest))] if rest else [])


def _samples(entries: Sequence[Entry], work: Path) -> list[Sample]:
    """Return pages from the whole dataset, drawn by a hash, in the dataset's order."""
    shown = (entry for entry in entries if entry.image)
    drawn = sorted(shown, key=lambda entry: sha256(entry.page.page_id.encode()))[:SAMPLES]
    samples = []
    for entry in sorted(drawn, key=lambda entry: entry.page.page_id):
        page = thumbnail(work / entry.page.image, THUMBNAIL)
        uri = data_uri(encoded(page, "WEBP", quality=60, method=4), "image/webp")
        samples.append(Sample(entry, uri, page.width, page.height))
    return samples
