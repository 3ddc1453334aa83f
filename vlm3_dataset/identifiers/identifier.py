"""Define an identifier as a manual prints it, and compare two of them."""

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "tool", "job", "part", "product", "page", "group", "figure", "fuse", "pin", "terminal", "connector", "splice",
    "ground", "relay", "wire", "wire size", "colour", "component", "cylinder", "gear", "ordinal", "step", "mark",
    "type", "strength", "screw length", "date",
]  # fmt: skip

# Kinds whose forms overlap: a page prints "Special Tool 12 31 000" in the form of a job number.
_ANY_NUMBER = frozenset({"tool", "job", "part", "product", "figure"})
_ANY_CALLOUT = frozenset({"component", "step", "relay", "mark"})
_ANY_CONTACT = frozenset({"pin", "terminal", "wire"})
_ANY_PLACE = frozenset({"page", "group"})
_FAMILIES = (_ANY_NUMBER, _ANY_CALLOUT, _ANY_CONTACT, _ANY_PLACE, frozenset({"gear", "ordinal"}))

# A question is narrower than these families: a job is no tool. Beside its own kind each takes these.
_NO_THING = frozenset({"job", "type", "wire size", "colour", "date", "page", "group"})
_ANY_THING = frozenset(get_args(Kind)) - _NO_THING
_ANSWERED_BY: dict[Kind, frozenset[Kind]] = {
    "tool": frozenset({"part", "product"}),
    "product": frozenset({"part", "tool"}),
    "figure": _ANY_CALLOUT | {"page", "part"},
    "page": _ANY_PLACE,
    "group": _ANY_PLACE | {"job"},
    "wire": frozenset({"terminal", "wire size", "colour", "connector", "component"}),
    "relay": frozenset({"component"}),
    "cylinder": frozenset({"ordinal"}),
    "gear": frozenset({"ordinal"}),
    "type": frozenset({"date"}),  # which models? those from 9/87
    "component": _ANY_THING,
    "step": _ANY_THING,
}


@dataclass(frozen=True, slots=True)
class Identifier:
    """One name with digits (or a colour, or a terminal such as B+) and where it stands: `text == source[start:end]`.

    `value` is its one spelling: no blanks, capitals, 0 for O in numbers, no leading zeros where they mean nothing.
    """

    kind: Kind
    value: str
    text: str
    start: int
    end: int


def same(a: Identifier, b: Identifier) -> bool:
    """Return whether two identifiers name the same thing: `11 3 010` is `113010`, fuse 3 is `F03` and never pin 3."""
    return a.value == b.value and (
        a.kind == b.kind or any(a.kind in family and b.kind in family for family in _FAMILIES)
    )


def answers(kind: Kind, asked: Kind) -> bool:
    """Return whether a name of a kind can be what a question asks for: a 2nd where a gear is asked, never a thread."""
    return kind == asked or kind in _ANSWERED_BY.get(asked, ())
