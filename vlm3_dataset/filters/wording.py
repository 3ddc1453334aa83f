"""Words that decide: what tells one subject from another, which side is meant, and whether it is denied. Pure."""

import re
from functools import cache
from itertools import combinations

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
    "first 1st / second 2nd / third 3rd / fourth 4th / fifth 5th / sixth 6th",
    "clockwise / counterclockwise anticlockwise",
    "before prior / after afterwards",
    "minimum min / maximum max",
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
)
_SIDES: dict[str, tuple[tuple[int, int], ...]] = {}
for _axis, _line in enumerate(AXES):
    for _side, _words in enumerate(_line.split("/")):
        for _word in _words.split():
            _SIDES[_word] = (*_SIDES.get(_word, ()), (_axis, _side))
SIDE_WORDS = frozenset(_SIDES)
_PHRASES = re.compile(r"\bup to\b|\btightening torques?\b")  # where such a word takes no side
_TOKEN = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
_JOINED = re.compile(r"-(?=clockwise|energized|hand\b)|(?<=[a-z])-\n(?=[a-z])")
_DENIED = re.compile(r"\b(?:not?|never|neither|nor|cannot|none|without|senza|non)\b|n['’]t\b")
_LOOKS = str.maketrans("i1|0", "lllo")  # letters that OCR takes for each other
_ENDINGS = ("ations", "ation", "ings", "ing", "ed", "es", "s", "ly")
_COMMON_WORDS = """
a an and any are as at be been being bmw by can car cars could did do does each for from given give has have how if in
into is it its kind made many may must much need needed needs number of on onto or page part per put say says shall
should shown so specification specifications specified stated that the their them then there these they this those to
type used use using value values was were what when where which while who whose why will with you your always also only
both one ones same other called name named following according mean means before after required require requires
recommended correct proper specify indicate indicated indicates listed refer refers referred approx torque torques
nm ft lb lbs mm cm psi bar
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def words(text: str) -> frozenset[str]:
    """The stems of the words of a text that say what it is about, spelled so that OCR's look-alikes are equal."""
    return frozenset(stem(word) for word in _tokens(text) if len(word) > 1 and word not in _COMMON and word.isalpha())


@cache
def stem(word: str) -> str:
    """A word without its ending: tightened and tightening are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    word = word.removesuffix("e")
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word.translate(_LOOKS)


def sides(text: str) -> frozenset[tuple[int, int]]:
    """The sides that a text takes, as (axis, side)."""
    plain = _PHRASES.sub(" ", _JOINED.sub("", text.casefold()))
    return frozenset(side for word in _tokens(plain) for side in _SIDES.get(word, ()))


def opposed(one: frozenset[tuple[int, int]], other: frozenset[tuple[int, int]]) -> bool:
    """Whether two texts take different sides of an axis that both speak of."""
    axes = {axis for axis, _ in one} & {axis for axis, _ in other}
    return any(
        {side for side in one if side[0] == axis} != {side for side in other if side[0] == axis} for axis in axes
    )


def concord(one: str, other: str) -> float:
    """The share of pairs of words that stand in the same order in two texts; 1 where there is no pair."""
    first, second = (_places(text) for text in (one, other))
    shared = sorted(first.keys() & second.keys(), key=first.__getitem__)
    pairs = [second[before] < second[after] for before, after in combinations(shared, 2)]
    return sum(pairs) / len(pairs) if pairs else 1.0


def is_denied(text: str) -> bool:
    """Whether a text says that something is not so."""
    return bool(_DENIED.search(text.casefold()))


def _places(text: str) -> dict[str, int]:
    """Where each word stands that stands once."""
    stems = [stem(word) for word in _tokens(text) if word not in _COMMON]
    return {word: at for at, word in enumerate(stems) if stems.count(word) == 1}


def _tokens(text: str) -> list[str]:
    return [token.removesuffix("'s").removesuffix("’s") for token in _TOKEN.findall(text.casefold())]
