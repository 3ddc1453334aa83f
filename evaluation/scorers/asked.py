"""Find values of an answer that are of another event or part than the question asks for: where a fan switches off."""

import re

from vlm3_dataset.filters.phrases import stems
from vlm3_dataset.quantities import Quantity

_SWITCH = r"(?:switch|turn|cut|kick|go|come)(?:e?s|ing|ting|ed)?(?: \w+)?"
_OPPOSITES = tuple(
    tuple(re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for words in pair)
    for pair in (
        (rf"{_SWITCH} (?:on|in)", rf"{_SWITCH} (?:off|out)"),
        ("open(?:s|ing|ed)?", "(?:clos|shut)(?:e?s|t?ing|ed)?|close"),
        ("(?:start|begin|beginn)(?:s|ing|ed)?", "(?:stop|end)s|(?:stopp|end)(?:ing|ed)|to (?:stop|end)"),
        ("(?:engag|lock)(?:e?s|e|ing|ed)?", "(?:disengag|unlock|releas)(?:e?s|e|ing|ed)?"),
    )
)
_CLAUSE_START = re.compile(r".*(?:[;,!?\n]|\.(?!\d)|\b(?:and|but|while)\b)", re.DOTALL | re.IGNORECASE)
_OF_ANOTHER = re.compile(  # 24 Nm is what the wheel bolts get
    r",? (?:is|are|was) what (?:the |your |an? )?(?P<what>[\w -]{3,40}?) (?:gets?|takes?|needs?|requires?)\b",
    re.IGNORECASE,
)


def is_of_another(question: str, reference: str, answer: str, given: Quantity) -> bool:
    """Return whether an answer says a value of the opposite event, or of a part that nobody has asked about."""
    known = f"{question} {reference}"
    before = _CLAUSE_START.sub("", answer[: given.start])
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if one.search(known) and not other.search(known) and other.search(before) and not one.search(before):
                return True
    part = _OF_ANOTHER.match(answer, given.end)
    return bool(part and question) and not stems(part["what"]) & stems(known)
