"""Compare the sides that an answer and its reference name: left for right or front for rear is wrong."""

import re
from collections import Counter
from itertools import permutations

_OPPOSITES = (
    ("left|left-hand|lefthand", "right|right-hand|righthand"),
    ("front|forward|forwards|frontmost", "rear|back|backward|backwards|rearmost|rearward"),
    ("upper|top|uppermost", "lower|bottom|lowermost"),
    ("inner|inside|inward|inwards|innermost", "outer|outside|outward|outwards|outermost"),
    ("upward|upwards|facing up|face up|faces up", "downward|downwards|facing down|face down|faces down"),
    ("facing in|facing inward", "facing out|facing outward"),
    (
        "clockwise",
        "counterclockwise|counter-clockwise|counter clockwise|anticlockwise|anti-clockwise|anti clockwise",
    ),
    ("intake|inlet", "exhaust|outlet"),
    ("driver|driver's", "passenger|passenger's"),
    ("positive", "negative"),
    ("tighten|tightened", "loosen|loosened"),
    ("increase|increases|increased|raise|raises", "decrease|decreases|decreased|reduce|reduces|reduced|lowers"),
    ("above", "below"),
    ("minimum", "maximum"),
    ("advance|advanced", "retard|retarded"),
    ("vertical|vertically", "horizontal|horizontally"),
    ("longer|longest", "shorter|shortest"),
    ("higher|highest", "lowest"),
)  # fmt: skip
_ASKED = re.compile(
    r"\b(?:(?:which|what) (?:sides?|ways?|directions?|ends?|positions?|corner|wheel|half)|where"
    r"|how (?:is|are|should) .{1,40} (?:turned|oriented|facing))\b"
)
# Not sides: right to the stop, top dead centre, back off, front page.
_NO_SIDE = re.compile(
    r"\b(?:top dead|back(?:ed)? off|back(?= (?:on|in|to|into|up|again)\b)|all right|right (?:away|angle"
    r"|value|order)|at the right time)\b"
)


def stated(text: str) -> Counter[tuple[int, int]]:
    """Return how often each side is named: (which pair, which of the two). Each stretch of a text counts once."""
    lower = _NO_SIDE.sub(" ", text.lower().replace("’", "'"))
    return Counter(_SIDES[match.group()] for match in _NAMED.finditer(lower))


def conflicts(reference: str, answer: str, question: str = "") -> list[str]:
    """Return the sides that the answer has less of than the reference and their opposites that it has more of.

    A side that is left out conflicts with nothing, nor does one that the question names.
    """
    expected, given, asked = stated(reference), stated(answer), stated(question)
    found = []
    for at in range(len(_OPPOSITES)):
        for one, other in permutations(range(2)):
            lacks = expected[at, one] > given[at, one]
            if lacks and given[at, other] > max(expected[at, other], asked[at, other]):
                found.append(_OPPOSITES[at][one].partition("|")[0])
    return found


def unsaid(reference: str, answer: str, question: str) -> list[str]:
    """Return the sides that a question asks for and an answer leaves out, where it names none at all."""
    expected, given = stated(reference), stated(answer)
    if given or not _ASKED.search(question.lower()):
        return []
    return [_OPPOSITES[at][one].partition("|")[0] for at, one in expected if not stated(question)[at, one]]


_SIDES = {
    word: (at, one) for at, pair in enumerate(_OPPOSITES) for one, words in enumerate(pair) for word in words.split("|")
}
_NAMED = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(_SIDES, key=len, reverse=True)))})(?!\w)")
