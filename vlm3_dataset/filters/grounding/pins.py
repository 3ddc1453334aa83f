"""Tell whose pin or terminal is meant: pin 3 of C101 is not pin 3 of C103. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from vlm3_dataset.identifiers import Figures, Identifier, same

Held = tuple[Identifier, Identifier]  # a contact and what it is on

_CONTACTS = frozenset({"pin", "terminal"})
_HOLDERS = frozenset({"connector", "relay", "component", "fuse", "splice", "ground"})
_NAMED = r"(?:(?:pin|terminal|socket|connector|plug|relay|component|fuse|switch|unit)s?\s?)?"
_OF = re.compile(rf"\s?(?:\(?(?:of|in|on|at)\s(?:the\s)?)?{_NAMED}\(?", re.IGNORECASE)  # pin 3 of C101, 3 C101
_BESIDE = re.compile(rf"\s?[,:/(-]?\s?{_NAMED}\(?", re.IGNORECASE)  # C101, pin 3
_LISTED = re.compile(rf"(?:,|,?\s(?:and|or|to|through)|\s?[/&-])\s?{_NAMED}", re.IGNORECASE)  # pins 3 and 5


def are_mixed_up(told: Figures, text: str, printed: Figures, beside: str) -> bool:
    """Return whether a text puts a contact on something else than another text does.

    Where only one of the two says whose a contact is, and the other names neither with another partner, both may be
    right.
    """
    there = list(_held(printed, beside))
    for contact, holder in _held(told, text):
        near = [(same(contact, one), same(holder, other)) for one, other in there]
        if any(one or other for one, other in near) and (True, True) not in near:
            return True
    return False


def _held(of: Figures, text: str) -> Iterator[Held]:
    """Yield each contact of a text with what it is on; the contacts of a list are on one thing."""
    names = [one for one in of.identifiers if one.kind in _CONTACTS | _HOLDERS]
    for run in _runs(names, text):
        at = names.index(run[0])
        before = names[at - 1] if at and names[at - 1].kind in _HOLDERS else None
        after = names[at + len(run)] if at + len(run) < len(names) else None
        behind = text[run[-1].end : after.start] if after and after.kind in _HOLDERS else ""
        if after and behind and _OF.fullmatch(behind):
            holder = after
        elif before and _BESIDE.fullmatch(text, before.end, run[0].start):
            holder = before
        elif after and behind and _BESIDE.fullmatch(behind):
            holder = after
        else:
            continue
        yield from ((contact, holder) for contact in run)


def _runs(names: Sequence[Identifier], text: str) -> Iterator[list[Identifier]]:
    """Yield the contacts that stand in one list: those of pins 3, 4 and 12."""
    run = [one for one in names[:1] if one.kind in _CONTACTS]
    for last, one in pairwise(names):
        if run and not (one.kind in _CONTACTS and _LISTED.fullmatch(text, last.end, one.start)):
            yield run
            run = []
        if one.kind in _CONTACTS:
            run.append(one)
    if run:
        yield run
