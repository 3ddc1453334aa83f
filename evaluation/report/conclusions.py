"""Write what a comparison shows, and what it does not, in sentences made from the verdicts and from n."""

from collections.abc import Iterator, Mapping, Sequence

from evaluation import contamination
from evaluation.compare import Change
from evaluation.contamination import Overlap
from evaluation.controls import Finding, Kind
from evaluation.report.findings import Findings

ALPHA = 0.05
FEW_PAGES = 50  # on fewer, intervals hold and are too wide to show much
_FINDING_TEXT: dict[Finding, str] = {
    "memory": "The tuned model answers from memory",
    "reads": "The tuned model follows the page",
    "undecided": "Whether the tuned model follows the page is undecided",
}
_KIND_TEXT: dict[Kind, str] = {
    "another page": "another page",
    "blank page": "a blank page",
    "altered number": "a page that prints another number",
}


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 page, 2 pages."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


_METRIC_TEXT = {
    "NumericExactMatch": "values with a unit",
    "IdentifierMatch": "part numbers, fuses, pins, wires, types and sides",
    "KeywordPresence": "the words that a right answer holds",
    "AnswerRelevancy": "whether the question is answered",
    "Faithfulness": "whether what is said stands on the page",
}


def in_short(changes: Sequence[Change], findings: Findings, *, usable: bool) -> list[str]:
    """Return what a mechanic must know, in a few sentences without a statistic."""
    said = [
        f"{where}{_METRIC_TEXT.get(one.metric, one.metric)}: {one.broken + one.both} of {one.n} answers right before"
        f" tuning, {one.fixed + one.both} after; {one.fixed} mended, {one.broken} spoiled."
        for where, some in (("", changes), ("without a page, ", findings.text_changes))
        for one in some
        if one.n
    ]
    said = [f"{one[0].upper()}{one[1:]}" for one in said]
    wrong, unknown = len(findings.critical_wrong), len(findings.critical_unknown)
    if findings.critical:
        asked = counted(len(findings.critical), "question")
        without = f" and {unknown} got no score" if unknown else ""
        said.append(f"Of {asked} where a wrong answer breaks something, {wrong} went wrong{without}.")
    numbers = [one for one in changes if one.metric in {"NumericExactMatch", "IdentifierMatch"} and one.n]
    sure = usable and numbers and all(one.verdict == "met" for one in numbers) and not (wrong or unknown)
    memory = any(control.finding == "memory" for control in findings.controls)
    if sure and not memory:
        return [*said, "Its numbers are as good as this test asks for; still look up what must hold."]
    why = ", and some come from memory" if memory else ""
    return [*said, f"Look every number up on the page before you use it: it is not shown that they are right{why}."]


def limits(*, tiny: bool, valid: bool) -> Iterator[str]:
    """Yield the sentences that limit all others, and so come first."""
    if not valid:
        yield (
            "More than 2 % of the questions have no answer, or of a metric's cases no score: this run is not valid, and"
            " nothing follows from it."
        )
    if tiny:
        yield "The model is tiny, with random weights: the figures prove that the path works, nothing else."


def conclude_metrics(changes: Sequence[Change], *, not_judged: Sequence[str]) -> list[str]:
    """Return the change of each metric in plain sentences."""
    sentences = []
    for change in changes:
        if change.n:
            sentences.extend(_about(change))
        else:
            why = "broke on every case" if change.errors else "applies to none of the questions"
            sentences.append(f"{change.metric} {why}: this run says nothing about it.")
    few: dict[tuple[int, int], list[str]] = {}  # metrics by questions and pages: one warning for all that are alike
    for change in changes:
        if change.n and change.pages < FEW_PAGES:
            few.setdefault((change.n, change.pages), []).append(change.metric)
    # How many pages must change, all for the better, before a test can call it significant: 6 for one metric
    # (2 / 2**6 = 0.031), 8 where Holm counts four.
    compared = sum(change.n > 0 for change in changes)
    smallest = next(pages for pages in range(1, 100) if compared * 2 / 2**pages < ALPHA)
    sentences += [
        f"{', '.join(metrics)}: {counted(n, 'question')} on {counted(pages, 'page')}, a reading list and no proof."
        f" Even with nothing broken, chance explains improvements on fewer than {smallest} pages."
        for (n, pages), metrics in few.items()
    ]
    if not_judged:
        sentences.append(
            f"{' and '.join(not_judged)} were not judged: whether answers without a number are true to the page"
            " is not known from this run."
        )
    return sentences


