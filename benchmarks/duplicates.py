"""How long does it take to find every pair of like questions among 12,000, the ordinary case?

Ours: blocked matrix products in numpy. Theirs: sentence-transformers' paraphrase_mining_embeddings on the same vectors.
Both are exact; a twentieth of the vectors are planted duplicates, and both sides must find all of them.
"""

import time

import numpy as np
import torch
from _pairs import compare
from sentence_transformers.util import paraphrase_mining_embeddings

from vlm3_dataset.quality import duplicates
from vlm3_dataset.schema import QA

COUNT, PLANTED, SIZE = 12_000, 600, 384


def vectors() -> np.ndarray:
    random = np.random.default_rng(0)
    base = random.standard_normal((COUNT - PLANTED, SIZE), dtype=np.float32)
    again = base[:PLANTED] + 0.02 * random.standard_normal((PLANTED, SIZE), dtype=np.float32)
    both = np.concatenate([base, again])
    return both / np.linalg.norm(both, axis=1, keepdims=True)


def word(number: int) -> str:
    """A number spelled in letters: digits would keep the questions apart whatever their vectors say."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def main() -> None:
    found = vectors()
    items = [duplicates.Item(word(n), QA(f"question {word(n)}", "24 Nm", "", "", "", None, "")) for n in range(COUNT)]

    def ours() -> float:
        started = time.perf_counter()
        gone = duplicates.duplicates(items, lambda _: found)
        took = time.perf_counter() - started
        assert len(gone) >= PLANTED, len(gone)
        return took

    def theirs() -> float:
        started = time.perf_counter()
        pairs = paraphrase_mining_embeddings(torch.from_numpy(found), top_k=10)
        took = time.perf_counter() - started
        assert sum(score >= duplicates.COSINE for score, _, _ in pairs) >= PLANTED
        return took

    compare(ours, theirs, "s")


if __name__ == "__main__":
    main()
