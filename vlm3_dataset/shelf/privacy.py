"""Takes the people out of a post before its words go anywhere: names, mail, telephone, chassis numbers."""

import hashlib
import re
from collections.abc import Iterable

MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
# 17 characters without I, O, Q, as ISO 3779 has it; at least one digit, so that no long word is taken for one.
VIN = re.compile(r"\b(?=[A-HJ-NPR-Z]*\d)[A-HJ-NPR-Z0-9]{17}\b")
# Ten or more digits in groups, or seven after a plus sign: shorter ones are part numbers (0 261 200 071 has eleven
# digits in the maker's own grouping and is kept).
TELEPHONE = re.compile(r"(?<![\w.])(?:\+\d[\d ()./-]{7,}\d|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4})(?![\w.])")


def pseudonym(name: str) -> str:
    """The same stand-in for the same name, always: `member-3f2a1c`. It cannot be turned back without the name."""
    return f"member-{hashlib.sha256(name.casefold().encode()).hexdigest()[:6]}"


def scrub(text: str, names: Iterable[str] = ()) -> str:
    """Replaces the given people's names by pseudonyms, and removes what could lead to a person or a car."""
    for name in sorted(set(names), key=lambda name: (-len(name), name)):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", pseudonym(name), text, flags=re.IGNORECASE)
    text = MAIL.sub("[mail]", text)
    text = VIN.sub("[chassis number]", text)
    return TELEPHONE.sub("[telephone]", text)
