"""Carry decisions over to a page that was scanned again, renamed or moved, for the same question there.

`<work>/decisions/carried.over.jsonl` holds the carried decisions. Emit writes it from the reviewers' own logs, which it
leaves unchanged: a decision that is taken back there is no longer carried over either.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from vlm3_dataset.files import write_bytes
from vlm3_dataset.filters.duplicates import without_signs
from vlm3_dataset.language.wording import PLACE
from vlm3_dataset.review import log
from vlm3_dataset.review.decisions import Decision, Subject
from vlm3_dataset.review.pairs import Pair

NAME = "carried.over.jsonl"  # no reviewer's log has a dot in its name


def carried(standing: Mapping[Subject, Decision], pairs: Iterable[Pair], heirs: Mapping[str, str]) -> list[Decision]:
    """Return the decisions about pairs that are gone, moved to the pairs that took their places. Pure.

    Such a pair has the same question, but for the section's name, and the same answer: on the page with the same
    picture, else with the same id, else on its heir (`heirs` are new page ids by old). A decision about that pair
    itself goes first.
    """
    subjects: dict[tuple[str, str, str], list[Subject]] = defaultdict(list)
    for pair in pairs:
        for page in (pair.subject.image_sha256, pair.subject.page_id):
            subjects[page, *_asked(pair.subject)].append(pair.subject)
    here = {subject for found in subjects.values() for subject in found}
    own = {about: each for about, each in standing.items() if each.carried_from is None}
    last = {each.carried_from: about for about, each in standing.items() if each.carried_from}
    made: dict[Subject, Decision] = {}
    for old, decision in sorted(own.items(), key=lambda each: each[1].at):
        if old in here:
            continue
        lay = last.get(old, old)
        ids = (lay.image_sha256, old.image_sha256, lay.page_id, old.page_id)
        places = (*ids, *(heirs[page_id] for page_id in (lay.page_id, old.page_id) if page_id in heirs))
        taking = (found[0] for page in places if (found := subjects.get((page, *_asked(old)))))
        new = lay if lay in here else next(taking, None)
        if new and new not in own:
            made[new] = replace(decision, pair=new, carried_from=old)
    return list(made.values())


def write(work: Path, decisions: Iterable[Decision]) -> None:
    """Replace the carried decisions of the last emit; no file is made where there are none and were none."""
    lines = b"".join(log.line(each) for each in decisions)
    path = work / log.FOLDER / NAME
    if lines or path.exists():
        write_bytes(path, lines)


def _asked(subject: Subject) -> tuple[str, str]:
    return without_signs(PLACE.sub("", subject.question)), subject.answer_sha256
