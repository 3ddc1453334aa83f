"""Turn a comparison into plain data, for summary.json, results.jsonl and the report."""

import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from statistics import fmean
from typing import Any

from evaluation.compare import Case, Change, count_outcomes, is_valid
from evaluation.judge.judging import Judge
from evaluation.measure import Score
from evaluation.models.answers import Answer
from evaluation.models.asking import Model
from evaluation.report.conclusions import conclude_findings, conclude_metrics, in_short, limits
from evaluation.report.findings import Findings
from evaluation.rows import GRADING
from evaluation.scorers import anls
from evaluation.scorers.refusals import Silence

# Without a judge these two stay open. Their targets are shown, so that their absence does not look like a pass.
JUDGED = {"AnswerRelevancy": 0.70, "Faithfulness": 0.70}
PROMPT = "the page image if there is one, then the question, through the processor's chat template"
LIBRARIES = ("deepeval", "peft", "pillow", "torch", "transformers")


def summarise(
    cases: Sequence[Case],
    changes: Sequence[Change],
    models: tuple[Model, Model],
    data: dict[str, Any],
    *,
    seed: int,
    judge: Judge | None,
    findings: Findings,
) -> dict[str, Any]:
    """Return all figures of a run. `data` describes its rows; the same run gives the same summary."""
    before, after = models
    judged = {change.metric for change in changes}
    open_ = {name: target for name, target in JUDGED.items() if name not in judged}
    every = [*cases, *findings.texts, *findings.probes]
    failed = sum(control.unanswered for control in findings.controls)
    valid = is_valid(
        [*changes, *findings.text_changes],
        unanswered=failed + sum(bool(case.before.error or case.after.error) for case in every),
        asked=failed + sum(control.n for control in findings.controls) + len(every),
    )
    return {
        "tiny": before.tiny or after.tiny,
        "valid": valid,
        "judge": judge.model.name if judge else "none",
        "data": data | {"questions": len(cases), "pages": len({case.question.page_id for case in cases})},
        "metrics": [asdict(change) for change in changes],
        "not_judged": [{"metric": name, "target": target} for name, target in open_.items()],
        "outcomes": count_outcomes(cases),
        "in_short": in_short(changes, findings, usable=valid and not (before.tiny or after.tiny)),
        "conclusions": [
            *limits(tiny=before.tiny or after.tiny, valid=valid),
            *conclude_findings(findings),
            *conclude_metrics(changes, not_judged=list(open_)),
        ],
        **findings.figures(),
        "coverage": {"before": _coverage(cases, 0), "after": _coverage(cases, 1)},
        "provenance": _provenance(before, after, seed) | {"judge": judge.provenance if judge else None},
    }


def results(cases: Sequence[Case], findings: Findings) -> list[dict[str, Any]]:
    """Return one row per question: the split in the dataset's order, pages before texts, then the probes."""
    overlaps = findings.overlaps or {}
    sets = {"questions": cases, "texts": findings.texts, "probes": findings.probes}
    return [
        {
            "set": name,
            "id": case.question.id,
            "page_id": case.question.page_id,
            "image": case.question.image,
            "question": case.question.text,
            "reference": case.question.reference,
            **{name: getattr(case.question, name) for name in GRADING},
            "training": asdict(overlaps[case.question.id]) if case.question.id in overlaps else None,
            "outcome": case.outcome,
            "before": _side(case.before, case.silence[0], {name: pair[0] for name, pair in case.scores.items()}),
            "after": _side(case.after, case.silence[1], {name: pair[1] for name, pair in case.scores.items()}),
        }
        for name, some in sets.items()
        for case in some
    ]


def _side(answer: Answer, silence: Silence | None, scores: dict[str, Score]) -> dict[str, Any]:
    return {
        "answer": answer.text,
        "truncated": answer.truncated,
        "silence": silence,
        "scores": {name: asdict(score) for name, score in scores.items()},
        "key": answer.key,
    }


def _coverage(cases: Sequence[Case], side: int) -> dict[str, Any]:
    """Return how many answers of a side are neither blank nor refusals, and how long they are.

    Long answers collect keywords.
    ANLS is here because it decides nothing; readers of document benchmarks look for it first.
    """
    answers = [(case.before, case.after)[side] for case in cases]
    counts = Counter(case.silence[side] for case in cases)
    errors = sum(answer.error is not None for answer in answers)
    return {
        "answered": counts[None] - errors,
        "errors": errors,
        "blank": counts["blank"],
        "refusal": counts["refusal"],
        "truncated": sum(answer.truncated for answer in answers),
        "words": _mean([len(answer.text.split()) for answer in answers]),
        "anls": _mean(
            [anls.score(case.question.reference, answer.text) for case, answer in zip(cases, answers, strict=True)]
        ),
    }


def _mean(numbers: Sequence[float]) -> float:
    """Return the mean; 0 of no numbers, as where every question is asked without a page."""
    return fmean(numbers) if numbers else 0.0


def _provenance(before: Model, after: Model, seed: int) -> dict[str, Any]:
    return {
        "before": before.provenance(),
        "after": after.provenance(),
        "prompt": PROMPT,
        "max_new_tokens": after.settings.max_new_tokens,
        "seed": seed,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
    }
