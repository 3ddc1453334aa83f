"""Load the probes: questions that a person wrote and answered from the real page, each checked when it is read.

A reference that the metrics would not pass, or a keyword that it lacks, would count against every model alike.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from evaluation.pages import PageFile
from evaluation.rows import GRADING, DataError, Question
from evaluation.scorers import keywords, numeric, refusals
from evaluation.scorers.keywords import Term
from evaluation.scorers.numeric import LabelledValue
from vlm3_dataset.filters.likeness import look
from vlm3_dataset.hub import reader
from vlm3_dataset.quantities import find, numbers, same

SAME_PICTURE = 32  # of 256 bits may differ; a scan at half its size differs in none, other pages in 104 and more
PROBES = Path(__file__).with_name("probes.json")

Text = Annotated[str, Field(pattern=r"^\S(.*\S)?$")]  # one line, not empty, without blanks around it


@dataclass(frozen=True, slots=True)
class Probe:
    id: str
    page_id: str
    source: str  # the page's file, below the shelf
    question: str
    reference: str
    numbers: tuple[str, ...]  # as the page prints them; a bare one is a count or the number of a pin
    keywords: tuple[Term, ...]
    critical: bool  # one wrong value makes the numeric score 0
    where: str  # where on the page the answer stands
    answerable: bool = True  # False where the right answer is that the page does not say
    labelled_values: tuple[LabelledValue, ...] = ()  # label and value, where it matters which is which
    ordered: tuple[Term, ...] = ()  # terms that must keep their order
    forbidden: tuple[Term, ...] = ()  # terms that a right answer does not have
    allowed: tuple[str, ...] = ()  # values that contradict nothing
    look: bytes = b""  # difference hash of the page's picture; another car's manual has a page of the same name

    @property
    def rules(self) -> dict[str, Any]:
        """Return the fields that a question takes over."""
        return {name: getattr(self, name) for name in GRADING}


class _Entry(BaseModel):
    """One object of the file."""

    model_config = ConfigDict(strict=True, extra="forbid")


class _Term(_Entry):
    any: list[Text] = Field(min_length=1)
    polarity: Literal["affirmed", "negated"] | None = None
    verb: bool = False
    instead: Text | None = None  # a term that says the same without them


class _Row(_Entry):
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    page_id: Text
    source: Text
    question: Text
    reference: Text
    numbers: list[Text]
    keywords: list[Text | _Term]
    critical: bool
    where: Text
    answerable: bool = True
    labelled_values: list[Annotated[list[Text], Field(min_length=2, max_length=2)]] = []
    ordered: list[Text | _Term] = []
    forbidden: list[Text | _Term] = []
    allowed: list[Text] = []
    look: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""

    @field_validator("source")
    @classmethod
    def _below_the_shelf(cls, source: str) -> str:
        path = PurePosixPath(source)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("not a path below the shelf")
        return source


def load(path: Path) -> list[Probe]:
    """Return the probes of a file, in its order. Raises DataError, in one line, for the first unusable one."""
    try:
        entries = json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:  # no UTF-8 or no JSON; brackets within brackets within brackets
        raise DataError(f"{path.name} is not JSON: {error}") from None
    if not isinstance(entries, list) or not entries:
        raise DataError(f"{path.name} is not a list of probes")
    probes = [_parse_probe(entry, path.name, place) for place, entry in enumerate(entries, 1)]
    for name, uses in Counter(probe.id for probe in probes).items():
        if uses > 1:
            raise DataError(f"{path.name}: {name}: the id is used {uses} times")
    for probe in probes:
        if wrong := next(chain(_check_contents(probe), _check_score(probe)), None):
            raise DataError(f"{path.name}: {probe.id}: {wrong}")
    return probes


def warnings(probes: Sequence[Probe]) -> list[str]:
    """Return a warning for each keyword and each quantity of an answer that its question gives away."""
    found = []
    for probe in probes:
        asked = find(probe.question)
        terms = [f"the keyword {_spelled(term)}" for term in probe.keywords if keywords.present(term, probe.question)]
        values = [
            f"the quantity {text!r}"
            for text in probe.numbers
            if any(same(quantity, known) for quantity in find(text) for known in asked)
        ]
        found += [f"{probe.id}: the question already contains {one}" for one in (*terms, *values)]
    return found


def at_hand(probes: Sequence[Probe], pages: Mapping[str, PageFile]) -> tuple[list[Probe], list[str]]:
    """Return the probes whose page is among `pages` (by page_id) and on disk, and a line for each of the others."""
    missing = {probe.id: why for probe in probes if (why := _why_unavailable(probe, pages.get(probe.page_id)))}
    return [probe for probe in probes if probe.id not in missing], [f"{name}: {why}" for name, why in missing.items()]


def _why_unavailable(probe: Probe, page: PageFile | None) -> str:
    """Return why a probe cannot be asked about the page found; "" where it can."""
    if page is None or not page.path.is_file():
        return f"page {probe.page_id} is not at hand"
    if not probe.look:
        return ""
    try:
        apart = (int.from_bytes(look(page.path.read_bytes())) ^ int.from_bytes(probe.look)).bit_count()
    except (OSError, ValueError) as error:
        return f"page {probe.page_id} cannot be read ({type(error).__name__})"
    return "" if apart <= SAME_PICTURE else f"page {probe.page_id} is at hand, but another than the probe was read from"


def question(probe: Probe, page: PageFile) -> Question:
    """Return a probe as the question about its page."""
    return Question(
        id=probe.id,
        page_id=probe.page_id,
        folder=page.folder,
        image=page.name,
        image_sha256=page.sha256(),
        text=probe.question,
        reference=probe.reference,
        **probe.rules,
    )


def _parse_probe(entry: Any, file: str, place: int) -> Probe:
    try:
        row = _Row.model_validate(entry)
    except ValidationError as error:
        name = entry.get("id") if isinstance(entry, dict) else None
        is_name = isinstance(name, str) and name.isprintable() and name
        why = " ".join(reader.why(error).split())
        raise DataError(f"{file}: {name if is_name else f'probe {place}'}: {why}") from None
    return Probe(
        **dict(row)
        | {
            "numbers": tuple(row.numbers),
            "keywords": _terms(row.keywords),
            "ordered": _terms(row.ordered),
            "forbidden": _terms(row.forbidden),
            "labelled_values": tuple(map(tuple, row.labelled_values)),
            "allowed": tuple(row.allowed),
            "look": bytes.fromhex(row.look),
        }
    )


def _terms(given: Sequence[str | _Term]) -> tuple[Term, ...]:
    return tuple(term if isinstance(term, str) else term.model_dump(exclude_defaults=True) for term in given)


def _check_contents(probe: Probe) -> Iterator[str]:
    if probe.answerable and not (probe.numbers or probe.keywords or probe.ordered):
        yield "has neither numbers nor keywords, so no answer could be wrong"
    if probe.forbidden and not (probe.keywords or probe.ordered):
        yield "has forbidden terms but no keywords, so nobody looks for them"
    if probe.numbers and not probe.answerable:
        yield "has numbers, though the page does not answer it"
    # An answer like the reference must not pass for a model that declines to read.
    if not probe.answerable and refusals.classify_silence(probe.reference, "") != "refusal":
        yield "its reference does not say that the page does not give the answer"
    stated = find(probe.reference)
    bare = {number.values for number in numbers(probe.reference)}
    for text in probe.numbers:
        wanted = find(text)
        if wanted and not all(any(same(quantity, known) for known in stated) for quantity in wanted):
            yield f"its reference does not hold the quantity {text!r}"
        elif not wanted and not any(number.values in bare for number in numbers(text)):
            yield f"its reference does not hold the number {text!r}"
    for term in probe.keywords:
        if not keywords.present(term, probe.reference):
            yield f"its reference does not hold the keyword {_spelled(term)}"


def _check_score(probe: Probe) -> Iterator[str]:
    reference, question = probe.reference, probe.question
    labelled = probe.labelled_values
    if labelled and numeric.score(reference, reference, question=question, labelled_values=labelled) != 1:
        yield "its own reference does not hold each value by its label"
    scored = numeric.score(reference, reference, question=question)
    if scored is None:
        if probe.numbers and not labelled:
            yield "numbers are given, but its reference is not scored by any"
        return
    if not probe.numbers:
        yield "its reference is scored by numbers, but none are given"
    elif scored < 1 or numeric.score(reference, reference) not in {1.0, None}:
        yield "its own reference does not get the full numeric score"
    # So it is where a page's own conversion is far off: 24 Nm (20 ft. lbs.) are two facts, and an answer needs one.
    elif numeric.score(reference, "; ".join(probe.numbers), question=question) != 1:
        yield "an answer of its numbers alone does not get the full numeric score"


def _spelled(term: Term) -> str:
    return repr(term if isinstance(term, str) else "|".join(term["any"]))
