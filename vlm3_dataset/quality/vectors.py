"""Sentence vectors that were made once: one SQLite file, keyed by the weights they come from and by the text."""

import hashlib
import sqlite3
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Protocol

import numpy as np
from tqdm import tqdm

BATCH = 1_024  # texts made and written together: a kill loses the vectors of one batch, 3 to 6 seconds of work
TABLE = "create table if not exists vector (weights text, text blob, vector blob, primary key (weights, text))"
GET = "select vector from vector where weights = ? and text = ?"
HAS = "select 1 from vector where weights = ? and text = ?"


class Embed(Protocol):
    """`weights` is equal where, and only where, the vectors are."""

    weights: str

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """float32 [n, d], rows of length 1."""


class Vectors:
    """An embedder that remembers. A text counts by its SHA-256.

    Vectors are written a batch at a time, each in one transaction: a kill leaves whole batches, which the next run
    finds, and it makes the rest.
    """

    def __init__(self, path: Path, embed: Embed) -> None:
        self._path, self._embed = path, embed

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """float32 [n, d]. Beside what it returns, the digests and one batch are in memory."""
        digests = [hashlib.sha256(text.encode()).digest() for text in texts]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path)
        try:
            db.execute("pragma journal_mode=wal")
            db.execute("pragma synchronous=normal")  # what a power cut takes can be made again
            db.execute(TABLE)
            self._make(db, dict(zip(digests, texts, strict=True)))
            return self._gather(db, digests)
        finally:
            db.close()

    def _make(self, db: sqlite3.Connection, texts: dict[bytes, str]) -> None:
        weights = self._embed.weights
        missing = ((key, text) for key, text in texts.items() if not db.execute(HAS, (weights, key)).fetchone())
        rest = list(missing)
        for start in tqdm(range(0, len(rest), BATCH), desc="vectors", unit=f"{BATCH} questions", disable=not rest):
            batch = rest[start : start + BATCH]
            vectors = self._embed([text for _, text in batch]).astype(np.float32)
            rows = [(weights, key, vector.tobytes()) for (key, _), vector in zip(batch, vectors, strict=True)]
            with db:
                db.executemany("insert or replace into vector values (?, ?, ?)", rows)

    def _gather(self, db: sqlite3.Connection, digests: list[bytes]) -> np.ndarray:
        rows = (np.frombuffer(db.execute(GET, (self._embed.weights, key)).fetchone()[0], np.float32) for key in digests)
        first = next(rows, None)
        if first is None:
            return np.empty((0, 0), np.float32)
        found = np.empty((len(digests), len(first)), np.float32)
        for number, row in enumerate(chain([first], rows)):
            found[number] = row
        return found
