"""Find values of an answer that are of another event or part than the question asks for: where a fan switches off."""

import re

from evaluation.scorers.reading.quantities import quantities
from vlm3_dataset.language import sides
from vlm3_dataset.language.stems import stems
from vlm3_dataset.quantities import Quantity, same

_SWITCH = r"(?:switch|turn|cut|kick|go|come)(?:e?s|ing|ting|ed)?(?: \w+)?"
_OPPOSITES = tuple(
    tuple(re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for words in pair)
    for pair in (
        (rf"{_SWITCH} (?:on|in)", rf"{_SWITCH} (?:off|out)"),
        (
            "(?:start|begin)(?:s|ning|ing)? (?:to open|opening)|opening (?:starts|begins)",
            "(?:fully|completely|wide|all the way) open(?:ed)?",
        ),
        ("open(?:s|ing|ed)?", "(?:clos|shut)(?:e?s|t?ing|ed)?|close"),
        ("(?:start|begin|beginn)(?:s|ing|ed)?", "(?:stop|end)s|(?:stopp|end)(?:ing|ed)|to (?:stop|end)"),
        ("(?:engag|lock)(?:e?s|e|ing|ed)?", "(?:disengag|unlock|releas)(?:e?s|e|ing|ed)?"),
    )
)
_HOW_OFTEN = re.compile(r"\b(?:every|each|per)\b|\bhow often\b", re.IGNORECASE)
_ONCE = re.compile(r"\b(?:(?:only|just) once|a single time|once(?=,? (?:after|at|\d)))\b", re.IGNORECASE)
_LIMIT = re.compile(r"\b(?:min\w*|max\w*|limit|wear|worn|at (?:least|most)|permi\w+|thin\w*)\b", re.IGNORECASE)
_NEW = r"(?:(?:brand|factory)[- ])?(?:new|fresh)"
_WHEN_NEW = re.compile(  # 8 mm is the thickness of a new disc, 8 mm when new
    rf"(?:\s(?:is|are)(?: what)?)?(?:\s(?:the|its)?\s?(?:thickness|size|length|height|depth|width) (?:of|for))?"
    rf"\s(?:when|if|as|an?|the|for)?\s?(?:an?\s|the\s)?{_NEW}\b",
    re.IGNORECASE,
)
_NEW_HAS = re.compile(rf"\b{_NEW}\s(?:[\w-]+\s){{1,3}}?(?:is|are|measures?|has|have)\s(?:about\s)?$", re.IGNORECASE)
_BREAK = re.compile(r"[;,!?\n]|\.(?!\d)|\b(?:and|but|while)\b", re.IGNORECASE)
_REACH = 160  # characters of a clause on either side of a value
_OF_ANOTHER = re.compile(  # 24 Nm is what the wheel bolts get
    r",? (?:is|are|was) what (?:the |your |an? )?(?P<what>[\w -]{3,40}?) (?:gets?|takes?|needs?|requires?)\b",
    re.IGNORECASE,
)

_SAID_SIDE = {
    "max": re.compile(
        r"\b(?:max(?:imum|\.)?|at most|(?:no|not) (?:more|higher|larger|longer) than|not exceed)(?=\W|$)[^.;\d]{0,24}?"
        r"(?:approx\. |c\. |ca\. )?$",
        re.IGNORECASE,
    ),
    "min": re.compile(
        r"\b(?:min(?:imum|\.)?|at least|(?:no|not) (?:less|lower|smaller|shorter) than|not fall below)(?=\W|$)"
        r"[^.;\d]{0,24}?"
        r"(?:approx\. |c\. |ca\. )?$",
        re.IGNORECASE,
    ),
}
_DEAD_CENTRE = re.compile(
    r"\s?\(?(?:(?P<before>b\.?t\.?d\.?c|before (?:tdc|top dead))|a\.?t\.?d\.?c|(?:after|past) (?:tdc|top dead))",
    re.IGNORECASE,
)


def is_of_another(question: str, reference: str, answer: str, given: Quantity) -> bool:
    """Return whether an answer says a value of the opposite event, or of a part that nobody has asked about.

    So is the least where the reference has the most, what is after top dead centre for before, a size when new where
    the question asks for a limit, and what is done once where it asks how often.
    """
    known = f"{question} {reference}"
    before, after = answer[max(0, given.start - _REACH) : given.start], answer[given.end : given.end + _REACH]
    clause = f"{_BREAK.split(before)[-1]} | {_BREAK.split(after)[0]}"
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if one.search(known) and not other.search(known) and other.search(clause) and not one.search(clause):
                return True
    if _HOW_OFTEN.search(known) and _ONCE.search(answer) and not _HOW_OFTEN.search(answer):
        return True
    if not sides.conditioned(reference) and any(sides.done_without(question, answer)):  # how much with the filter
        return True
    is_new = _WHEN_NEW.match(answer, given.end) or _NEW_HAS.search(before)
    if given.dimension == "length" and is_new and _LIMIT.search(question) and "new" not in known.lower():
        return True
    if given.kind != "bound" and (own := next((one for one in quantities(reference) if same(one, given)), None)):
        places = ((reference, own), (answer, given))
        limits = [
            {side for side, words in _SAID_SIDE.items() if words.search(text[max(0, one.start - 40) : one.start])}
            for text, one in places
        ]
        centres = [found["before"] is None for text, one in places if (found := _DEAD_CENTRE.match(text, one.end))]
        if (len(centres) == 2 and len(set(centres)) == 2) or (limits[0] != limits[1] and {*map(len, limits)} == {1}):
            return True
    part = _OF_ANOTHER.match(answer, given.end)
    return bool(part and question) and not stems(part["what"]) & stems(known)
