"""Does the judge agree with a person? Thirty of a run's answers, judged by hand, and Cohen's kappa for them."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.rows import spread
from evaluation.statistics import Interval
from vlm3_dataset.errors import Misused

CASES = 30
FILE = "agreement.jsonl"
METRIC = "Faithfulness"  # what a person can see on a page: whether all of an answer stands there
Z = 1.96


@dataclass(frozen=True, slots=True)
class Case:
    """An answer with the judge's verdict, which the person does not see."""

    id: str
    side: str  # before or after tuning
    image: str
    question: str
    reference: str
    answer: str
    judge: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    n: int
    share: float
    kappa: float
    interval: Interval


def agreement(verdicts: Sequence[tuple[bool, bool]]) -> Agreement:
    """Return how often judge and person agree, and how much more often than by chance.

    Cohen 1960, Educational and Psychological Measurement 20:37; its large-sample error as given there. Where both say
    the same of everything, chance explains all and kappa is 0.
    """
    n = len(verdicts)
    share = sum(one == other for one, other in verdicts) / n
    judge, person = (sum(pair[side] for pair in verdicts) / n for side in (0, 1))
    chance = judge * person + (1 - judge) * (1 - person)
    if chance == 1:
        return Agreement(n, share, 0.0, Interval(-1.0, 1.0))
    kappa = (share - chance) / (1 - chance)
    half = Z * math.sqrt(share * (1 - share) / n) / (1 - chance)
    return Agreement(n, share, kappa, Interval(max(-1.0, kappa - half), min(1.0, kappa + half)))


def draw(run: Path) -> list[Case]:
    """Return the answers of a run that a person should judge: half of them failed, where there are so many."""
    path = run / "results.jsonl"
    if not path.is_file():
        raise Misused(f"{run} has no results.jsonl; name the folder of a run that was made with --judge claude")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    cases = [case for row in rows for case in _judged(row)]
    if not cases:
        raise Misused(f"nobody has judged the answers in {path}; run again with --judge")
    passed, failed = ([case for case in cases if case.judge is verdict] for verdict in (True, False))
    few = min(CASES // 2, len(failed))
    return sorted([*spread(failed, few), *spread(passed, CASES - few)], key=lambda case: (case.id, case.side))


def ask(run: Path, answered: Callable[[str], str], tell: Callable[[str], Any]) -> Agreement | None:
    """Show what is not judged yet, one by one, and keep each verdict as it is given; None without any."""
    cases, known = draw(run), read(run)
    with (run / FILE).open("a", encoding="utf-8") as file:
        for case in cases:
            if (case.id, case.side) in known:
                continue
            tell(f"\n{case.id} ({case.image})\nquestion:  {case.question}\nanswer:    {case.answer}")
            told = ""
            while told not in {"y", "n", "s", "q"}:
                told = (
                    answered("Does all of the answer stand on the page? y yes, n no, s skip, q stop: ").strip().lower()
                )
            if told == "q":
                break
            if told != "s":
                known[case.id, case.side] = (case.judge, told == "y")
                file.write(json.dumps(asdict(case) | {"person": told == "y"}, ensure_ascii=False) + "\n")
                file.flush()
    return agreement([*known.values()]) if known else None


def read(run: Path) -> dict[tuple[str, str], tuple[bool, bool]]:
    """Return what judge and person said, by question and side; nothing where nobody was asked."""
    path = run / FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = map(json.loads, lines)
    return {(row["id"], row["side"]): (row["judge"], row["person"]) for row in rows}


def _judged(row: Mapping[str, Any]) -> Iterator[Case]:
    for side in ("before", "after"):
        score = row[side]["scores"].get(METRIC)
        if score and score["value"] is not None and not row[side]["silence"]:
            texts = (row["image"], row["question"], row["reference"], row[side]["answer"])
            yield Case(row["id"], side, *texts, judge=score["passed"])
