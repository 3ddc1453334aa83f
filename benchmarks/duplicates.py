"""How long does it take to find the questions that are asked twice, among 12,000 and among 100,000?

Ours: parted by numbers, opposites and answers first, compared by vectors within a part. Theirs: sentence-transformers'
paraphrase_mining_embeddings on the same vectors, and the same guards on the pairs it finds. A twentieth are planted
duplicates, another twentieth look alike and have another answer; both sides must find the same. Vectors are made, since
making real ones takes both sides equally long.
"""

import resource
import time

import numpy as np
import torch
from _pairs import compare
from sentence_transformers.util import paraphrase_mining_embeddings

from vlm3_dataset.quality import duplicates
from vlm3_dataset.schema import QA

SIZE, SHARE, VALUES = 384, 20, 300


def planted(count: int) -> tuple[list[duplicates.Item], np.ndarray]:
    """Questions in words only: digits in them would part them for both sides."""
    random = np.random.default_rng(0)
    again = count // SHARE
    base = random.standard_normal((count - 2 * again, SIZE), dtype=np.float32)
    near = np.tile(base[:again], (2, 1)) + 0.02 * random.standard_normal((2 * again, SIZE), dtype=np.float32)
    vectors = np.concatenate([base, near])
    answers = [f"{number % VALUES} Nm" for number in range(len(base))]
    answers += [*answers[:again], *(f"{number % VALUES}.5 Nm" for number in range(again))]
    items = [duplicates.Item(word(n), QA(f"bolt {word(n)}", answers[n], "", "", "", None, "")) for n in range(count)]
    return items, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def word(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def sides(count: int) -> tuple:
    items, vectors = planted(count)
    row = {item.qa.question: number for number, item in enumerate(items)}

    def ours() -> float:
        began = time.perf_counter()
        gone = duplicates.duplicates(items, lambda texts: vectors[[row[text] for text in texts]])
        took = time.perf_counter() - began
        check(set(gone), count)
        return took

    def theirs() -> float:
        began = time.perf_counter()
        found = paraphrase_mining_embeddings(torch.from_numpy(vectors), top_k=10)
        gone = {
            max(one, other) for score, one, other in found if score >= duplicates.COSINE and agree(items, one, other)
        }
        took = time.perf_counter() - began
        check(gone, count)
        return took

    return ours, theirs


def agree(items: list[duplicates.Item], one: int, other: int) -> bool:
    first, second = items[one].qa, items[other].qa
    same = duplicates.guard(first.question) == duplicates.guard(second.question)
    return same and duplicates.said(first.answer) == duplicates.said(second.answer)


def check(gone: set[int], count: int) -> None:
    again = count // SHARE
    if gone != set(range(count - 2 * again, count - again)):
        raise SystemExit(f"{len(gone)} found, and {again} were planted")


def main() -> None:
    print("100,000 questions")
    compare(*sides(100_000), "s", pairs=1)
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB at most, both sides and torch together")
    print("12,000 questions")
    compare(*sides(12_000), "s")


if __name__ == "__main__":
    main()
