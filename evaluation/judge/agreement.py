"""Measure whether the judge agrees with a person: thirty answers judged by hand, Cohen's kappa for each metric."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from evaluation.rows import DataError, spread_evenly
from evaluation.statistics import Interval, mean_interval
from vlm3_dataset.errors import Misused

CASES = 30
FILE = "agreement.jsonl"
ASKED = {  # the question to the person for each judged metric; the judge agrees with "yes" where its score is 1
    "Faithfulness": "Does all of the answer stand on the page?",
    "AnswerRelevancy": "Does every statement of it help to answer the question?",
}


@dataclass(frozen=True, slots=True)
class Item:
    """An answer and a judged metric, with the judge's score, which the person does not see."""

    id: str
    side: str  # before or after tuning
    metric: str
    page_id: str
    image: str | None
    question: str
    answer: str
    judge: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """An answer that judge and person judged."""

    judge: bool
    person: float  # the share of the persons that say yes
    page_id: str
    weight: float = 1.0  # how many answers of the run it stands for


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far judge and person agree in the run, by a sample of `n` of its answers."""

    n: int
    pages: int
    share: float
    kappa: float
    interval: Interval


Key = tuple[str, str, str, str]  # id, side, metric and answer: a changed answer is another item


def agreement(both: Sequence[Compared]) -> Agreement:
    """Return how often judge and person agree, and how much more often than by chance.

    Cohen 1960, Educational and Psychological Measurement 20:37, every answer counted with its weight. The interval is
    that of the share of agreement by page, at the chance that was found: it has a width at full agreement too. Where
    both give one verdict to everything, chance explains all and kappa is 0.
    """
    weights, pages = [one.weight for one in both], [one.page_id for one in both]
    agreed = [one.person if one.judge else 1 - one.person for one in both]
    share = fmean(agreed, weights)
    judges, persons = fmean([one.judge for one in both], weights), fmean([one.person for one in both], weights)
    chance = judges * persons + (1 - judges) * (1 - persons)
    if chance == 1:
        return Agreement(len(both), len(set(pages)), share, 0.0, Interval(-1.0, 1.0))
    around = mean_interval(agreed, pages, weights)
    kappa, low, high = ((one - chance) / (1 - chance) for one in (share, around.low, around.high))
    return Agreement(len(both), len(set(pages)), share, kappa, Interval(max(-1.0, low), high))


def by_metric(run: Path, items: Sequence[Item]) -> dict[str, Agreement]:
    """Return how far the persons agree with the judge, by the metrics they judged; `items` are all of the run.

    Half of a sample is such as the judge failed, so an answer counts for as many of the run as were passed or failed
    for each that a person judged. One that several persons judged is one answer: they look at the same words and page.
    """
    said, failed = read_verdicts(run), _failed_cases(items)
    strata: dict[tuple[str, bool], list[Item]] = {}
    for item in items:
        strata.setdefault((item.metric, (item.id, item.side) in failed), []).append(item)
    both: dict[str, list[Compared]] = {}
    for (metric, _), alike in strata.items():
        told = [(item, [of[key] for of in said.values() if (key := item_key(item)) in of]) for item in alike]
        seen = [(item, fmean(verdicts)) for item, verdicts in told if verdicts]
        both.setdefault(metric, []).extend(
            Compared(item.judge, person, item.page_id, len(alike) / len(seen)) for item, person in seen
        )
    return {metric: agreement(some) for metric, some in both.items() if some}


def _failed_cases(items: Iterable[Item]) -> set[tuple[str, str]]:
    """Return id and side of each answer that the judge failed by any metric."""
    return {(item.id, item.side) for item in items if not item.judge}


def judged(rows: Iterable[Mapping[str, Any]]) -> Iterator[Item]:
    """Yield the judged answers among rows of results.jsonl; blank answers and refusals were not judged."""
    for row in rows:
        texts = (row["page_id"], row["image"], row["question"])
        for side in ("before", "after"):
            for metric in ASKED if not row[side]["silence"] else ():
                score = row[side]["scores"].get(metric)
                if score and score["value"] is not None:
                    yield Item(row["id"], side, metric, *texts, row[side]["answer"], judge=score["value"] == 1)


def load(run: Path) -> list[Item]:
    """Return every judged answer of a run. Raises Misused where there is none."""
    path = run / "results.jsonl"
    if not path.is_file():
        raise Misused(f"{run} has no results.jsonl; name the folder of a run that was made with --judge claude")
    with path.open("rb") as lines:
        items = [*judged(map(json.loads, lines))]
    if not items:
        raise Misused(f"nobody has judged the answers in {path}; run again with --judge")
    return items


def draw(items: Sequence[Item]) -> list[Item]:
    """Return the items for a person to judge: half of them failed by the judge, if there are that many."""
    failed, cases = _failed_cases(items), dict.fromkeys((item.id, item.side) for item in items)
    bad, good = ([case for case in cases if (case in failed) is wanted] for wanted in (True, False))
    few = min(len(bad), max(CASES // 2, CASES - len(good)))
    chosen = {*spread_evenly(bad, few), *spread_evenly(good, CASES - few)}
    return [item for item in items if (item.id, item.side) in chosen]


def item_key(item: Item) -> Key:
    return item.id, item.side, item.metric, item.answer


def read_verdicts(run: Path) -> dict[str, dict[Key, bool]]:
    """Return each person's verdicts without those taken back; a torn last line is a killed writer's, and dropped.

    Raises DataError for any other malformed line.
    """
    path, said = run / FILE, {}
    lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            of, verdict = (row["id"], row["side"], row["metric"], row["answer"]), row["verdict"]
            said.setdefault(row["person"], {}).pop(of, None)
        except (ValueError, KeyError, TypeError):
            raise DataError(f"{path} line {number} is no verdict; mend that line or remove it") from None
        if verdict is not None:
            said[row["person"]][of] = verdict
    return said


def append_verdict(run: Path, item: Item, person: str, verdict: bool | None) -> None:
    """Append a person's verdict, which is on the disk when this returns; None takes the last one back."""
    told = dict(zip(("id", "side", "metric", "answer"), item_key(item), strict=True))
    told |= {"person": person, "verdict": verdict, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    with (run / FILE).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
