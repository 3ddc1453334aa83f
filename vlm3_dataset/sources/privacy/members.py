"""Find the members of a thread in its posts, by the names that the board prints. Pure.

A member may be called Idle or M3: such a name counts only where somebody is spoken to or of. Any other word of English
counts where it has a capital, too.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from vlm3_dataset.sources.privacy.first_names import is_word
from vlm3_dataset.sources.privacy.names import CAPITAL, THINGS, is_ordinary

SPOKEN_TO = re.compile(
    r"(?i)(?:(?<=@)|(?<=\bthanks )|(?<=\bthanks, )|(?<=\bthank you )|(?<=\bthank you, )|(?<=\bthx )|(?<=\bhi )"
    r"|(?<=\bhey )|(?<=\bhello )|(?<=\bpm )|(?<=\bmessage )|(?<=\bagree with )|(?<=\bask )|(?<=\bcheers )"
    r"|(?<=\bcheers, ))"
)
SPEAKS = re.compile(
    r"(?i) (?:said|says|wrote|writes|mentioned|suggested|posted|asked|pointed out|is right|was right|recommended|told"
    r"|schrieb)\b"
)
# At the start of a line.
ASKED = re.compile(r"(?i),? (?:you|your|thanks|(?:what|how|where|when|did|do|have|can|could) (?:\w+ )?you)\b")
OBJECT = re.compile(r"(?i) (?:the|an?|your|my|its?|all|both|each|any|of|it|them|this|that|these|those)\b")
THING, BEGINS = re.compile(THINGS), re.compile(f"[{CAPITAL}]")


def without_members(text: str, named: frozenset[str], stand_in: Callable[[str], str]) -> str:
    """Return a text with the stand-in of each member in place of his name; `named` are all, in small letters."""

    def instead(found: re.Match[str]) -> str:
        return stand_in(found["name"]) if found["name"] and _is_meant(found) else found[0]

    return _pattern(named).sub(instead, text)


@lru_cache(256)
def _pattern(names: frozenset[str]) -> re.Pattern[str]:
    """Find these names wherever they are whole, and what is taken out already. "Don't" is no Don."""
    first = re.escape("".join(sorted({name[0] for name in names})))
    spelled = "|".join(map(_spelled, sorted(names, key=lambda name: (-len(name), name))))
    # The look at the first letter spares most places of a text all the names.
    return re.compile(rf"(?i)(?=[\[@{first}])(?:\[[a-z ]{{4,16}}\]|@?(?<!\w)(?P<name>{spelled})(?!\w|['’]t\b))")


def _is_meant(found: re.Match[str]) -> bool:
    """Return whether a member is meant by what may be a word, too: Mark the pulley, as Mark said."""
    text, (start, end) = found.string, found.span("name")
    name = " ".join(found["name"].casefold().split())
    ordinary = is_ordinary(name)
    if not ordinary and not THING.match(text, start):
        if not is_word(name):
            return True
        if BEGINS.match(text, start) and not OBJECT.match(text, end):
            return True
    if not (ordinary or is_word(name)):
        return False
    begins_line = start == 0 or text[start - 1] == "\n"
    return bool(SPOKEN_TO.match(text, start) or SPEAKS.match(text, end) or (begins_line and ASKED.match(text, end)))


def _spelled(name: str) -> str:
    return r"\s+".join(map(re.escape, name.split()))
