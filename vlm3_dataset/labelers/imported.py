"""Import pairs that a person or another tool made, and bind each to the page that it is about.

A line of the file is a row of our own JSONL (`conversations` and `metadata`), or an object with `file`, `question`,
`answer`, and optionally `pdf_page` (from 1), `evidence` and `question_type`. For a row without evidence, the printed
words that hold most of the answer are searched in the page's reading. A row without a page is left out with a reason,
and so is one about a thread, whose posts it would have to quote.
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from vlm3_dataset.errors import Misused
from vlm3_dataset.files import sha256
from vlm3_dataset.schema import AS_TEXT, QA, Segment
from vlm3_dataset.sources.identity import Name
from vlm3_dataset.sources.pages.rows import columns, rows

MOST_ROWS = 6  # of print that evidence may span
ROW_COST = 0.5  # words that a further row must bring
ENOUGH = 0.6  # share of the answer's words, numbers counting three, that must stand there
WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
NOT_CHOSEN = "its page is left out by --only, --sample or --limit"
COMMON = frozenset(
    re.findall(r"\w+", "a an and are as at be by for from in is it of on or that the this to was which with")
)


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A row of the file that could not be bound to a page that is asked about, and why."""

    line: int
    file: str
    question: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds: pairs by page id, without evidence where it quotes none, and what was left out."""

    pairs: Mapping[str, Sequence[QA]]
    left_out: Sequence[LeftOutRow]


def read(path: Path, pages: Sequence[Mapping[str, Any]], names: Sequence[Name] = ()) -> Imported:
    """Return the pairs of a file, bound to the pages of a run, which are given as rows of the dataset.

    `names` are those of all files of the shelf, also of what --only, --sample or --limit has left out.

    Raises:
        Misused: the file cannot be read.
    """
    try:
        data = path.read_bytes()
        lines = data.decode("utf-8-sig").split("\n")  # our own rows hold other signs that `splitlines` would cut at
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise Misused(f"{path}: the pairs cannot be read: {reason}; mend --pairs") from error
    made_by = f"{path.name} {sha256(data)[:12]}"
    shelf = _Shelf(pages, names)
    pairs, left_out = defaultdict(list), []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        file, question = "", ""
        try:
            row = _row(line)
            file, question = _text(row, "file") or _text(row, "page_id"), _text(row, "question")
            pairs[shelf.page_id(row)].append(_pair(row, made_by))
        except ValueError as error:
            left_out.append(LeftOutRow(number, file, question, str(error)))
    return Imported(pairs, left_out)


def with_evidence(pairs: Iterable[QA], segments: Sequence[Segment]) -> tuple[QA, ...]:
    """Return the pairs of a page; one without evidence gets the printed words that hold most of its answer."""
    return tuple(replace(qa, evidence=qa.evidence or evidence(qa.question, qa.answer, segments)) for qa in pairs)


def is_located(qa: QA, segments: Sequence[Segment]) -> bool:
    """Return whether the evidence of a pair was searched in its page's reading, and quoted by nobody."""
    return qa.labeler == "imported" and qa.evidence == evidence(qa.question, qa.answer, segments)


def evidence(question: str, answer: str, segments: Sequence[Segment]) -> str:
    """Return the print that holds most of an answer, "" where none holds enough; the question decides between equals.

    It lies in one column, as a row across two columns is no sentence; three dots stand for print that is left out. A
    number of the answer that the page prints elsewhere alone comes last, with its row.
    """
    wanted = set(_words(answer))
    weights = dict.fromkeys(_words(question), 0.5) | {word: 3.0 if word[0].isdigit() else 1.0 for word in wanted}
    best: tuple[float, list[tuple[Segment, set[str]]]] = (0.0, [])
    every = []
    for column in columns(segments):
        printed = [[(piece, set(_words(piece.text)) & weights.keys()) for piece in row] for row in rows(column)]
        every += printed
        for start in range(len(printed)):
            found: set[str] = set()
            for stop in range(start + 1, min(start + MOST_ROWS, len(printed)) + 1):
                found |= {word for _, words in printed[stop - 1] for word in words}
                score = sum(weights[word] for word in found) - ROW_COST * (stop - start)
                if score > best[0]:
                    best = score, [part for row in printed[start:stop] for part in row]
    found = {word for _, words in best[1] for word in words}
    if not wanted or sum(weights[word] for word in wanted & found) < ENOUGH * sum(weights[word] for word in wanted):
        return ""
    runs = [list(run) for has_words, run in groupby(best[1], key=lambda part: bool(part[1])) if has_words]
    for number in sorted(word for word in wanted - found if word[0].isdigit()):
        row = next((row for row in every if any(number in words for _, words in row)), None)
        runs += [row] if row and row not in runs else []
    return " ... ".join(" ".join(piece.text for piece, _ in run) for run in runs)


