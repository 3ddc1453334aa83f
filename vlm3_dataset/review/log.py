"""Write decisions to <work>/decisions/<reviewer>.jsonl: one line each, only ever appended.

There is one file per reviewer, so that two people's work is joined by putting their files into one folder. They are
JSON lines and not SQLite because these files are mailed, read and kept under version control.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from vlm3_dataset.errors import UserError
from vlm3_dataset.review.decisions import Decision, Subject, Verdict, remaining, standing
from vlm3_dataset.review.pairs import Pair

FOLDER = "decisions"
_DECISION = TypeAdapter(Decision)


class Damaged(UserError):
    """A log has a line that `append` did not write."""


def read(work: Path) -> list[list[Decision]]:
    """Return every reviewer's log, by name. A torn last line is dropped: its writer was killed before it confirmed.

    Raises Damaged.
    """
    return [_parse(path) for path in _logs(work)]


def standing_in(work: Path) -> dict[Subject, Decision]:
    """Return the decision in force for each pair, by all logs. Raises Damaged."""
    return standing(remaining(read(work)))


def stamp(work: Path) -> tuple[tuple[str, int, int], ...]:
    """Return a value that changes whenever a log does."""
    found = ((path.name, path.stat()) for path in _logs(work))
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in found)


def append(work: Path, decision: Decision) -> None:
    """Append a line, which is on the disk when this returns; first cut off the torn line of a killed writer.

    Reviewers whose names come out alike as file names share a log, whose lines say who.
    """
    name = re.sub(r"[^\w-]+", "-", decision.reviewer.casefold())[:60].strip("-") or "reviewer"
    path = work / FOLDER / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        whole = _whole(file.read())
        file.truncate(len(whole))
        end = b"" if whole.endswith(b"\n") or not whole else b"\n"
        file.write(end + line(decision))
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # which has the name of a new log
    finally:
        os.close(folder)


def line(decision: Decision) -> bytes:
    return _DECISION.dump_json(decision, exclude_none=True) + b"\n"


class Register:
    """The decisions in all logs, read again whenever one has grown; new ones go to one reviewer's log."""

    def __init__(self, work: Path, reviewer: str) -> None:
        self._work, self.reviewer = work, reviewer
        self._stamp: object = None
        self._remaining: list[Decision] = []
        self._standing: dict[Subject, Decision] = {}

    def standing(self) -> Mapping[Subject, Decision]:
        self._refresh()
        return self._standing

    def mine(self) -> Iterator[Decision]:
        """Return the reviewer's own decisions, the newest first."""
        self._refresh()
        return (each for each in reversed(self._remaining) if each.reviewer == self.reviewer)

    def add(self, pair: Pair, verdict: Verdict, **fields: str) -> None:
        """Write a decision down, unless it is the one in force: a button that is pressed twice decides once."""
        decision = Decision(pair.subject, verdict, self.reviewer, _now(), **fields)
        before = self.standing().get(pair.subject)
        if before is None or replace(before, at=decision.at) != decision:
            append(self._work, decision)

    def take_back(self, decision: Decision) -> None:
        """Undo a decision of the reviewer's own; one that was carried over is undone where it was made."""
        append(self._work, Decision(decision.carried_from or decision.pair, "undo", self.reviewer, _now()))

    def _refresh(self) -> None:
        if (now := stamp(self._work)) != self._stamp:
            self._remaining = remaining(read(self._work))
            self._standing, self._stamp = standing(self._remaining), now


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _logs(work: Path) -> list[Path]:
    return sorted((work / FOLDER).glob("*.jsonl"))


def _parse(path: Path) -> list[Decision]:
    found = []
    for number, line in enumerate(_whole(path.read_bytes()).splitlines(), 1):
        try:
            found.append(_DECISION.validate_json(line))
        except ValidationError:
            raise Damaged(f"{path}, line {number} is no decision; mend that line or remove it") from None
    return found


def _whole(data: bytes) -> bytes:
    """Return a log without a torn last line. A whole line without its line end stays: an editor may leave it so."""
    lines, end, last = data.rpartition(b"\n")
    try:
        _DECISION.validate_json(last)
    except ValidationError:
        return lines + end
    return data
