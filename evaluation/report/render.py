"""Render the report: one HTML file that opens from disk, and a table for a pull request.

Questions and answers come from outside. They are escaped like everything else the templates print; only the picture
data that is made here goes in as it is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from evaluation.compare import OUTCOMES, Case
from evaluation.report.conclusions import counted
from evaluation.report.findings import Findings
from evaluation.report.marks import MarkedAnswer, mark_quantities
from evaluation.rows import Question, open_page
from vlm3_dataset.pictures import data_uri, encoded
from vlm3_dataset.review.rendering import environment

# The file stays small enough for a mail: 30 scanned pages at this size are some 3 MB. results.jsonl has the rest.
SHOWN_CASES = 60
SHOWN_PAGES = 30
PAGE_WIDTH = 900  # pixels; the print of a repair-manual page is readable from about here on


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A page in the report: drawn once, used by every case about it."""

    id: str
    width: int
    height: int
    uri: str


def html(summary: dict[str, Any], cases: Sequence[Case], findings: Findings) -> str:
    """Return the report as one file without any address. Page images are read from inside their folders only."""
    ordered = _by_outcome(cases)[:SHOWN_CASES]
    texts, probed = _by_outcome(findings.texts)[:SHOWN_CASES], _by_outcome(findings.probes)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            summary=summary,
            cases=[_with_marks(case) for case in ordered],
            texts=[_with_marks(case) for case in texts],
            probes=[_with_marks(case) for case in probed],
            left_out=len(cases) - len(ordered),
            pictures=_pictures([*probed, *ordered]),
        )
    )


def _by_outcome(cases: Sequence[Case]) -> list[Case]:
    return sorted(cases, key=lambda case: OUTCOMES.index(case.outcome))


def _with_marks(case: Case) -> tuple[str, Case, list[MarkedAnswer]]:
    return anchor(case), case, [mark_quantities(case.question, one.text) for one in (case.before, case.after)]


def markdown(summary: dict[str, Any]) -> str:
    """Return the table and the conclusions in Markdown, without questions or answers."""
    return _environment(autoescape=False).get_template("comparison.md.j2").render(summary=summary)


def anchor(case: Case) -> str:
    """Return the name for links to a case, which is the same in every run."""
    name = f"{case.question.image or case.question.page_id}\n{case.question.text}"
    return "case-" + hashlib.sha256(name.encode()).hexdigest()[:10]


def _environment(*, autoescape: bool = True) -> Environment:
    made = environment("evaluation.report", autoescape=autoescape)
    made.filters |= {"p": lambda p: f"{p:.3f}" if p >= 0.001 else "<0.001", "counted": counted}
    return made


def _pictures(cases: Sequence[Case]) -> dict[str, ReportPage]:
    """Return the first pages of the cases, by the digest of their image."""
    pages: dict[str, Question] = {}
    for case in cases:
        if case.question.image:
            pages.setdefault(case.question.image_sha256, case.question)
    pictures = {}
    for number, (digest, question) in enumerate(list(pages.items())[:SHOWN_PAGES], 1):
        page = open_page(question)
        page.thumbnail((PAGE_WIDTH, PAGE_WIDTH * 4))
        uri = data_uri(encoded(page, "WEBP", quality=60, method=4), "image/webp")
        pictures[digest] = ReportPage(f"page-{number}", page.width, page.height, uri)
    return pictures
