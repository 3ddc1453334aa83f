"""Define what a run finds beside its comparison: overlap, controls, questions without a page, probes, agreement."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from evaluation import contamination
from evaluation.compare import Case, Change, count_outcomes
from evaluation.contamination import Overlap
from evaluation.controls import Control
from evaluation.judge.agreement import Agreement


@dataclass(frozen=True, slots=True)
class Findings:
    overlaps: Mapping[str, Overlap] | None = None  # by question id; None where there are no training rows
    by_page_seen: Mapping[str, Sequence[Change]] = field(default_factory=dict)  # "unseen", "seen"
    controls: Sequence[Control] = ()
    texts: Sequence[Case] = ()  # questions that are asked without a page
    text_changes: Sequence[Change] = ()
    probes: Sequence[Case] = ()
    critical: Sequence[Case] = ()  # of all that was asked: those where a wrong answer breaks something
    probes_not_run: Sequence[str] = ()
    probe_warnings: Sequence[str] = ()
    agreement: Mapping[str, Agreement] = field(default_factory=dict)  # of judge and person, by metric

    @property
    def critical_wrong(self) -> list[str]:
        """The ids of critical questions that the tuned model gets wrong by any metric."""
        return [
            case.question.id
            for case in self.critical
            if any(after.value is not None and not after.passed for _, after in case.scores.values())
        ]

    @property
    def critical_unknown(self) -> list[str]:
        """The ids of critical questions that are not wrong but lack a score of the tuned model, or have none at all."""
        wrong = set(self.critical_wrong)
        return [
            case.question.id
            for case in self.critical
            if case.question.id not in wrong
            and (not case.scores or any(after.value is None for _, after in case.scores.values()))
        ]

    def figures(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {
            "agreement": {metric: asdict(one) for metric, one in self.agreement.items()},
            "contamination": None if self.overlaps is None else contamination.count(self.overlaps),
            "seen": {name: [asdict(change) for change in some] for name, some in self.by_page_seen.items()},
            "controls": [asdict(control) for control in self.controls],
            "texts": {
                "questions": len(self.texts),
                "threads": len({case.question.page_id for case in self.texts}),
                "metrics": [asdict(change) for change in self.text_changes],
                "outcomes": count_outcomes(self.texts),
            },
            "probes": {
                "outcomes": count_outcomes(self.probes),
                "not_run": list(self.probes_not_run),
                "warnings": list(self.probe_warnings),
            },
            "critical": {
                "questions": len(self.critical),
                "wrong_after": self.critical_wrong,
                "unknown_after": self.critical_unknown,
            },
        }
