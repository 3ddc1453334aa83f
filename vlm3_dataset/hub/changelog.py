"""Compare a dataset with the last release: its version, and the text of its CHANGELOG. Pure.

A release is a dataset that was published; `released.json` keeps what it held. Every emit until the next release
compares with it, so the same pairs always get the same version.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from vlm3_dataset.files import fingerprint
from vlm3_dataset.hub.format import LATER, PAGE, PAIR, Entry, conversations

FIRST = "1.0.0"
TITLE = "# Changelog\n\nPairs by page; a pair is changed where its question stayed and anything else did not.\n"

BEFORE = "What was published before, if anything, is not known in this folder."

Pairs = dict[str, str]  # `<page_id>: <question>` -> digest of the row
Columns = tuple[str, ...]

_LATEST = [LATER[number:] for number in range(len(LATER), -1, -1)]  # none of them, the last, the last two, ...


@dataclass(frozen=True, slots=True)
class Release:
    """One version of the dataset. `columns` is the digest of what a row has."""

    version: str
    columns: str
    pairs: Pairs
    changelog: str


@dataclass(frozen=True, slots=True)
class Changes:
    """How many pairs of each page were added, removed or changed."""

    added: Counter[str]
    removed: Counter[str]
    changed: Counter[str]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def pairs_of(entries: Iterable[Entry], without: Collection[str] = ()) -> Pairs:
    """Return a digest of every pair, the side of the split included and the columns `without` left out."""
    found: Pairs = {}
    for entry in entries:
        for row in conversations(entry):
            name = f"{entry.page.page_id}: {row['conversations'][0]['content']}"
            while name in found:  # one question may have two answers: a front and a rear axle of one table
                name += " (again)"
            told = {column: value for column, value in row["metadata"].items() if column not in without}
            found[name] = fingerprint(row | {"metadata": told}, entry.side, entry.page.sha256)
    return dict(sorted(found.items()))


def compare(last: Pairs, now: Pairs) -> Changes:
    both = last.keys() & now.keys()
    return Changes(
        added=by_page(now.keys() - last.keys()),
        removed=by_page(last.keys() - now.keys()),
        changed=by_page(key for key in both if last[key] != now[key]),
    )


def release(last: Release | None, entries: Collection[Entry]) -> Release:
    """Return the release that this dataset is, compared with the last one: the same if nothing has changed.

    Rows are compared by the columns that the last release had, so that a new column changes none of them.
    """
    now, columns = pairs_of(entries), _digest()
    if last is None:
        text = f"{TITLE}\n## {FIRST}\n\n{len(now):,} pairs on {len(by_page(now)):,} pages. {BEFORE}\n"
        return Release(FIRST, columns, now, text)
    new = next((names for names in _LATEST if _digest(names) == last.columns), None)
    changes = compare(last.pairs, pairs_of(entries, new) if new else now)
    if not changes and columns == last.columns:
        return last
    version = next_version(last.version, changes, new)
    entry = "\n".join([f"## {version}", "", *_lines(changes, new)])
    older = last.changelog.removeprefix(TITLE)
    return Release(version, columns, now, f"{TITLE}\n{entry}\n{older}")


def next_version(last: str, changes: Changes, new: Columns | None) -> str:
    """Return the next version: major if columns are gone, minor for new columns or pairs, else a patch.

    `new` are the columns that were added; None if old ones are gone.
    """
    major, minor, patch = (int(part) for part in last.split("."))
    if new is None:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if changes.added or new else f"{major}.{minor}.{patch + 1}"


def _digest(without: Columns = ()) -> str:
    """Return the digest of a row's columns."""
    return fingerprint(sorted({*PAGE, *PAIR} - {*without}))


def _lines(changes: Changes, new: Columns | None) -> Iterable[str]:
    if new is None:
        yield "- the columns of a row are others"
    elif new:
        yield f"- new in a row: {', '.join(new)}"
    for name in ("added", "removed", "changed"):
        counts: Counter[str] = getattr(changes, name)
        if counts:
            pages = ", ".join(f"{page_id} ({count})" for page_id, count in sorted(counts.items()))
            yield f"- {counts.total():,} pairs {name} on {len(counts):,} pages: {pages}"


def by_page(keys: Iterable[str]) -> Counter[str]:
    return Counter(key.partition(": ")[0] for key in keys)
