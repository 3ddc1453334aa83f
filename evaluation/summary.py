"""A comparison as plain data: what summary.json and results.jsonl hold, and what the report is drawn from."""

import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from statistics import fmean
from typing import Any

from evaluation import anls
from evaluation.answers import Answer, Answerer
from evaluation.compare import OUTCOMES, Case, Change, is_valid
from evaluation.conclusions import conclude
from evaluation.judge.judging import Judge
from evaluation.measure import Score
from evaluation.refusals import Silence

# Without a judge these two stay open. Their targets are shown, so that nobody takes their absence for a pass.
JUDGED = {"AnswerRelevancy": 0.70, "Faithfulness": 0.70}
PROMPT = "the page image, then the question, through the processor's chat template"
LIBRARIES = ("deepeval", "peft", "pillow", "torch", "transformers")


def summarise(
    cases: Sequence[Case],
    changes: Sequence[Change],
    answerers: tuple[Answerer, Answerer],
    data: dict[str, Any],
    *,
    seed: int,
    judge: Judge | None,
) -> dict[str, Any]:
    """All figures of a run. `data` names the rows they are about; a run twice over gives the same summary."""
    before, after = answerers
    valid = is_valid(changes)
    not_judged = {} if judge else JUDGED
    return {
        "tiny": before.model.tiny,
        "valid": valid,
        "judge": judge.model.name if judge else "none",
        "data": data | {"questions": len(cases), "pages": len({case.question.page_id for case in cases})},
        "metrics": [asdict(change) for change in changes],
        "not_judged": [{"metric": name, "target": target} for name, target in not_judged.items()],
        "outcomes": {outcome: sum(case.outcome == outcome for case in cases) for outcome in OUTCOMES},
        "conclusions": conclude(changes, tiny=before.model.tiny, valid=valid, not_judged=list(not_judged)),
        "coverage": {
            "before": _coverage(cases, [case.before for case in cases], [case.silence[0] for case in cases]),
            "after": _coverage(cases, [case.after for case in cases], [case.silence[1] for case in cases]),
        },
        "provenance": _provenance(before, after, seed) | {"judge": judge.provenance if judge else None},
    }


def results(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """One row a question, in the order of the data set."""
    return [
        {
            "id": case.question.id,
            "page_id": case.question.page_id,
            "image": case.question.image,
            "question": case.question.text,
            "reference": case.question.reference,
            "keywords": list(case.question.keywords),
            "outcome": case.outcome,
            "before": _side(case.before, case.silence[0], {name: pair[0] for name, pair in case.scores.items()}),
            "after": _side(case.after, case.silence[1], {name: pair[1] for name, pair in case.scores.items()}),
        }
        for case in cases
    ]


def _side(answer: Answer, silence: Silence | None, scores: dict[str, Score]) -> dict[str, Any]:
    return {
        "answer": answer.text,
        "truncated": answer.truncated,
        "silence": silence,
        "scores": {name: asdict(score) for name, score in scores.items()},
        "key": answer.key,
    }


def _coverage(cases: Sequence[Case], answers: Sequence[Answer], silences: Sequence[Silence | None]) -> dict[str, Any]:
    """How many answers say anything, and how long they are: long answers collect keywords.

    ANLS stands here because it decides nothing: it is what readers of document benchmarks look for first.
    """
    counts = Counter(silences)
    return {
        "answered": counts[None],
        "blank": counts["blank"],
        "refusal": counts["refusal"],
        "truncated": sum(answer.truncated for answer in answers),
        "words": fmean(len(answer.text.split()) for answer in answers),
        "anls": fmean(
            anls.score(case.question.reference, answer.text) for case, answer in zip(cases, answers, strict=True)
        ),
    }


def _provenance(before: Answerer, after: Answerer, seed: int) -> dict[str, Any]:
    return {
        "before": {"name": before.name, "model": before.model.digest, "revision": before.model.revision},
        "after": {"name": after.name, "model": after.model.digest, "adapter": after.adapter and after.adapter.digest},
        "processor": {"name": before.processor.name, "digest": before.processor.digest},
        "prompt": PROMPT,
        "settings": asdict(before.settings) | {"decoding": "greedy"},
        "seed": seed,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
    }
