"""Is it the right side? Left for right, front for rear: words that change everything."""

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
    ("clockwise", "counterclockwise|counter-clockwise|anticlockwise|anti-clockwise"),
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
    ("clockwise direction", "anticlockwise direction"),
)  # fmt: skip
# Not sides: right to the stop, top dead centre, back off, front page.
_NO_SIDE = re.compile(
    r"\b(?:top dead|back(?:ed)? off|back(?= (?:on|in|to|into|up|again)\b)|all right|right (?:away|angle"
    r"|value|order)|at the right time)\b"
)


def stated(text: str) -> Counter[tuple[int, int]]:
    """Return how often each side is named: (which pair, which of the two)."""
    lower = _NO_SIDE.sub(" ", text.lower().replace("’", "'"))
    found: Counter[tuple[int, int]] = Counter()
    for at, (one, other) in enumerate(_PATTERNS):
        found[at, 0], found[at, 1] = len(one.findall(lower)), len(other.findall(lower))
    return +found


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


def _pattern(words: str) -> re.Pattern[str]:
    spelled = "|".join(sorted(map(re.escape, words.split("|")), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{spelled})(?![\w])")


_PATTERNS = tuple((_pattern(one), _pattern(other)) for one, other in _OPPOSITES)
