"""Compare texts by the words that decide: the subject, the side that is meant, and denials. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Set
from functools import cache
from itertools import combinations, dropwhile, pairwise
from operator import eq
from typing import TypeVar

from vlm3_dataset.identifiers.forms import COLOUR_WORDS

T = TypeVar("T")
# Alternatives of which only one holds; what stands between two slashes means the same.
AXES = (
    "front / rear",
    "left lefthand / right righthand",
    "inlet intake suction / outlet exhaust",
    "input / output",
    "upper top uppermost / lower bottom lowermost",
    "upward upwards facing-up up / downward downwards down",
    "above / below underneath",
    "inner inside internal / outer outside external",
    "wide wider / narrow narrower",
    "large larger largest big bigger / small smaller smallest",
    "long longer longest / short shorter shortest",
    "high higher highest / low lowest",
    "thick thicker / thin thinner",
    "open opened opens / closed close closes shut",
    "tighten tightened tightening tightens / loosen loosened loosening slacken unscrew unscrewed unscrewing",
    "install installed installing installation mount mounted insert inserted / remove removed removing removal unscrew",
    "connect connected connecting / disconnect disconnected disconnecting unplug unplugged",
    "hot warm / cold",
    "dry / oiled / greased",
    "first 1st / second 2nd / third 3rd / fourth 4th / fifth 5th / sixth 6th",
    "clockwise / counterclockwise anticlockwise",
    "before prior / after afterwards",
    "increase increases increased rises / decrease decreases decreased reduce reduces reduced falls drops",
    "positive / negative",
    "with con mit / without senza ohne",
    "new / old",
    "driver driver's / passenger passenger's",
    "advance advanced / retard retarded",
    "manual / automatic",
    "energized / deenergized",
    "engage engaged engaging / disengage disengaged disengaging",
    "horizontal / vertical",
    "even / odd",
    "more / less fewer",
)
_SIDES: dict[str, tuple[tuple[int, int], ...]] = {}
for _axis, _line in enumerate(AXES):
    for _side, _words in enumerate(_line.split("/")):
        for _word in _words.split():
            _SIDES[_word] = (*_SIDES.get(_word, ()), (_axis, _side))
SIDE_WORDS = tuple(_SIDES)
# Words of which two questions that mean the same have the same ones, and two names of one thing.
OPPOSITES = (
    ("front", "rear"), ("left", "right"), ("intake", "exhaust"), ("inlet", "exhaust"), ("inlet", "outlet"),
    ("upper", "lower"), ("inner", "outer"), ("hot", "warm", "cold"), ("remove", "install"), ("removing", "installing"),
    ("minimum", "maximum"), ("min", "max"), ("first", "second", "third"), ("1st", "2nd", "3rd", "4th", "5th"),
    ("new", "old", "used"), ("open", "closed"), ("with", "without"), ("primary", "secondary"),
)  # fmt: skip
_OPPOSITE_WORDS = frozenset(word for words in OPPOSITES for word in words)
WITH, TIGHTENED = frozenset(_SIDES["with"]), frozenset(_SIDES["tightened"])
PLACE = re.compile(r"In the section .*?, (?=what )")  # where rules ask; two books of one table name it differently
# Where such a word takes no side.
_PHRASES = re.compile(
    r"\b(?:more|less|fewer) than\b|\bor (?:more|less)\b|\bup to\b|\btightening torques?\b|\bfirst\b(?=.{1,200}\bthen\b)"
)
_TOKEN = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
_WORD_OR_NUMBER = re.compile(r"[\w.,/-]*\w")
_LETTER = re.compile(
    r"(?<![\w.°])(?:[B-HJ-Z](?![\w'.])|(?<=\()A(?=\))|A(?= ?=|-[a-z])|(?<=[Pp]art )A\b"
    r"|(?<=[a-z] )[B-HJ-Z](?=\.(?:\s|$))|(?<=[a-z] )[AI](?=[\s.,;:)]*(?:$|[,;:)]|\.\s)))"
)
_JOINED = re.compile(r"-(?=clockwise|energized|hand\b)|(?<=[a-z])-\n(?=[a-z])")
_SUPERLATIVE = re.compile(
    r"\b(?:high|low|larg|small|bigg|long|short|thick|thinn|wid|narrow|great|fewe|tight)(?:e?st)\b"
)
_DENIED = re.compile(r"\b(?:not?|never|neither|nor|cannot|none|without|senza|non)\b|n['’]t\b")
_OPENING = re.compile(r"^\s*no[,;.:]\s+(?=.*\b(?:not|never|cannot)\b)")  # it says the same twice
_EXCEPT = re.compile(r"(?i)\b(?:except\w*|apart from|other than|instead of|rather than|excluding)\b")
_PART = re.compile(r"[,;.:]\s|\b(?:then|and|before|after|afterwards)\b|\n|->|→")
_LOOKS = str.maketrans("i1|0", "lllo")  # letters that OCR takes for each other
_ENDINGS = ("ations", "ation", "ings", "ing", "ed", "es", "s", "ly")
_COMMON_WORDS = """
a an and any are as at be been being bmw by can car cars could did do does each for from given give has have how if in
into is it its kind made many may must much need needed needs number of on onto or page part per put say says shall
should shown so specified stated that the their them then there these they this those to
type used use using value values was were what when where which while who whose why will with you your always also only
both one ones order sequence done same other called name named following according mean means before after required
require requires recommended correct proper specify indicate indicated indicates listed
about important note notes procedure procedures refer refers referred
approx approximately torque torques nm ft lb lbs mm cm psi bar
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_EMPTY = _COMMON | {"not"}