class _Shelf:
    """The pages that are asked about, by what a row may call them, and how many pages each file has."""

    def __init__(self, pages: Sequence[Mapping[str, Any]], names: Sequence[Name]) -> None:
        self.by_id = {page["page_id"]: page for page in pages}
        self.by_source = defaultdict(list)
        for page in pages:
            self.by_source[_path(page["source"])].append(page)
        self.counts = {source: len(found) for source, found in self.by_source.items()}
        self.counts |= {_path(name.source): name.pages for name in names}
        self.left_out = {page_id for name in names for page_id in name.ids()} - self.by_id.keys()

    def page_id(self, row: Mapping[str, Any]) -> str:
        """Return the page of a row. Raises ValueError where it has none, or none that a file's pairs are taken for."""
        page_id = _text(row, "page_id")
        page = self.by_id.get(page_id) or self.by_id.get(page_id.removesuffix(AS_TEXT))
        if self.left_out & {page_id, page_id.removesuffix(AS_TEXT)}:
            raise ValueError(NOT_CHOSEN)
        page = page or self._named(_path(_text(row, "file")), _number(row.get("pdf_page")))
        if page["origin"] == "thread":
            raise ValueError("it is about a thread, and a file gives no pairs about threads")
        if page["reason"] or not page["ask"]:
            raise ValueError(f"nothing is asked about its page: {page['reason'] or page['why_not'] or 'unknown'}")
        return page["page_id"]

    def _named(self, file: str, number: Any) -> Mapping[str, Any]:
        sources = [file] if file in self.counts else self._ends(file)
        if len(sources) != 1:
            raise ValueError(f"{len(sources)} files of the shelf have this name" if sources else "not on the shelf")
        (source,) = sources
        count = self.counts[source]
        if number is None and count > 1:
            raise ValueError(f"the file has {count} pages, and the row does not say which (pdf_page)")
        if found := [page for page in self.by_source[source] if number is None or page["number"] == number]:
            return found[0]
        is_there = number is None or (isinstance(number, int) and 1 <= number <= count)
        raise ValueError(NOT_CHOSEN if is_there else f"the file has no page {number}")

    def _ends(self, file: str) -> list[str]:
        """Return the sources that a path leads to from another folder: `/home/me/manual/21 - Clutch/21-03.jpg`."""
        return [one for one in self.counts if file and (f"/{one}".endswith(f"/{file}") or file.endswith(f"/{one}"))]


def _row(line: str) -> dict[str, Any]:
    """Return a line as file (or page_id), question and answer. Raises ValueError where it is no such row."""
    try:
        row = json.loads(line)
        json.dumps(row, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("no row: its brackets are nested too deep") from None
    except UnicodeEncodeError:
        raise ValueError("no row: half a character cannot be written") from None
    if not isinstance(row, dict):
        raise ValueError("no row: an object with file, question and answer is one")  # noqa: TRY004 - a line, not a bug
    if "conversations" in row:
        row = _own(row)
    if missing := [name for name in ("question", "answer") if not _text(row, name)]:
        raise ValueError(f"no row: it has no {' and no '.join(missing)}")
    return row


def _own(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of our own JSONL in the same form; without question or answer where it is none."""
    metadata = row["metadata"] if isinstance(row.get("metadata"), dict) else {}
    turns = row["conversations"] if isinstance(row["conversations"], list) else []
    said = {str(turn.get("role")): turn.get("content") for turn in turns if isinstance(turn, dict)}
    return {"file": metadata.get("source"), **metadata, "question": said.get("user"), "answer": said.get("assistant")}


def _pair(row: Mapping[str, Any], made_by: str) -> QA:
    return QA(
        question=_text(row, "question"),
        answer=_text(row, "answer"),
        evidence=_text(row, "evidence"),
        question_type=_text(row, "question_type") or "other",
        labeler="imported",
        model=_text(row, "model") or None,
        prompt_version=made_by,
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    found = row.get(name)
    return found.strip() if isinstance(found, str) else ""


def _number(page: Any) -> Any:
    """Return the number of a page, which some programs write as text."""
    return int(page) if isinstance(page, str) and page.strip().isdecimal() else page


def _path(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\\", "/")).removeprefix("./")


def _words(text: str) -> Iterator[str]:
    words = (word.replace(",", ".") for word in WORD.findall(text.casefold()))
    return (word for word in words if word not in COMMON)