def conclude_findings(findings: Findings) -> Iterator[str]:
    """Yield what else limits the figures: training overlap, memory, and the questions that must not be wrong."""
    for finding, words in _FINDING_TEXT.items():
        shares = [
            f"in {one.kept} of {one.n} answers with {_KIND_TEXT[one.kind]}"
            for one in findings.controls
            if one.n and one.finding == finding
        ]
        if shares:
            yield f"{words}: a number that it got right comes back {', '.join(shares)}."
    if not any(control.n for control in findings.controls):
        unanswered = sum(control.unanswered for control in findings.controls)
        why = "the tuned model answered no question with a number right"
        yield f"The controls say nothing: {f'all {unanswered} of their questions failed' if unanswered else why}."
    critical = counted(len(findings.critical), "critical question")
    if wrong := findings.critical_wrong:
        yield f"{len(wrong)} of {critical} went wrong after tuning: do not rely on its values unread."
    if unknown := findings.critical_unknown:
        yield f"{len(unknown)} of {critical} got no score after tuning: whether they go wrong is not known."
    if findings.probes_not_run:
        yield f"Not run for want of their pages: {counted(len(findings.probes_not_run), 'probe')}."
    yield from _on_training_overlap(findings.overlaps)
    if findings.texts:
        threads = counted(len({case.question.page_id for case in findings.texts}), "thread")
        moved = [
            f"{one.metric} {one.before:.2f} to {one.after:.2f} (n = {one.n})" for one in findings.text_changes if one.n
        ]
        yield (
            f"{counted(len(findings.texts), 'question')} of {threads} were asked without a page and stand apart:"
            f" {', '.join(moved) or 'no metric applies to them'}. A right answer there is knowledge, not reading."
        )


def _on_training_overlap(overlaps: Mapping[str, Overlap] | None) -> Iterator[str]:
    if overlaps is None:
        yield "Whether the questions were trained on is not known: the data folder has no training rows."
        return
    found = contamination.count(overlaps)
    if found["same_page"] or found["same_pair"]:
        yield (
            f"Of {found['questions']} questions, {found['same_page']} are about a page of the training rows and"
            f" {found['same_pair']} stand there with their answer: on those a right answer may be a memory. See the"
            " figures on unseen pages."
        )
    else:
        yield (
            f"No page and no question with its answer is among the training rows; {found['any_8_gram']} of"
            f" {found['questions']} questions share words with one there, eight in a row or all they have."
        )


def _about(change: Change) -> Iterator[str]:
    interval = f"{change.after_interval.low:.2f} to {change.after_interval.high:.2f}"
    match change.verdict:
        case "met":
            yield (
                f"{change.metric} is above its target of {change.target:.2f} after tuning: even the low end of the"
                f" interval ({interval}) is."
            )
        case "missed":
            yield (
                f"{change.metric} misses its target of {change.target:.2f} after tuning: even the high end of the"
                f" interval ({interval}) does."
            )
        case _:
            yield (
                f"Whether {change.metric} is above its target of {change.target:.2f} after tuning is undecided: the"
                f" interval ({interval}) holds it."
            )
    moved, counts = f"moved by {change.difference:+.3f}", f"{change.fixed} fixed, {change.broken} broken"
    if change.p >= ALPHA:
        yield (
            f"{change.metric} {moved} ({counts}), which chance explains (p = {change.p:.2f}):"
            " tuning is not shown to change it."
        )
    else:
        word = "improved" if change.difference > 0 else "worsened"
        yield f"Tuning {word} {change.metric}: {moved} ({counts}, p = {change.p:.4f})."
