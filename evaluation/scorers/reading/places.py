"""Say where and which way a text means in the English words that are compared: "RR" and "hinten rechts" as rear right.

What it corrects ("on the left, no, on the right") is left out. The scorers compare sides, courses and orders in this.
"""

import re
from functools import lru_cache

from evaluation.scorers.reading.rewriting import BLANKS

_FRONT, _REAR = r"front|vorne?|vordere[nrs]?", r"rear|hinten|hintere[nrs]?"
_LEFT, _RIGHT = (
    r"left(?:[ -]hand(?:[ -]side)?)?|links|linke[nrs]?",
    r"right(?:[ -]hand(?:[ -]side)?)?|rechts|rechte[nrs]?",
)
_TURN = r"\b(?:turn|rotat|wind|swing|screw|swivel|dreh)\w*(?:\s[\w-]+){0,5}?\s"
_PLAIN = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in (
        (BLANKS.pattern, " "),
        (r"\s?[⟶⇒➔➜➝]\s?", " → "),
        (r"\([−–]\)", "(-)"),
        # taken back, with what was said before it in its clause
        (
            (
                r"[^.,;:!?\n()]{1,80}(?:\s[-–—]+|[,(])"
                r"\s?(?:(?:no|nein)\s?[,:–-]|(?:sorry|wait|correction|i mean|or rather)\b)"
                r"(?=[^.;!?\n]*\b(?:left|right|front|rear|upper|lower|inner|outer|above|below)\b)"
            ),
            "",
        ),
        (rf"({_TURN}(?:to the right|nach rechts))\b|\brechtsherum\b|\bCW\b", r"\1 clockwise"),
        (rf"({_TURN}(?:to the left|nach links))\b|\blinksherum\b|\bCCW\b", r"\1 counterclockwise"),
        # "links" alone are those of a chain
        (r"\blinks(?=\s(?:am|an|im|in|vom|von|neben|unter|über|hinter|vor|oben|unten|vorne?|hinten|und)\b)", "left"),
        (r"\b(oben|unten|vorne?|hinten|ganz|nach)\slinks\b", r"\1 left"),
        (r"\brechts\b", "right"),
        (r"\boberhalb\b", "above"),
        (r"\bunterhalb\b", "below"),
        *(
            (rf"\b(?:(?:{end})[ -](?:{side})|(?:{side})[ -](?:{end})|(?-i:{initials}))\b", corner)
            for end, side, initials, corner in (
                (_FRONT, _LEFT, "FL", "front left"),
                (_FRONT, _RIGHT, "FR", "front right"),
                (_REAR, _LEFT, "RL", "rear left"),
                (_REAR, _RIGHT, "RR", "rear right"),
            )
        ),
    )
)


@lru_cache(maxsize=4096)  # two scorers read every text, and a reference for every answer
def plain_places(text: str) -> str:
    """Return a text with its places and directions in plain English."""
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    return text
