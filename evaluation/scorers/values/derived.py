"""Find values that an answer names and means another: "twice 31 Nm", "24 Nm doubled", "outside 80 to 95 Ω"."""

import re
from collections.abc import Sequence
from itertools import combinations

from vlm3_dataset.quantities import Quantity

_COUNT = r"(?:(?:two|three|four|five|ten|\d+(?:[.,]\d+)?)(?: and a half)?|one and a half|several|many)"
_SHARE = r"(?:half|thirds?|quarters?|fifths?|tenths?|fraction|multiple|\d+(?:[.,]\d+)?\s?(?:%|percent|per cent)|hälfte)"
_MULTIPLE = (
    rf"(?:twice|thrice|double|triple|treble|quadruple|half|{_COUNT} times|{_SHARE} (?:of|von)"
    r"|(?:das |dem )?(?:doppelte|dreifache|vierfache)n?|anderthalb(?:mal|fache)?|doppelt|halb|(?:zwei|drei|vier)mal)"
)
_THE = r"(?:the|this|that|those|its|your|an?|de[rnms]|die|das)"
_MULTIPLIED = re.compile(  # twice the usual 31 Nm, half of the torque of 31 Nm, three times as much as 31 Nm
    rf"\b{_MULTIPLE}(?: (?:as|so) \w+ (?:as|wie))?(?: (?:of|von))?"
    rf"(?: {_THE}(?: [\w-]*[^\Ws])?(?:(?: [\w-]+){{0,3}} (?:of|von))?)?\s$",
    re.IGNORECASE,
)
_PLUS = r"(?:(?:,? (?:and|plus|then|with|add(?:ing)?|und))+|,|\s?\+)"
_AGAIN = r"(?:again|once more|a second time|more|extra|on top|less|mehr|weniger|noch ?(?:ein)?mal|dazu)"
_AMOUNT = (
    r"(?:(?:(?:half|twice) )?as much|(?:the |that )?same(?: \w+)?|(?:about )?half(?: of (?:it|that))?|an? (?:third|bit"
    r"|little|touch|tad|hair|lot|fraction)|(?:some|noch)(?: \w+)?|dasselbe|so viel)"
)
_STOP = r"(?=\s?(?:[.,;:!?)]|$))"
_TIMES_MORE = re.compile(  # 31 Nm plus as much again, 31 Nm doubled, 24 Nm more than the nut
    rf"{_PLUS} (?:then )?{_AMOUNT} {_AGAIN}{_STOP}"
    rf"|{_PLUS} (?:then some|half(?: of (?:it|that))?|that (?:much )?again|a (?:bit|little)){_STOP}"
    rf"| (?:times|multiplied by|divided by) {_COUNT}\b(?! (?:over|in|per)\b)"
    rf"| (?:twice|thrice|{_COUNT} times) over\b|,?(?: and)?(?: then)? (?:halve|double|triple|treble) (?:it|that|this)\b"
    r"|,?(?: (?:is|are|was|must|should|has|have|needs?|to|be|then|which|that|of|it|and)){0,5} "
    r"(?:doubled|halved|tripled|trebled|quadrupled|squared|verdoppelt|halbiert)\b"
    r"|(?: (?:is|are|ist|sind|makes?|gives?|being))(?: (?:only|just|about|nur|erst))? (?:half|twice|double|an? (?:third"
    r"|quarter|fifth|part|fraction)|two thirds|three quarters|die hälfte)\b"
    r"|(?: (?:much|far|slightly|a (?:bit|little)))? (?:more|less|higher|lower|tighter|looser|longer|shorter|thicker"
    r"|thinner|wider|narrower|greater|smaller) than\b(?! that\b)",
    re.IGNORECASE,
)
_SHARED = re.compile(  # 24 Nm per turn; 250 Nm, split evenly over both nuts
    r",? (?:per|for (?:each|every)|each|every|(?:on|in|at) (?:each|every)(?: of)?|pro|je)"
    r"(?: (?:the|two|three|four|its))?"
    r" (?:turn|stage|step|pass|passe|go|round|time|stroke|umdrehung|durchgang|stufe|gang)s?\b"
    r"|,? (?:(?:to be|is|are|and) )?(?:(?:evenly|equally) )?(?:split|divided|shared|spread|distributed)\b"
    r"|,? (?:in total |altogether |together )(?:for|over|on) (?:both|all|the (?:two|three|four|five|six|eight|ten))\b",
    re.IGNORECASE,
)
_CUT_BY = re.compile(  # it may be machined down by 9.6 mm
    r"\b(?:machin\w+|ground|worn?|wears?|skim\w+|cut|reduc\w+|thinn\w+|shorten\w*)(?: \w+){0,2} by "
    r"(?:about |up to |at most |no more than )?$",
    re.IGNORECASE,
)
_TAKEN_OFF = re.compile(
    r"(?: of [a-z -]{3,24}?)?"
    r" (?:(?:may|can|could|must|should|has to|have to|is|are|is to|are to|has|have) )+(?:be(?:en)? )?"
    r"(?:worn|machined|ground|taken|cut|skimmed|removed|filed|turned)(?: (?:off|away|down))?\b(?! to\b)",
    re.IGNORECASE,
)
_ALTOGETHER = re.compile(
    r",? (?:in total|in all|altogether|all told|combined|together|(?:for|over|on) (?:both|all|the (?:two|four|six))"
    r"(?: of them| sides| ends)?)\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"\b(?:total|combined|together)\b[^.;:\d]{0,48}$", re.IGNORECASE)
_SAYS_TOTAL = re.compile(r"\b(?:total|altogether|in all|all told|combined|together)\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:each|every|per)\b", re.IGNORECASE)
_WIDER = re.compile(  # 1412 and 1433 mm, so it is 21 mm wider at the rear
    r",? (?:wider|narrower|longer|shorter|larger|smaller|bigger|thicker|thinner|taller|deeper|heavier|lighter|higher"
    r"|lower|tighter|looser|warmer|colder|hotter|more|less|of difference|apart|difference)\b",
    re.IGNORECASE,
)
_DIFFERS_BY = re.compile(r"\b(?:difference|differ\w*)(?: (?:of|is|by|being))?(?: \w+)? $", re.IGNORECASE)
_HOW_MUCH = re.compile(r"\b(?:how (?:much|far|many)|amount)\b", re.IGNORECASE)
_FURTHER = re.compile(r" (?:more|extra|additional|less)\b(?! than\b)", re.IGNORECASE)
_FILLED = re.compile(rf",? (?:twice|thrice|two times|three times){_STOP}", re.IGNORECASE)  # what is filled in adds up
_NOT = r"(?:not|never|no|nor|neither|cannot|without|\w+n't|nicht|nie(?:mals)?|kein\w*)"
_INSIDE = r"(?:between|within|inside|in(?: (?:the|a|this))? (?:range|band|window)(?: (?:of|from))?|innerhalb)"
_OUTSIDE = re.compile(
    r"\b(?:outside|außerhalb|out of|beyond|off(?= the\b)|leav(?:es?|ing)(?= .*\b(?:range|band|window|limits?)\b)"
    r"|verlässt"
    rf"|{_NOT} (?:\w+ ){{0,4}}?(?P<inside>{_INSIDE}))"
    r"(?: (?:of|von|from|between|the|this|a|an|des|de[nr]|limits?|range|band|window|values?|tolerance"
    r"|bereichs?)){0,6}\s$",
    re.IGNORECASE,
)
_FAULT = re.compile(
    r"\b(?:replac\w+|renew\w*|fault\w*|defect\w*|bad|fail\w*|reject\w*|scrap\w*|wrong|adjust\w*|repair\w*|chang\w+"
    r"|check\w*|problems?|trouble|warn\w*|worn|discard\w*|investigat\w+|suspect\w*|unacceptable|incorrect|broken|error"
    r"|ersetz\w+|erneuer\w+|austausch\w*|getauscht|tauschen|defekt|kaputt|prüf\w*|not (?:be )?(?:ok|right|good|used"
    r"|reused|fine|correct))\b",
    re.IGNORECASE,
)
_IS_NOT = re.compile(rf"\b{_NOT}\b[^.;]*$", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:.*(?:[;!?\n]|\.(?!\d)))?", re.DOTALL)
_OF_ANGLE = re.compile(r"\s(?:of|by)\s\d+\s?(?:°|deg)")  # two turns of 90°
_SENTENCE_END = re.compile(r"[;!?\n]|\.(?!\d)|$")


def means_another(text: str, given: Quantity) -> bool:
    """Return whether a text names a value only to reckon from it, or a range only to go outside it.

    A turn "twice by 90°" is done twice; that is read with the stages of a tightening. "Never outside 80 to 95 Ω" is
    inside, and where a part is at fault outside, the range is right.
    """
    before, after = text[max(0, given.start - 90) : given.start], text[given.end : given.end + 90]
    if given.dimension not in {"angle", "percent"} and (_MULTIPLIED.search(before) or _TIMES_MORE.match(after)):
        return True
    if given.dimension == "angle" and _OF_ANGLE.match(after):
        return True
    if given.dimension in {"volume", "mass"} and _FILLED.match(after):
        return True
    start = _SENTENCE_START.match(text, 0, given.start).end()
    sentence = text[start : given.start].replace("’", "'")
    outside = _OUTSIDE.search(sentence) if given.kind in {"range", "tolerance"} else None
    if not outside:
        return False
    rest = text[given.end : _SENTENCE_END.search(text, given.end).start()]
    inside_again = not outside["inside"] and _IS_NOT.search(sentence[: outside.start()])
    return bool(inside_again) == bool(_FAULT.search(f"{sentence} | {rest}"))


def is_share_or_step(text: str, given: Quantity, question: str) -> bool:
    """Return whether a value of a text is only what each turn has, or what is taken off or added to another.

    A question may ask for just that: how much may be machined off.
    """
    before, after = text[max(0, given.start - 60) : given.start], text[given.end : given.end + 60]
    if given.dimension in {"torque", "volume", "mass"} and _SHARED.match(after):
        return not _EACH.search(question)
    if given.dimension in {"volume", "mass"} and _FURTHER.match(after):
        return True
    cut = _CUT_BY.search(before) or _TAKEN_OFF.match(after)
    return given.dimension == "length" and bool(cut) and not _HOW_MUCH.search(question)


def is_reckoned(text: str, given: Quantity, expected: str, stated: Sequence[Quantity]) -> bool:
    """Return whether a text reckons a value from those of a reference.

    So it does with what all have together where the reference says it of each, and with the difference of two values
    that it has `stated`: "21 mm wider". What the reference states as well is no reckoning of the answer's.
    """
    before = text[max(0, given.start - 60) : given.start]
    by_each = _EACH.search(expected) and not _SAYS_TOTAL.search(expected)
    if by_each and (_ALTOGETHER.match(text, given.end) or _TOTAL.search(before)):
        return True
    alike = {one.values[0] for one in stated if one.unit == given.unit and one.kind == "value"}
    apart = given.values[0] not in alike and any(
        abs(one - other) == given.values[0] for one, other in combinations(alike, 2)
    )
    return apart and bool(_WIDER.match(text, given.end) or _DIFFERS_BY.search(before[-40:]))
