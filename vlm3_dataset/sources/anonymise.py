"""Takes the people out of a post before its words go anywhere: names, mail, telephone, chassis and number plates."""

import hashlib
import re
from collections.abc import Iterable

MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
# 17 characters without I, O, Q, as ISO 3779 has it; at least one digit, so that no long word is taken for one.
VIN = re.compile(r"\b(?=[A-HJ-NPR-Z]*\d)[A-HJ-NPR-Z0-9]{17}\b", re.IGNORECASE)
# German number plates, M-AB 1234: a town, one or two letters, two to four digits.
PLATE = re.compile(r"\b[A-ZÄÖÜ]{1,3}-[A-ZÄÖÜ]{1,2} ?[1-9]\d{1,3}[EH]?\b")
# Others have no form of their own, so only the words before them tell. Never a bare "plate": clutches have some.
TOLD_PLATE = re.compile(
    r"\b((?i:licen[cs]e plate|number ?plate|registration|kennzeichen)(?i: (?:is|was|ist|no\.?|number))?[:.]?\s+)"
    r"(?=[A-Z0-9 -]{0,8}\d)(?=[A-Z0-9 -]{0,8}[A-Z])[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4}){1,2}\b"
)
# +49 89 1234 5678, (555) 867-5309, 089 / 1234567, 0171-1234567. Groups parted by blanks alone are part and tool numbers
# (0 261 200 071, 11 2 010) and stay.
TELEPHONE = re.compile(
    r"(?<![\w.])(?:\+\d[\d ()./-]{7,}\d|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}|0\d{1,4} ?[/-] ?\d{3,}[\d -]{2,}\d)(?![\w.])"
)


def pseudonym(name: str) -> str:
    """The same stand-in for the same name, always: `member-3f2a1c`. Who knows a name can find its stand-in."""
    return f"member-{hashlib.sha256(name.casefold().encode()).hexdigest()[:6]}"


def scrub(text: str, names: Iterable[str] = ()) -> str:
    """Replaces the given people's names by pseudonyms, and removes what could lead to a person or a car."""
    people = sorted({name for name in names if name}, key=lambda name: (-len(name), name))
    if people:
        # One pattern, so that no name is looked for inside another's stand-in.
        pattern = "|".join(re.escape(name) for name in people)
        text = re.sub(rf"(?i)(?<!\w)(?:{pattern})(?!\w)", lambda found: pseudonym(found[0]), text)
    text = MAIL.sub("[mail]", text)
    text = VIN.sub("[chassis number]", text)
    text = PLATE.sub("[number plate]", TOLD_PLATE.sub(r"\1[number plate]", text))
    return TELEPHONE.sub("[telephone]", text)
