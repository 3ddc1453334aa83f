"""Decisions about a page that was scanned again, renamed or moved hold for the same question on the page of today.

`<work>/decisions/carried.over.jsonl` keeps where they hold now. Emit writes it from the reviewers' own logs, which stay
as they are: what a reviewer takes back there holds nowhere else either.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from vlm3_dataset.files import write_bytes
from vlm3_dataset.filters.duplicates import letters
from vlm3_dataset.filters.wording import PLACE
from vlm3_dataset.review import log
from vlm3_dataset.review.decisions import Decision, Subject
from vlm3_dataset.review.pairs import Pair

NAME = "carried.over.jsonl"  # no reviewer's log has a dot in its name


def carried(standing: Mapping[Subject, Decision], pairs: Iterable[Pair], heirs: Mapping[str, str]) -> list[Decision]:
    """The decisions about pairs that are there no more, each about the pair that took its place. Pure.

    That is the same question, whatever it calls the section, with the same answer: on the page with the same picture,
    else on that of the same id, else on its heir (`heirs` are new page ids by old). What somebody has decided about
    that pair itself goes before.
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
    """Puts them in the place of those of the last time; no file where there are none and were none."""
    lines = b"".join(log.line(each) for each in decisions)
    path = work / log.FOLDER / NAME
    if lines or path.exists():
        write_bytes(path, lines)


def _asked(subject: Subject) -> tuple[str, str]:
    return letters(PLACE.sub("", subject.question)), subject.answer_sha256
