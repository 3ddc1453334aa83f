"""Compare the sides that an answer and its reference name: left for right or front for rear is wrong."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import permutations

_OPPOSITES = (
    (  # "links" alone are those of a chain
        "left|left-hand|lefthand|nach links|linke|linken|linker|linkes",
        "right|right-hand|righthand|nach rechts|rechte|rechten|rechter|rechtes",
    ),
    (
        "front|forward|forwards|frontmost|vorn|vorne",
        "rear|back|backward|backwards|rearmost|rearward|rearwards|hinten",
    ),
    ("upper|top|uppermost", "lower|bottom|lowermost"),
    (
        "inner|inside|inward|inwards|innermost|innen",
        "outer|outside|outward|outwards|outermost|außen",
    ),
    ("upward|upwards|nach oben", "downward|downwards|nach unten"),
    ("convex", "concave"),
    ("long side|long end|long leg|long arm", "short side|short end|short leg|short arm"),
    (
        "clockwise|im uhrzeigersinn|senso orario|sens horaire",
        (
            "counterclockwise|counter-clockwise|counter clockwise|anticlockwise|anti-clockwise|anti clockwise"
            "|gegen den uhrzeigersinn|senso antiorario|sens antihoraire"
        ),
    ),
    ("intake|inlet", "exhaust|outlet"),
    ("driver|driver's", "passenger|passenger's"),
    (
        "positive|plus lead|plus cable|plus terminal|plus pole|plus post",
        "negative|minus lead|minus cable|minus terminal|minus pole|minus post",
    ),
    ("tighten|tightened", "loosen|loosened"),
    (
        "increase|increases|increased|raise|raises|raised|go up|goes up|grow|grows|pump up|rpm faster",
        (
            "decrease|decreases|decreased|reduce|reduces|reduced|lowers|lowered|lower it|lower them|lower by|drop it"
            "|drop them|go down|goes down|shrink|shrinks|let out|rpm slower"
        ),
    ),
    ("above", "below"),
    ("minimum", "maximum"),
    ("advance|advanced", "retard|retarded"),
    ("vertical|vertically", "horizontal|horizontally"),
    ("longer|longest", "shorter|shortest"),
    ("higher|highest", "lowest"),
    ("thickest", "thinnest"),
    (
        "whichever comes first|whichever occurs first|whichever is first|or sooner|or earlier",
        "whichever comes last|whichever comes later|whichever is later|or later",
    ),
    ("cold", "hot|warm|warmed up|operating temperature"),
    ("open|opens|opened|opening", "closed|closes|closing"),
    ("switched on", "switched off"),
    ("into", "out of"),
    ("btdc|before tdc|before top dead", "atdc|after tdc|after top dead|past tdc|past top dead"),
    (
        "on its wheels|on the ground|normally loaded|loaded|laden",
        "hanging free|hanging freely|hang free|hang freely|wheels hanging|unloaded|unladen|in the air",
    ),
)  # fmt: skip
# How a part is turned, said with one of the commonest words there are, which elsewhere is none ("fill up", "take out"):
# behind a verb of facing, or behind what can be seen of the part. "Pointing in" is "pointing inwards".
_SEEN = (
    r"(?:sides?|ends?|edges?|faces?|cups?|lips?|arrows?|lettering|letters?|marks?|markings?|text|openings?|grooves?|chamfers?"
    r"|tabs?|notch(?:es)?|collars?|flanges?|shoulders?|bevels?|recess(?:es)?|teeth|spigots?|heads?|gaps?|numbers?|noses?)"
)
_WAY = re.compile(
    rf"\b(?P<before>(?:fac(?:e|es|ed|ing)|point(?:s|ed|ing)?|look(?:s|ing)?"
    rf"|{_SEEN}(?:,? (?:must|should|shall|has|have|to|is|are|be|goes?|it|lies?))*)(?: not)? "
    r"|with (?:the|its|their|both) (?:[\w-]+ ){1,4}?(?=\w+\s*(?:[.,;)]|$)))"
    r"(?P<way>up|down|in|out)\b(?! (?:of|to|the|an?|from|on|with|for|\d)\b)"
)
_NOT_WAY = re.compile(r"(?<=, )not (?P<way>up|down|in|out)\b(?! (?:of|to|the)\b)")  # up, not down
# Power, which is said with "on" and "off": turn the ignition off, with the lamps on.
_POWERED = r"(?:ignition|engine|lights?|lamps?|beams?|motor|heater|blower|fan|pump|power|current)"
_POWER = re.compile(
    rf"\b(?P<before>(?:switch|turn)(?:es|s|ed|ing)?|(?:(?:(?:switch|turn)(?:es|s|ed|ing)?|with) (?:it|them)"
    rf"|{_POWERED}(?: (?:is|are|was|must|should|be|to|switched|turned)){{0,3}})(?= (?:on|off)\b(?! (?:the|an?|its)\b)))"
    r" (?P<way>on|off)\b"
)
_ASKED = re.compile(
    r"\b(?:(?:which|what) (?:sides?|ways?|directions?|ends?|positions?|corner|wheel|half)|where"
    r"|how (?:is|are|should) .{1,40} (?:turned|oriented|facing))\b"
)
# Not sides: you were right about it, right to the stop, top dead centre, back off, front page, until it is warm.
_NO_SIDE = re.compile(
    r"\b(?:(?<!before )(?<!after )(?<!past )top dead|back(?:ed)? off|back(?= (?:on|in|to|into|up|again)\b)"
    r"|until(?: \w+){1,4} (?:hot|warm|cold|open|closed)|all right|right (?:about|away|angle|value|order)"
    r"|at the right time|out of (?:round|order|true|line|balance|date|the way|\d+)"
    r"|(?:longer|shorter|higher|lower) than(?= (?:about )?\d))\b"
)


def stated(text: str) -> Counter[tuple[int, int]]:
    """Return how often each side is named: (which pair, which of the two). Each stretch of a text counts once."""
    lower = _NO_SIDE.sub(
        " ", _WAY.sub(r"\g<before>\g<way>wards", text.lower().replace("’", "'").replace("n't ", " not "))
    )
    lower = _POWER.sub(r"switched \g<way>", _NOT_WAY.sub(r"not \g<way>wards", lower))
    named = ((*_SIDES[match["side"]], match["away"] is not None) for match in _NAMED.finditer(lower))
    return Counter((at, 1 - one if away else one) for at, one, away in named)


def conflicts(reference: str, answer: str, question: str = "") -> list[str]:
    """Return the sides that the answer has less of than the reference and their opposites that it has more of.

    A side that is left out conflicts with nothing, nor does one that the question names without its opposite.
    """
    expected, given, asked = stated(reference), stated(answer), stated(question)
    asked = Counter({(at, one): times for (at, one), times in asked.items() if not asked[at, 1 - one]})
    found = []
    for at in range(len(_OPPOSITES)):
        for one, other in permutations(range(2)):
            lacks = expected[at, one] > given[at, one]
            if lacks and given[at, other] > max(expected[at, other], asked[at, other]):
                found.append(_OPPOSITES[at][one].partition("|")[0])
    return [*found, *done_without(reference, answer, question)]


def conditioned(reference: str) -> bool:
    """Return whether a value of a reference holds with or without something: 4.75 l with filter."""
    return _UNDER_CONDITION.search(reference) is not None


def done_without(reference: str, answer: str, question: str = "") -> Iterator[str]:
    """Yield what goes with the reference and without the answer, or the other way."""
    expected, given, asked = map(_with_and_without, (reference, answer, question))
    for at in range(2):
        turned = (expected[at] - expected[1 - at]) & (given[1 - at] - given[at]) - asked[1 - at] - {""}
        if "" not in expected[1 - at] | given[at]:  # "4.75 l with filter, 4.5 l without"
            yield from (f"{('with', 'without')[at]} {thing}" for thing in sorted(turned))


def _with_and_without(text: str) -> tuple[set[str], set[str]]:
    found: tuple[set[str], set[str]] = set(), set()
    lower = text.lower().replace("’", "'")
    for match in _WITH.finditer(lower):
        found[match["no"] is not None].add(match["thing"] or "")
    found[True].update(match["thing"] for match in _PLUS.finditer(lower))
    for match in _IF_CHANGED.finditer(lower):
        is_without = (match["not"] or match["nor"]) is not None
        found[is_without].add(match["is"] or match["thing"])
        if _OTHERWISE.search(lower, match.end()):
            found[not is_without].add("")
    return found


def unsaid(reference: str, answer: str, question: str) -> list[str]:
    """Return the sides that a question asks for and an answer leaves out, where it names none at all."""
    expected, given = stated(reference), stated(answer)
    if given or not _ASKED.search(question.lower()):
        return []
    return [_OPPOSITES[at][one].partition("|")[0] for at, one in expected if not stated(question)[at, one]]


_WITH = re.compile(
    r"\b(?:with|including|(?P<no>without|excluding))\b(?:\s(?:(?:the|an?|any|some|its|changing|replacing)\s){0,2}"
    r"(?P<thing>[a-z]{3,}))?"
)
# With it, said by what is done: 4.75 l if the filter is changed, or when you do not change the filter.
_IF_CHANGED = re.compile(
    r"\b(?:if|when|where)\s(?:the\s|its\s|your\s)?(?P<is>[a-z]{3,})\s(?:is|was|gets)\s(?P<not>not\s)?(?:also\s)?"
    r"(?:changed|replaced|renewed)\b"
    r"|\b(?:if|when|where)\s(?:you\s)?(?P<nor>(?:do\s)?not\s|don't\s)?(?:also\s)?"
    r"(?:chang(?:e|ing)|replac(?:e|ing)|renew(?:ing)?)\s(?:the|its|your)\s(?P<thing>[a-z]{3,})"
)
# 4.75 l plus the filter are more than 4.75 l with it.
_PLUS = re.compile(
    r"(?:\d\s?(?:l|ml|cc|kg|g)|\blit(?:er|re)s?)\b,?\s(?:plus|and\son\stop\sof\sthat|in\saddition\sto|to\swhich)"
    r"(?:\s(?:the|an?|its|new|that|of|for|what(?:ever)?))*\s(?P<thing>[a-z]{3,})"
)
_OTHERWISE = re.compile(r"\b(?:if not|otherwise|or else)\b")
_UNDER_CONDITION = re.compile(
    r"\d\s?\S{1,8}(?: of [a-z -]{2,24}?)?[ ,(]{1,2}(?:with|without|including|excluding)\s"
    r"|(?:^|[.;] )(?:with|without) (?:the |an? )?[a-z]{3,}[^.;\d]{0,40}\d",
    re.IGNORECASE,
)
_SIDES = {
    word: (at, one) for at, pair in enumerate(_OPPOSITES) for one, words in enumerate(pair) for word in words.split("|")
}
_NAMED = re.compile(  # below the filter, which is above it
    r"(?<![\w-])(?P<away>away from (?:the )?|not (?:(?:to|in|on|at) )?(?:the )?"
    r"|which (?:is|sits|lies) (?:directly |just |right )?(?=(?:above|below) (?:it|them)\b))?"
    rf"(?P<side>{'|'.join(map(re.escape, sorted(_SIDES, key=len, reverse=True)))})(?!\w)"
)
