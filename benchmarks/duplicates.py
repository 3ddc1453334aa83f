"""How long does it take to find the questions that are asked twice, among 12,000 and among 100,000?

Ours: parted by numbers, opposites and answers first, compared by vectors within a part. Theirs: sentence-transformers'
paraphrase_mining_embeddings on the same vectors, and the same guards on the pairs it finds. A twentieth are planted
duplicates, another twentieth look alike and have another answer; their vectors are made, since making real ones takes
both sides equally long. Among them stand 12 named pairs that look alike and 8 that mean the same (`named_pairs.py` in
tests/vlm3_dataset/filters) with their real vectors: both sides must find the same, keep the 12 apart, and join 6 of the
8 at least. Memory is that of a process that holds 100,000 questions, their vectors and our side alone.
"""

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from _pairs import compare

from tests.vlm3_dataset.filters.named_pairs import APART, ONE
from vlm3_dataset.filters import duplicates
from vlm3_dataset.language.wording import distinguishing_words
from vlm3_dataset.schema import QA

SIZE, SHARE, VALUES = 384, 20, 300
NAMED = [question for pair in (*APART, *ONE) for question in pair]


def planted(count: int, named: np.ndarray) -> tuple[list[duplicates.Item], np.ndarray]:
    """Questions in words only, since digits would part them for both sides; then the named ones, with one answer."""
    random = np.random.default_rng(0)
    again, count = count // SHARE, count - len(named)
    base = random.standard_normal((count - 2 * again, SIZE), dtype=np.float32)
    near = np.tile(base[:again], (2, 1)) + 0.02 * random.standard_normal((2 * again, SIZE), dtype=np.float32)
    vectors = np.concatenate([base, near, named])
    answers = [f"{number % VALUES} Nm" for number in range(len(base))]
    answers += [*answers[:again], *(f"{number % VALUES}.5 Nm" for number in range(again))]
    questions = [f"bolt {word(number)}" for number in range(count)]
    pairs = zip([*questions, *NAMED], [*answers, *["7 Nm"] * len(named)], strict=True)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return [
        duplicates.Item(question, QA(question, answer, "", "torque", "claude", "m", "v")) for question, answer in pairs
    ], vectors


def word(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def ours(items: list[duplicates.Item], vectors: np.ndarray) -> set[int]:
    row = {item.qa.question: number for number, item in enumerate(items)}
    return set(duplicates.duplicates(items, lambda texts: vectors[[row[text] for text in texts]]))


def theirs(items: list[duplicates.Item], vectors: np.ndarray) -> set[int]:
    import torch  # noqa: PLC0415 - the process whose memory is measured needs none of it
    from sentence_transformers.util import paraphrase_mining_embeddings  # noqa: PLC0415

    found = paraphrase_mining_embeddings(torch.from_numpy(vectors), top_k=10)
    return {max(one, other) for score, one, other in found if score >= duplicates.COSINE and agree(items, one, other)}


def agree(items: list[duplicates.Item], one: int, other: int) -> bool:
    first, second = items[one].qa, items[other].qa
    same = distinguishing_words(first.question) == distinguishing_words(second.question)
    return same and duplicates.with_quantities_respelled(first.answer) == duplicates.with_quantities_respelled(
        second.answer
    )


def told(gone: set[int], count: int) -> str:
    """Every planted duplicate and none else; of the named ones the later of the pairs that mean the same."""
    again, named = count // SHARE, count - len(NAMED)
    if {index for index in gone if index < named} != set(range(named - 2 * again, named - again)):
        raise SystemExit(f"{len(gone)} found, and {again} were planted")
    apart = sum(named + 2 * number + 1 not in gone for number in range(len(APART)))
    one = sum(named + 2 * number + 1 in gone for number in range(len(APART), len(APART) + len(ONE)))
    if apart < len(APART) or one < 6:
        raise SystemExit(f"{apart} of {len(APART)} kept apart, {one} of {len(ONE)} joined")
    return f"{again:,} of {again:,} planted found, {apart} of {len(APART)} kept apart, {one} of {len(ONE)} joined"


def alone(named: np.ndarray) -> None:
    ours(*planted(100_000, named))
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    most = int(status["VmHWM"].split()[0])  # kB; ru_maxrss counts the parent's too, which has torch
    print(f"100,000 questions: {most / 1e3:.0f} MB at most, our side alone")


def both(count: int, pairs: int, named: np.ndarray) -> None:
    items, vectors = planted(count, named)
    found = {}

    def timed(side: Callable[[list[duplicates.Item], np.ndarray], set[int]]) -> float:
        began = time.perf_counter()
        found[side] = side(items, vectors)
        return time.perf_counter() - began

    print(f"{count:,} questions")
    compare(lambda: timed(ours), lambda: timed(theirs), "s", pairs=pairs)
    if found[ours] != found[theirs]:
        raise SystemExit("the two sides found other pairs")
    print(f"both sides: {told(found[ours], count)}")


def main() -> None:
    from vlm3_dataset.filters.embedding import Embedder  # noqa: PLC0415

    named = Embedder()(NAMED)
    process = multiprocessing.get_context("spawn").Process(target=alone, args=(named,))
    process.start()
    process.join()
    both(100_000, 1, named)
    both(12_000, 5, named)


if __name__ == "__main__":
    main()
