"""Compare what two real models answered, before and after fine-tuning, and hold each score against a person's reading.

    python -m tests.evaluation.real_answers ../shared/cases/real_model_answers.jsonl

A file holds one object a line: index, question, reference, baseline, tuned, `cut` (answers of which only the start is
known). It does not say of which pages, so each question counts as a page of its own: the intervals are too narrow where
questions share one. The comparison and its sentences are those of a report. Then come the scores that differ from what
a person said of the same answer, who read all that are scored and not cut, and was sure of all but four.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluation.compare import Case, Change, compare, pair
from evaluation.measure import measure
from evaluation.models.answers import Answer
from evaluation.report.conclusions import conclude_metrics
from evaluation.rows import Question
from evaluation.scorers.refusals import classify_silence

SIDES = ("baseline", "tuned")
# By the row's index, and b or t for the side: answers that a person read as wrong, or as too little of an answer.
WRONG = frozenset(
    """
    2t 12b 12t 34t 36t 40t 44b 48b 48t 63b 65b 65t 73b 73t 85b 85t 105b 105t 111b 111t 122t 130b 140b 140t 142t 152b
    172t 196t 206t 208b 210b 210t 216b 216t 222b 222t 226t 237t 239t 243b 243t 245b 245t 251t 253b 267b 267t 271b 271t
    283b 283t 289t 295b 298b 300b 300t 321b 321t 329t
    """.split()  # noqa: SIM905
)
UNSURE = frozenset({"46t", "184b", "302b", "302t"})


def compared(rows: Sequence[dict]) -> tuple[list[Case], list[Change]]:
    """The cases and the change of each metric."""
    questions = [
        Question(str(row["index"]), str(row["index"]), Path(), None, "", row["question"], row["reference"])
        for row in rows
    ]
    told = [[row[side] for row in rows] for side in SIDES]
    with tempfile.TemporaryDirectory() as folder:
        before, after = (measure(questions, texts, Path(folder), side) for side, texts in zip(SIDES, told, strict=True))
    answers = [
        [Answer("", one.id, side, text, 0, truncated=False) for one, text in zip(questions, texts, strict=True)]
        for side, texts in zip(SIDES, told, strict=True)
    ]
    cases = pair(questions, *answers, (before, after))
    return cases, compare(cases, [*before], seed=0)


def read(cases: Sequence[Case], rows: Sequence[dict]) -> Iterator[tuple[str, Case, bool, bool]]:
    """Each answer that was read: its name, its case, whether a person takes it for right, whether all metrics do."""
    for case, row in zip(cases, rows, strict=True):
        for place, side in enumerate(SIDES):
            name = f"{row['index']}{side[0]}"
            if case.scores and side not in row["cut"] and name not in UNSURE:
                yield name, case, name not in WRONG, all(both[place].passed for both in case.scores.values())


def main(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    cases, changes = compared(rows)
    for one in changes:
        if one.n:
            print(
                f"{one.metric} > {one.target}: {one.verdict}; {one.before:.3f} to {one.after:.3f}"
                f" ({one.after_interval.low:.2f} to {one.after_interval.high:.2f}), difference {one.difference:+.3f}"
                f" ({one.difference_interval.low:+.2f} to {one.difference_interval.high:+.2f}), p {one.p:.3f},"
                f" n {one.n}, {one.fixed} fixed, {one.broken} broken"
            )
    print(*conclude_metrics(changes, not_judged=()), sep="\n")
    held = list(read(cases, rows))
    for title, right in (("passes, and is wrong", False), ("fails, and is right", True)):
        found = [(name, case) for name, case, person, metrics in held if person == right and metrics != right]
        print(f"\n{len(found)} of {len(held)}: {title}")
        for name, case in found:
            answer = case.before if name.endswith("b") else case.after
            print(f"  {name} {case.question.text!r}\n    {case.question.reference!r}\n    {answer.text!r}")
    silent = sum(not case.scores for case in cases)
    refused = sum(bool(classify_silence(one.text, "")) for case in cases for one in (case.before, case.after))
    print(f"\n{silent} of {len(cases)} questions are scored by no metric; {refused} answers are blank or refuse")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
