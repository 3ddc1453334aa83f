"""Split pages by what they print, the number of their pairs, and the user's options."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.filters import likeness, split
from vlm3_dataset.filters.split import VALIDATION_SHARE, Side, SplitOptions
from vlm3_dataset.hub.format import NO_VALIDATION, Entry
from vlm3_dataset.schema import Page
from vlm3_dataset.selection import NoSuchPage, fits
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.pages.rows import lines


def sides(
    pages: Sequence[Page],
    pairs: Mapping[str, int],
    repeats: Iterable[tuple[str, str]],
    work: Path,
    before: Mapping[str, Side],
    *,
    share: float | None = None,
    val: tuple[str, ...] = (),
) -> dict[str, Side | None]:
    """Return the side of every page; None for one that is like pages of both sides.

    Pages that are alike, or had the same question with the same answer (`repeats`), stand on one side. Groups of the
    last dataset keep theirs, which `before` tells. `share` of the pairs validates, or the pages that the globs of `val`
    fit. Raises NoSuchPage.
    """
    validates = frozenset(page.group for page in pages if any(fits(page, glob) for glob in val))
    if val and not validates:
        raise NoSuchPage(f"--val {' --val '.join(val)} fits none of {len(pages)} pages, by source or by id")
    group = {page.page_id: page.group for page in pages}
    weights: Counter[str] = Counter()
    for page in pages:
        weights[page.group] += pairs[page.page_id]
    # A thread without a pair need not be compared: a board has 40,000, and their words would take gigabytes.
    told = [page for page in pages if page.image or pairs[page.page_id]]
    alike = [*_alike(told, work), *repeats]
    joined = ((group[one], group[other]) for one, other in alike if one in group and other in group)
    found = split.sides(weights, joined, before, SplitOptions(share, validates))
    return {page_id: found[of] for page_id, of in group.items()}


def summary(entries: Iterable[Entry], *, share: float | None, is_named: bool) -> str:
    """Return a line with the pages and pairs of each side, and a warning if they are out of balance."""
    rows: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    for entry in entries:
        rows[entry.side] += len(entry.pairs)
        pages[entry.side] += 1
    text = f"{rows['train']} pairs on {pages['train']} pages to train, {rows['val']} on {pages['val']} to validate"
    return text + warning(rows["val"], rows.total(), share=share, is_named=is_named)


def warning(val: int, total: int, *, share: float | None, is_named: bool) -> str:
    """Return a warning about a split that is out of balance, and how to mend it; "" if it is balanced."""
    if not val:
        return f"; {NO_VALIDATION}"
    if is_named or split.is_balanced(val, total, share or VALIDATION_SHARE):
        return ""
    why = (
        "groups are whole" if share else "groups are whole and old ones stay where they are: --val-share 0.1 moves them"
    )
    return f"; {val / total:.0%} of the pairs validate, as {why}, --val GLOB says which do"


def _alike(pages: Sequence[Page], work: Path) -> Iterable[tuple[str, str]]:
    words = {
        page.page_id: likeness.trigrams(lines(load_reading(work, page.page_id).segments))
        for page in tqdm(pages, "compare pages", unit="page", delay=2, leave=False)
    }
    silent = {
        page.page_id: likeness.look((work / page.image).read_bytes())
        for page in pages
        if len(words[page.page_id]) < likeness.FEWEST and page.image
    }
    yield from likeness.alike_in_words(words)
    yield from likeness.alike_in_looks(silent)
