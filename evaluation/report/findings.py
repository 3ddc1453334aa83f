"""Define what a run finds beside its comparison: overlap, controls, questions without a page, probes, agreement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evaluation.compare import Case, Change
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
