"""The whole evaluation: answers of the base model and of the tuned one, scores, comparison, report."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evaluation import compare, report, summary
from evaluation.answers import Answer, Answerer, AnswerStore, Settings
from evaluation.generate import Reader, answer_all
from evaluation.judge.judging import Judge, judge_all, refuse_self
from evaluation.measure import measure
from evaluation.rows import Question, read_questions
from evaluation.weights import ADAPTER, MODEL, PROCESSOR, ModelError, has_processor, identify, shown
from vlm3_dataset.files import write_bytes, write_json


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, and where the answers go."""

    data: Path
    split: str
    limit: int | None
    folder: Path
    batch: int


def answer(asked: Asked, model: str, adapter: str | None, settings: Settings) -> list[Answer]:
    """One model's answers, stored in the run folder; what is there already is not generated again."""
    questions = read_questions(asked.data, asked.split, asked.limit)
    return _answers(asked, questions, [_answerer(model, adapter, settings)])[0]


def run(asked: Asked, base: str, adapter: str, settings: Settings, *, seed: int, judge: Judge | None) -> dict[str, Any]:
    """Base model against base model with adapter; writes the four result files and returns the summary.

    Both read pages through the adapter's processor: a comparison at two resolutions would be one of resolutions.
    """
    questions = read_questions(asked.data, asked.split, asked.limit)
    after = _answerer(base, adapter, settings)
    before = replace(after, adapter=None)
    refuse_self(judge, before.model.name)
    old, new = _answers(asked, questions, [before, after])
    texts = [[one.text for one in side] for side in (old, new)]
    given = [(question, text) for side in texts for question, text in zip(questions, side, strict=True)]
    judgements = judge_all(judge, given, asked.data) if judge else None
    scores = (
        measure(questions, texts[0], asked.folder, "before", judgements),
        measure(questions, texts[1], asked.folder, "after", judgements),
    )
    cases = compare.pair(questions, old, new, scores)
    changes = compare.compare(cases, list(scores[0]), seed)
    rows = {"folder": shown(str(asked.data)), "split": asked.split, "limit": asked.limit}
    figures = summary.summarise(cases, changes, (before, after), rows, seed=seed, judge=judge)
    _write(asked, figures, cases)
    return figures


def _answerer(model: str, adapter: str | None, settings: Settings) -> Answerer:
    if adapter is not None and not Path(adapter).is_dir():
        raise ModelError(f"{adapter} is no folder with an adapter; `accelerate launch finetune` makes one")
    processor = adapter if adapter is not None and has_processor(Path(adapter)) else model
    return Answerer(
        model=identify(model, MODEL),
        processor=identify(processor, PROCESSOR),
        adapter=identify(adapter, ADAPTER) if adapter is not None else None,
        settings=settings,
    )


def _answers(asked: Asked, questions: Sequence[Question], answerers: Sequence[Answerer]) -> list[list[Answer]]:
    reader = Reader()
    with AnswerStore(asked.folder / "answers.jsonl") as store:
        return [
            answer_all(questions, answerer, reader, store, data=asked.data, batch=asked.batch) for answerer in answerers
        ]


def _write(asked: Asked, figures: dict[str, Any], cases: Sequence[compare.Case]) -> None:
    """Each file whole or not there; the report last, as it is the one that people open."""
    rows = [json.dumps(row, ensure_ascii=False) + "\n" for row in summary.results(cases)]
    write_bytes(asked.folder / "results.jsonl", "".join(rows).encode())
    write_json(asked.folder / "summary.json", figures)
    write_bytes(asked.folder / "comparison.md", report.markdown(figures).encode())
    write_bytes(asked.folder / "report.html", report.html(figures, cases, asked.data).encode())
