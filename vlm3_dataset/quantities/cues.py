"""Recognise the words around a quantity that change its meaning: maximum, at least, not, instead of."""

import re

from vlm3_dataset.quantities.quantity import Side

_REACH = 64  # characters before a quantity in which such a word is looked for
_AFTER = 28

_LIMIT = re.compile(  # maximum permissible wear: 0.5 mm
    r"""\b(?:(?P<max>max(?:i(?:mum|mal)?)?|massim[oa]|höchstens|au\splus|non\ssuperiore\sa|nicht\s(?:über|mehr\sals)|pas\splus\sde|no\smás\sde)|min(?:i(?:mum|mal)?|d(?=\.)|destens)?|minim[oa]
    |almeno|au\smoins|non\sinferiore\sa|nicht\s(?:unter|weniger\sals)|pas\smoins\sde|no\smenos\sde)\b\.?
    (?:\s(?!(?:and|then|or|but|to|tighten)\b)[a-z-]{1,16}){0,4}[\s:=(]{0,3}$""",
    re.VERBOSE,
)
# A "not" does not reach past one of these: do not remove it if it is more than 0.5 mm.
_TURN = "but|then|and|if|unless|when|where|until|because|so|since|only|just|before|after"
_COMPARED = re.compile(  # not less than about 0.5 mm
    rf"""(?P<not>(?:\b(?:not?|nor|never|without)|n't|cannot)\s(?:(?!(?:{_TURN})\b)[a-z]{{1,14}}\s){{0,6}}?)?
    (?:\b(?:(?P<less>at\smost|up\sto|(?:less|fewer|lower|smaller|thinner|shorter|narrower|slower|looser|lighter|cooler|earlier
    |sooner)\sthan|below|under|(?<=\bnot\s)(?:before|until))
    |at\sleast|(?:more|greater|higher|larger|thicker|longer|wider|faster|tighter|heavier|hotter|later)\sthan|over|above|exceed(?:s|ed|ing)?)\b|(?P<below>[<≤]=?)|[>≥]=?)
    (?:\sor\sequal(?:\sto)?\b)?
    (?:\s(?:of|about|approx\.?|a|an|the|total|value|limit|torque|temperature|speed|pressure)\b\.?){{0,4}}[\s(~:]{{0,3}}$""",
    re.VERBOSE,
)
# "min" before the next number, or before what that is of, belongs to that one, unless that one is followed by its own.
_MEASURE = (
    "(?:(?:permi(?:ssible|tted)|allow(?:able|ed))[ ])?(?:torque|speed|pressure|thickness|wear|play|clearance|gap|length"
    "|run-?out|diameter|depth|height|width|temperature|voltage|current|resistance|load|power)"
)
_BEHIND = re.compile(
    rf"""(?:(?<=p\.m|lbs)\.|\.?\))?[\s(]{{0,2}}(?:(?P<max>以下|max(?:i(?:mum|mal)?)?\b|or\s(?:less|lower|below|under|thinner|shorter|cooler|colder|smaller|narrower|slower|lighter)\b|(?:and\s(?:below|less|under|lower|downwards?)|downwards?)(?=\s?(?:[.,;)]|$))|(?:at|is)\s(?:the\s)?(?:very\s)?(?:most|latest)\b)
    |(?P<min>以上|min(?:i(?:mum|mal)?)?\b|or\s(?:more|higher|above|over|greater|thicker|longer|hotter|warmer|larger|bigger|wider|faster|heavier|tighter)\b
    |(?:and\s(?:above|up|more|over|higher|beyond|upwards?)|upwards?)(?=\s?(?:[.,;)]|$))|(?:at|is)\s(?:the\s)?(?:very\s)?(?:least|earliest)\b))\.?
    (?![.:= ]{{0,3}}(?:{_MEASURE}[ ]?[:= ]{{0,2}})?[0-9](?!.{{0,12}}\b(?:max|min)))""",
    re.VERBOSE,
)
# What may stand between "not" and the value it rejects; any other word starts another thought.
_LINK = (
    "a|an|the|to|be|been|it|is|as|of|at|with|by|use|used|using|set|apply|applied|adjust|adjusted|tighten|tightened"
    "|think|say|says|state|states|mention|mentions|specify|specifies|under|circumstances"
    "|tightening|torque|torqued|old|usual|previous|earlier|other|value|exactly|just|specified|given|for|stated"
)
_REJECTED = re.compile(
    rf"(?:\b(?:not?|never|neither|nor|cannot|instead\sof|rather\sthan|under\sno)|n't)(?:\s(?:{_LINK})\b){{0,5}}[\s(]{{0,2}}$"
)
_WRONG = re.compile(  # 28 Nm is wrong, 28 Nm? No., 28 Nm. Sorry, I meant
    r"""\s(?:is|are|was|were|would\sbe)\s
    (?:wrong|incorrect|not\s(?:right|correct|used|printed|given|stated|shown|specified|mentioned|listed))\b
    |\?\sno\b|[.,;]?\s(?:[-(]\s?)?(?:sorry(?!\sfor)|correction|i\smean)\b""",
    re.VERBOSE,
)


# One of these is in every text that a pattern above finds: a look for them saves most quantities three searches.
_LIMIT_HINTS = ("max", "min", "massim", "höchst", "almeno", "au ", "non ", "nicht", "pas ", "no m")
_COMPARED_HINTS = ("at ", "up to", "than", "below", "under", "over", "above", "exceed", "not ", "<", ">", "≤", "≥")


def side(lower: str, after: int, start: int, end: int) -> tuple[Side, int]:
    """Return the bound that words around lower[start:end] make of it, and where these words end.

    `after` is where the one before it ends, with the words behind that one: they bound nothing else.
    """
    before = lower[max(after, start - _REACH) : start]
    limit = any(hint in before for hint in _LIMIT_HINTS) and _LIMIT.search(before)
    if limit:
        return ("max" if limit["max"] else "min"), end
    compared = any(hint in before for hint in _COMPARED_HINTS) and _COMPARED.search(before)
    if compared:
        less = bool(compared["less"] or compared["below"])
        return ("max" if less != bool(compared["not"]) else "min"), end
    behind = _BEHIND.match(lower, end, end + _AFTER)
    if not behind:
        return "", end
    return ("max" if behind["max"] else "min"), behind.end()


def negated(lower: str, after: int, start: int, end: int) -> bool:
    """Return whether the words around lower[start:end] reject it: "not 28 Nm", "instead of 28 Nm", "28 Nm is wrong"."""
    struck = lower[:start].endswith("~~") and lower.startswith("~~", end)
    before = lower[max(after, start - _REACH) : start]
    return struck or bool(_REJECTED.search(before) or _WRONG.match(lower, end, end + _AFTER))
