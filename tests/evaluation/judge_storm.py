"""Many answers, a judge that fails in a fifth of all calls, and kills at any moment: does each row keep its results?

python -m tests.evaluation.judge_storm --rows 1256 --kills 5 --how live
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image, ImageDraw

from evaluation.judge.judging import Judge, judge_all
from evaluation.measure import measure
from evaluation.rows import read_questions
from tests.evaluation.conftest import row
from tests.evaluation.judge import IRRELEVANT, TALK, digest, judge
from tests.forks import Forked, Forks, forking
from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.storm import CLIENT, killed
from vlm3_dataset.claude import batches, live, pace, pending_batches
from vlm3_dataset.claude.prices import named

ODDS = 0.2  # of a fault, for each call
FAULTS = (429, 529, 500, "cut")  # "cut" is a reply that ends inside its JSON
ROWS_A_PAGE = 8
MOST_RUNS = 20  # after the kills, until nothing is left to ask
# What a run imports, DeepEval as `measure` would: the names that it sets beforehand are those of tests/conftest.py.
IMPORTED = ("tests.evaluation.judge_storm", "evaluation.metrics", *CLIENT)


@dataclass(frozen=True, slots=True)
class Outcome:
    rows: int
    kills: int  # that found a run at work
    runs: int  # after the kills
    faults: Counter[str]
    results: dict[str, int]  # by metric: rows with exactly one result
    errors: int
    same: bool  # as an undisturbed run's, to the letter
    calls: int  # paid for, the replies out of form among them
    calls_undisturbed: int
    out_of_form: int
    bound: int  # the most that kills may have paid for twice by live calls: those in flight
    seconds: float


def run() -> None:
    """Judge all answers as one run does, and say how many results are errors: the process that is killed."""
    pending_batches.WAITS, pending_batches.SHOWN_AFTER, pace.BACK_OFF = (0.05,), timedelta(seconds=1), (0.05,)
    batches.MOST_REQUESTS = 300
    data, folder, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    questions, answers = read_questions(data, "val"), json.loads((data / "answers.json").read_text())
    asked = list(zip(questions, answers, strict=True))
    judged = judge_all(Judge(named("claude-haiku-5-5"), folder, 50, how), asked)
    scores = as_data(measure(questions, answers, folder, "storm", judged))
    (folder / "scores.json").write_text(json.dumps(scores))
    print(sum(score["value"] is None for found in scores.values() for score in found.values()))


def as_data(scores: dict) -> dict:
    """Scores by metric and row, as JSON."""
    return {
        target.metric: {
            name: {"value": score.value, "passed": score.passed, "error": score.error, "reason": score.reason}
            for name, score in found.items()
        }
        for target, found in scores.items()
    }


def draw(folder: Path, rows: int, size: tuple[int, int] = (160, 90)) -> dict[str, str]:
    """A data set with answers of every kind, on pages of so many pixels; returns what is printed on each page."""
    (folder / "images").mkdir(parents=True)
    rng = random.Random(rows)
    lines, answers, printed = [], [], {}
    for number in range(rows):
        # All values end with 4, so that a canary's changed digit gives one that stands on no page.
        page, value = f"11-{number // ROWS_A_PAGE:03d}", f"{rng.randint(1, 9)}4 Nm"
        reference = f"The bolts of bracket {number} take {value}."
        lines.append(row(page, f"What is the torque of bracket {number}?", reference, keywords=["bolts"]))
        printed[page] = f"{printed.get(page, '')} {value};"
        answers.append(_answer(rng, reference, value))
    for page in printed:
        image = Image.new("L", size, "white")
        ImageDraw.Draw(image).text((10, 30), page)
        image.save(folder / "images" / f"{page}.jpg")
    (folder / "vlm_val.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "answers.json").write_text(json.dumps(answers))
    return {digest((folder / "images" / f"{page}.jpg").read_bytes()): text for page, text in printed.items()}


def _answer(rng: random.Random, reference: str, value: str) -> str:
    return rng.choice([
        reference,
        value,
        f"Tighten to {rng.randint(100, 200)} Nm.",
        f"{value} and no more. {IRRELEVANT}, the car weighs 1200 kg. {TALK} this helps.",
        f"{TALK} somebody else knows.",
        "I cannot read this page.",
        "",
    ])  # fmt: skip


def storm(forks: Forks, folder: Path, how: str, *, rows: int, kills: int, seed: int = 0) -> Outcome:
    pages = draw(folder / "data", rows)
    rng, began = random.Random(seed), time.monotonic()
    calm = stand_in.serving(judge(pages), latency=0.02, turnaround=0.2)

    def start(name: str) -> Forked:
        environment = dict(os.environ) | {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "none of ours"}
        words = ["judge", folder / "data", folder / name, how]
        return forks.start("tests.evaluation.judge_storm:run", words, env=environment)

    with calm as server:
        assert _ended(start("calm")) == 0
        undisturbed = len(server.billed)
    rough = stand_in.serving(
        judge(pages),
        latency=0.05,
        turnaround=0.5,
        before_reply=0.1,
        odds=ODDS,
        chances=FAULTS,
        chosen_fates=("errored", "expired", "cut"),
        rng=random.Random(seed),
    )
    with rough as server:
        drawn = _counting(server)
        # Together they come before half of all answers, so that each finds a run at work, however fast the machine is.
        after = [1 + rng.randrange(undisturbed // (2 * kills)) for _ in range(kills)]
        struck = sum(killed(start("rough"), server, answers) for answers in after)
        runs = next(number for number in range(1, MOST_RUNS + 1) if _ended(start("rough")) == 0)
        calls = len(server.billed)
    theirs, ours = (json.loads((folder / name / "scores.json").read_text()) for name in ("calm", "rough"))
    scores = [score for found in ours.values() for score in found.values()]
    return Outcome(
        rows=rows,
        kills=struck,
        runs=runs,
        faults=drawn,
        results={metric: len(found) for metric, found in ours.items()},
        errors=sum(score["value"] is None for score in scores),
        same=theirs == ours,
        calls=calls,
        calls_undisturbed=undisturbed,
        out_of_form=drawn["cut"],
        bound=struck * live.IN_FLIGHT if how == "live" else 0,
        seconds=time.monotonic() - began,
    )


def _counting(server: stand_in.Claude) -> Counter[str]:
    """What was drawn for each call from now on."""
    drawn: Counter[str] = Counter()
    draw_one = server.draw

    def draw_and_count(planned: list, choices: tuple) -> stand_in.Fault:
        fault = draw_one(planned, choices)
        drawn[str(fault)] += 1
        return fault

    server.draw = draw_and_count
    return drawn


def _ended(process: Forked) -> int:
    """How many results are errors. A canary that could not be judged stops a run, as it should: the next goes on."""
    with process:
        said, _ = process.communicate()
    if process.returncode and "JudgeError" in said and "was not judged" in said:
        return -1
    assert process.returncode == 0, said[-2000:]
    return int(said.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_256)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--how", choices=("live", "batch"), default="live")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    counts = {"rows": options.rows, "kills": options.kills, "seed": options.seed}
    with tempfile.TemporaryDirectory() as folder, forking(*IMPORTED) as forks:
        print(storm(forks, Path(folder), options.how, **counts))


if __name__ == "__main__":
    main()
