"""Store answers in answers.jsonl, one per line, found again by a digest of everything that decides them."""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from evaluation.models.weights import Weights
from evaluation.rows import Question
from vlm3_dataset.files import fingerprint
from vlm3_dataset.hub.reader import MAX_PIXELS


class StoreError(ValueError):
    """The reason why answers cannot be read or written here, in one line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How answers are generated: greedily, so that two runs are equal."""

    max_new_tokens: int = 256
    dtype: str = "bfloat16"
    max_pixels: int = MAX_PIXELS  # a processor saved with an adapter may set less, which then holds


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model in this process: weights, perhaps with an adapter, behind a processor, under settings."""

    weights: Weights
    processor: Weights
    adapter: Weights | None = None
    settings: Settings = Settings()

    @property
    def name(self) -> str:
        return self.weights.name if self.adapter is None else f"{self.weights.name} + {self.adapter.name}"

    @property
    def tiny(self) -> bool:
        return self.weights.tiny

    def provenance(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "model": self.weights.digest,
            "revision": self.weights.revision,
            "adapter": self.adapter and self.adapter.digest,
            "processor": {"name": self.processor.name, "digest": self.processor.digest},
            "settings": asdict(self.settings) | {"decoding": "greedy"},
        }

    def key(self, question: Question) -> str:
        """Return the digest of all that decides the answer, except the batch in which it is generated."""
        return fingerprint(
            self.weights.digest,
            self.adapter.digest if self.adapter else None,
            self.processor.digest,
            self.settings,
            question.image_sha256,
            question.text,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    key: str
    question: str  # its id, for people who read the file
    model: str
    text: str
    tokens: int
    truncated: bool
    error: str | None = None  # why there is no answer; the next run asks again


class AnswerStore:
    """The answers of a run folder. Open it with `with`: one process at a time writes.

    Lines are only ever appended, so a killed process leaves at most one torn line, which the next one cuts off.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._answers: dict[str, Answer] = {}

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("ab+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise StoreError(
                f"{self.path} is being written by another run; wait for it, or use another --run"
            ) from None
        self._file.seek(0)
        self._file.truncate(self._file.read().rfind(b"\n") + 1)  # the end of a run that was killed
        self._read()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def get(self, key: str) -> Answer | None:
        return self._answers.get(key)

    def add(self, answers: Iterable[Answer]) -> None:
        """Append new answers, except errors, in one write that is on disk when this returns."""
        new = {answer.key: answer for answer in answers if answer.key not in self._answers and answer.error is None}
        lines = "".join(json.dumps(asdict(answer), ensure_ascii=False) + "\n" for answer in new.values())
        self._file.write(lines.encode())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._answers |= new

    def _read(self) -> None:
        self._file.seek(0)
        for number, line in enumerate(self._file, 1):
            try:
                answer = Answer(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise StoreError(f"{self.path} line {number} is no answer ({error}); delete it to ask again") from None
            self._answers[answer.key] = answer