def words(text: str) -> frozenset[str]:
    """Return the stems of the words of a text that say what it is about, spelled so that OCR's look-alikes are equal.

    A letter by itself is one: distance B is not distance C. "Not" is none (`denials` counts it), and has a note's stem.
    """
    told = _tokens(_PHRASES.sub(" ", _OPENING.sub("", text.casefold())))
    stems = (stem(word) for word in told if len(word) > 1 and word not in _EMPTY and word.isalpha())
    return frozenset([*stems, *_LETTER.findall(text)])


def content(text: str) -> list[tuple[str, int, int]]:
    """Return the stems of the words of a text that say what it is about, each with its place, in their order."""
    found = ((match[0].casefold(), *match.span()) for match in _TOKEN.finditer(text))
    return [
        (stem(word), start, end)
        for word, start, end in found
        if len(word) > 1 and word.isalpha() and word not in _EMPTY
    ]


@cache
def stem(word: str) -> str:
    """Return a word without its ending: tightened and tightening are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    word = word.removesuffix("e")
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word.translate(_LOOKS)


def is_common(word: str) -> bool:
    """Return whether a word of small letters says nothing of what a text is about."""
    return word in _EMPTY


COLOURS = frozenset(map(stem, COLOUR_WORDS))


def sides(text: str) -> frozenset[tuple[int, int]]:
    """Return the sides that a text takes, as (axis, side)."""
    plain = _PHRASES.sub(" ", _JOINED.sub("", text.casefold()))
    return frozenset(side for word in _tokens(plain) for side in _SIDES.get(word, ()))


def opposed(one: Set[tuple[int, int]], other: Set[tuple[int, int]]) -> bool:
    """Return whether two texts take different sides of an axis that both speak of."""
    axes = {axis for axis, _ in one} & {axis for axis, _ in other}
    return any(
        {side for side in one if side[0] == axis} != {side for side in other if side[0] == axis} for axis in axes
    )


def distinguishing_words(text: str) -> frozenset[str]:
    """Return what two duplicate questions must share: tokens with a digit, and words that have an opposite."""
    words = (word.casefold().strip(".,") for word in _WORD_OR_NUMBER.findall(text))
    return frozenset(word for word in words if _tells_apart(word))


def _tells_apart(word: str) -> bool:
    return word in _OPPOSITE_WORDS or word.startswith("non-") or any(sign.isdigit() for sign in word)


SAME_ORDER = 0.8  # the least of `order_agreement` of two texts that tell one order


def order_agreement(one: str, other: str) -> float:
    """Return the share of the word pairs across parts of a text that another has in that order; 1 without any."""
    first, second = _parts(one), _parts(other)
    shared = sorted(first.keys() & second.keys(), key=first.__getitem__)
    pairs = [
        second[before] < second[after]
        for before, after in combinations(shared, 2)
        if first[before][0] < first[after][0]
    ]
    return sum(pairs) / len(pairs) if pairs else 1.0


def follows(answer: str, printed: str, question: str) -> bool:
    """Return whether the words and numbers of an answer stand in a text in the same order, one or more apart.

    Words of the question, with which an answer often begins or ends, need not; nor those that the text does not have.
    """
    text, asked = _told(printed), {word for word in _told(question) if word.isalpha()}
    given = [word for word in _told(answer) if word in text or word not in asked]
    rest = [*dropwhile(asked.__contains__, given)]
    rest = [*dropwhile(asked.__contains__, rest[::-1])][::-1]
    return any(is_subsequence(words, text) for words in (given, rest) if words)


def _told(text: str) -> list[str]:
    """Return the words and numbers of a text that say something, in their order."""
    plain = _PHRASES.sub(" ", text.casefold())
    return [stem(word) if word.isalpha() else word for word in _tokens(plain) if word not in _COMMON]


def is_subsequence(own: Iterable[T], printed: Iterable[T], is_same: Callable[[T, T], bool] = eq) -> bool:
    """Return whether all of some things come in a row of others, in their order, one or more apart."""
    following = iter(printed)
    return all(any(is_same(one, other) for other in following) for one in own)


def superlatives(text: str) -> frozenset[str]:
    """Return the words of a text that compare one with all others, as no passage by itself can."""
    return frozenset(_SUPERLATIVE.findall(text.casefold()))


def denials(text: str) -> int:
    """Count how often a text denies something; "No, do not reuse it" does so once."""
    return len(_DENIED.findall(_OPENING.sub("", text.casefold())))


def excepts(text: str) -> bool:
    """Return whether a text leaves something out of what it says."""
    return bool(_EXCEPT.search(text))


def _parts(text: str) -> dict[str, tuple[int, int]]:
    """Return for what occurs once its part of the text and its place; a text tells its steps in parts.

    That is a word or, for "left front, right front, left rear", two that follow each other.
    """
    found: list[tuple[str, int]] = []
    for number, part in enumerate(_PART.split(text.casefold())):
        stems = [stem(word) for word in _tokens(part) if word not in _COMMON]
        found += [(word, number) for word in (*stems, *map(" ".join, pairwise(stems)))]
    told = Counter(word for word, _ in found)
    return {word: (number, at) for at, (word, number) in enumerate(found) if told[word] == 1}


def _tokens(text: str) -> list[str]:
    return [token.removesuffix("'s").removesuffix("’s") for token in _TOKEN.findall(text.casefold())]
