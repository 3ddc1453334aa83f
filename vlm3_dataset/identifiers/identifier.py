"""Define an identifier as a manual prints it, and compare two of them."""

from dataclasses import dataclass
from typing import Literal

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
