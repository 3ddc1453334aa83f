"""Run the whole evaluation: answers of the baseline and of the tuned model, scores, comparison, report."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evaluation import compare, controls, probes
from evaluation.contamination import find_overlaps
from evaluation.judge import agreement
from evaluation.judge.judging import Judge, judge_all, refuse_judging_itself
from evaluation.measure import Target, measure
from evaluation.models.answers import Answer, AnswerStore, LocalModel, Settings
from evaluation.models.asking import Model, answer_all
from evaluation.models.endpoint import Client, ServedModel
from evaluation.models.local import Reader
from evaluation.models.weights import ADAPTER, MODEL, PROCESSOR, display_name, identify
from evaluation.pages import find_pages, page_readings
from evaluation.report import render, summary
from evaluation.report.findings import Findings
from evaluation.rows import Question, read_questions, read_training, spread_evenly
from vlm3_dataset.errors import Misused
from vlm3_dataset.files import write_bytes, write_json

NUMERIC = "NumericExactMatch"  # the metric by which the controls tell memory from reading


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The questions, and the folder for their answers."""

    data: Path
    work: Path  # the dataset's work folder; it need not exist
    split: str
    limit: int | None
    folder: Path
    batch: int


@dataclass(frozen=True, slots=True)
class ModelNames:
    """The models by the names on the command line: with weights here, or behind one endpoint."""

    tuned: str
    adapter: str | None
    endpoint: str | None
    settings: Settings
    baseline: str = ""


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions that are compared, and those beside them."""

    compared: list[Question]
    texts: list[Question]  # asked without a page: not compared, as they do not show how well a model reads pages
    probes: list[Question]  # empty where the probes themselves are compared
    not_run: list[str]
    warnings: list[str]


def answer(asked: RunOptions, who: ModelNames) -> list[Answer]:
    """Return one model's answers, stored in the run folder; stored ones are not asked for again.

    Raises:
        DataError, Misused: there is nothing to ask.
        ModelError, EndpointError: the model cannot be loaded, or the server refuses.
        StoreError: another run writes into the folder, or its answers are damaged.
    """
    questions = _questions(asked)
    return _ModelRunner(asked).answers(_tuned_model(who), [*questions.compared, *questions.texts])


def run(asked: RunOptions, who: ModelNames, *, seed: int, judge: Judge | None) -> dict[str, Any]:
    """Compare baseline and tuned model; write the four result files and return the summary.

    Raises:
        DataError, Misused, ModelError, EndpointError, StoreError: as `answer` does; Misused also where a model would
            judge itself.
        JudgeError: judging would cost too much, or a canary is judged wrong.
    """
    questions = _questions(asked)
    both = _both_models(who)
    for model in both:
        refuse_judging_itself(judge, model.name)
    runner = _ModelRunner(asked)
    every = [*questions.compared, *questions.texts, *questions.probes]
    cases, targets = _score(every, [runner.answers(one, every) for one in both], asked.folder, judge)
    paged, asked_text = len(questions.compared), len(questions.compared) + len(questions.texts)
    cases, texts, probed = cases[:paged], cases[paged:asked_text], cases[asked_text:]
    changes = compare.compare(cases, targets, seed)
    contents = {one.id: one.content for one in (*questions.compared, *questions.texts)}
    training = read_training(asked.data)
    overlaps = None if training is None else find_overlaps(contents, training)
    findings = Findings(
        overlaps=overlaps,
        by_page_seen=compare.by_page_seen(cases, overlaps, targets, seed) if overlaps is not None else {},
        controls=_controls(asked, runner, both[1], cases),
        texts=texts,
        text_changes=compare.compare(texts, targets, seed),
        probes=probed,
        critical=[case for case in (*cases, *texts, *probed) if case.question.critical],
        probes_not_run=questions.not_run,
        probe_warnings=questions.warnings,
    )
    results = summary.results(cases, findings)
    findings = replace(findings, agreement=agreement.by_metric(asked.folder, [*agreement.judged(results)]))
    rows = {"folder": display_name(str(asked.data)), "split": asked.split, "limit": asked.limit}
    figures = summary.summarise(cases, changes, both, rows, seed=seed, judge=judge, findings=findings)
    _write(asked, figures, results, render.html(figures, cases, findings))
    return figures


def _score(
    questions: Sequence[Question], answers: Sequence[Sequence[Answer]], folder: Path, judge: Judge | None
) -> tuple[list[compare.Case], list[Target]]:
    """Judge and measure the answers of both models; return the cases, and the metrics with their targets."""
    texts = [[one.text for one in side] for side in answers]
    given = [(question, text) for side in texts for question, text in zip(questions, side, strict=True)]
    judgements = judge_all(judge, given) if judge else None
    before, after = (
        measure(questions, text, folder, label, judgements, unanswered={a.question: a.error for a in side if a.error})
        for side, text, label in zip(answers, texts, ("before", "after"), strict=True)
    )
    return compare.pair(questions, *answers, (before, after)), list(before)


def _questions(asked: RunOptions) -> Questions:
    """Return the questions. Raises DataError where there is nothing to ask."""
    loaded = probes.load(probes.PROBES)
    pages = find_pages(asked.data, asked.work)
    here, not_run = probes.at_hand(loaded, pages)
    probing = [probes.question(probe, pages[probe.page_id]) for probe in here]
    warnings = probes.warnings(here)
    if asked.split != "probes":
        rows = read_questions(asked.data, asked.split, asked.limit)
        paged, texts = ([one for one in rows if (one.image is None) is text] for text in (False, True))
        return Questions(paged, texts, probing, not_run, warnings)
    if not probing:
        raise Misused(
            f"none of the {len(loaded)} probes has its page in {asked.data} or {asked.work}; prepare the shelf that"
            " they were read from (`vlm3 prepare`), and name its work folder with --work"
        )
    return Questions(spread_evenly(probing, asked.limit), [], [], not_run, warnings)


def _controls(
    asked: RunOptions, runner: "_ModelRunner", tuned: Model, cases: Sequence[compare.Case]
) -> list[controls.Control]:
    """Ask the tuned model again what it answered right, with the page taken away or changed."""
    right = [case.question for case in cases if NUMERIC in case.scores and case.scores[NUMERIC][1].passed]
    printed = page_readings(asked.work)
    made, left_out = controls.trials(
        spread_evenly(right, controls.MOST_QUESTIONS),
        lambda question: printed(question.image_sha256),
        asked.folder / "controls",
    )
    answers = runner.answers(tuned, [trial.question for trial in made], label=f"{tuned.name}, controls")
    return controls.conclude(made, [None if one.error else one.text for one in answers], left_out)


def _both_models(who: ModelNames) -> tuple[Model, Model]:
    """Return baseline and tuned model.

    Both read pages through the tuned one's processor; otherwise the comparison would be one of resolutions.
    """
    after = _tuned_model(who)
    if isinstance(after, ServedModel):
        return replace(after, name=who.baseline), after
    same = who.baseline == who.tuned
    return replace(after, weights=after.weights if same else identify(who.baseline, MODEL), adapter=None), after


def _tuned_model(who: ModelNames) -> Model:
    if who.endpoint:
        return ServedModel.at(who.endpoint, who.tuned, who.settings)
    model, adapter = who.tuned, who.adapter
    if adapter is not None and not Path(adapter).is_dir():
        raise Misused(f"{adapter} is no folder with an adapter; `accelerate launch finetune` makes one")
    processor = adapter if adapter is not None and any(Path(adapter).glob("*processor_config.json")) else model
    return LocalModel(
        weights=identify(model, MODEL),
        processor=identify(processor, PROCESSOR),
        adapter=identify(adapter, ADAPTER) if adapter is not None else None,
        settings=who.settings,
    )


class _ModelRunner:
    """Asks models one after the other, keeps the last one loaded, and knows which have answered."""

    def __init__(self, asked: RunOptions) -> None:
        self._asked = asked
        self._reader = Reader()
        self._work: set[Model] = set()

    def answers(self, model: Model, questions: Sequence[Question], label: str = "") -> list[Answer]:
        source = Client(works=model in self._work) if isinstance(model, ServedModel) else self._reader
        with AnswerStore(self._asked.folder / "answers.jsonl") as store:
            found = answer_all(questions, model, source, store, batch=self._asked.batch, label=label)
        if any(one.error is None for one in found):
            self._work.add(model)
        return found


def _write(asked: RunOptions, figures: dict[str, Any], results: Sequence[dict[str, Any]], report: str) -> None:
    """Write each file whole or not at all; the report last, as it is the one that people open."""
    rows = [json.dumps(row, ensure_ascii=False) + "\n" for row in results]
    write_bytes(asked.folder / "results.jsonl", "".join(rows).encode())
    write_json(asked.folder / "summary.json", figures)
    write_bytes(asked.folder / "comparison.md", render.markdown(figures).encode())
    write_bytes(asked.folder / "report.html", report.encode())
