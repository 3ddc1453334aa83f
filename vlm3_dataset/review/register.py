"""The decisions about a work folder, while a reviewer adds to them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from vlm3_dataset.review import log
from vlm3_dataset.review.decisions import Decision, Subject, remaining, standing
from vlm3_dataset.review.pairs import Pair


class Register:
    """What stands in all logs, read again whenever one has grown; what is added goes to one reviewer's."""

    def __init__(self, work: Path, reviewer: str) -> None:
        self._work, self.reviewer = work, reviewer
        self._stamp: object = None
        self._remaining: list[Decision] = []
        self._standing: dict[Subject, Decision] = {}

    def standing(self) -> Mapping[Subject, Decision]:
        self._refresh()
        return self._standing

    def mine(self) -> Iterator[Decision]:
        """The reviewer's own decisions, the newest first."""
        self._refresh()
        return (each for each in reversed(self._remaining) if each.reviewer == self.reviewer)

    def add(self, pair: Pair, verdict: str, **fields: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        log.append(self._work, Decision(pair.subject, verdict, self.reviewer, at, **fields))

    def _refresh(self) -> None:
        if (now := log.stamp(self._work)) != self._stamp:
            self._remaining = remaining(log.read(self._work))
            self._standing, self._stamp = standing(self._remaining), now
