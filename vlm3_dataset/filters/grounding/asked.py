"""Tell what a question asks for, and whether an answer has something of that kind. Pure.

A sentence may hold all of an answer and be about what is asked, and the answer still be none: it repeats the question
with a number beside it, gives the resistance where the voltage is asked, or a name where it is asked what that does.
"""

import re

from vlm3_dataset.filters.grounding.statements import Statement, kinds_printed
from vlm3_dataset.identifiers import Figures, answers, asked_kind, beside
from vlm3_dataset.language.wording import stem, words

_LENGTHS = frozenset({"length", "distance", "angle", "percent"})
_MEASURED = {
    "torque": {"torque"},
    "pressure": {"pressure"},
    "temperature": {"temperature"},
    "thread": {"thread"},
    "voltage": {"voltage"},
    "resistance": {"resistance"},
    "current": {"current"},
    "speed": {"speed", "rotation"},
    "weight": {"mass", "force"},
    **dict.fromkeys(("distance", "clearance", "diameter", "thickness", "width", "depth", "height", "play"), _LENGTHS),
}
_SMALL = r"(?:of|for|with|to|at|by|in|on|from|when|if|and|or|is|are|be|should|must|does|do|has|have|name|number)"
_BEHIND = (
    r"s?\b(?=\s*(?:[?,(:']|$)|\s(?:of|for|is|are|was|does|do|did|should|must|may|can|has|have|at|in|on|to|between|when"
    r"|with|from|after|before|during|if|applies|appl(?:y|ied)|values?|specif\w+|settings?|limits?|ranges?|readings?"
    r"|figures?|required|needed|used|given|[A-Z]\b))"
)
_SIZE = r"(?:(?:screw|bolt) sizes?|sizes? (?:of )?(?:screw|bolt)s?)"
_ASKED = re.compile(
    r"\bhow (?P<tight>tight)\b"
    rf"|\b(?:what|which)\s(?:(?:is|are|was)\s)?(?:(?!{_SMALL}\b)[\w-]+\s){{0,3}}?"
    rf"(?:(?P<measured>{'|'.join(_MEASURED)}){_BEHIND}|{_SIZE}\b)",
    re.IGNORECASE,
)
_WORDY = frozenset({"component", "step", "gear", "wire", "product"})  # also told in words: reverse, the red one
_NAMES = frozenset({"thread", "code"})  # quantities that tell which part is meant
_MANY = re.compile(r"\bhow many\b", re.IGNORECASE)
# What is greased? Not the 12 of "Grease it (12)": the thing itself is asked for, and no kind of name.
_THING = re.compile(
    r"\s*(?:and\s)?what\s(?:is|are|must|should|can|may|has|have|needs?)\s(?:(?:to|also|always|first|then|not)\s)*"
    r"(?:be\s|been\s)?(?:\w+ly\s)?(?!the\b|an?\b|there\b|this\b|that\b|you\b|i\b|we\b)\w+",
    re.IGNORECASE,
)
_LABEL = re.compile(r"([^\W\d_]+)[\s(:,]*$")
_FUNCTION = re.compile(
    r"\b(?:functions?|purposes?|role|task)\s(?:of|does|do|has|have|is|served?)\b|\bwhat\s(?:does|do)\b.*\bdo\b(?!\swith)"
    r"|\bwhat\sis\b.*\sfor\s*\?|^\s*why\b",
    re.IGNORECASE,
)
_WHY = re.compile(r"\s*why\b", re.IGNORECASE)
_UP_TO = re.compile(r"\bup to\b", re.IGNORECASE)
# What a deed or a reason is told with; a name by itself has none of these.
_TELLS = re.compile(
    r"\b(?:to|for|so|that|which|by|when|where|if|as|against|because|since|due|otherwise|\w+ing|used|serves?)\b"
    r"|\b(?:it|they|this|these|\w+)\s(?!is\b|was\b|has\b)\w+[^\Ws]s\s+\w",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:to|for|so|because|since|as|due|otherwise|by|if|when|prevents?|avoids?|damages?|caus\w+|needs?|must|would|could)\b",
    re.IGNORECASE,
)
# What is asked by how much of it there is, and the words that may tell it without a figure.
_MEASURE = re.compile(
    r"\bhow (?:much|far|long|high|deep|wide|thick|tight|large|big|heavy|hot|warm|fast)\b"
    r"|\b(?:what|which) (?:depth|torque|height|length|width|distance|temperature|pressure|voltage|resistance)\b",
    re.IGNORECASE,
)
_MEASURED_IN_WORDS = re.compile(
    r"\b(?:until|till|stops?|full\w*|complete\w*|entire\w*|annual\w*|year\w*|hand|finger\w*|all|none|half|no|far|flush"
    r"|edge|marks?|level|slight\w*|little|amount|brief\w*|short\w*|battery|ambient|room|operating|see|against|specif\w+)\b",
    re.IGNORECASE,
)
_DEED = re.compile(
    r"\s*(?:how\s(?:is|are|do|does|must|should|can)|what\s(?:do|must|should|can)\s(?:you|one|i|we))\b",
    re.IGNORECASE,
)
# What is told of a thing, or stands at its end, may be a figure alone; what is done to a thing is done to no figure.
_FIGURED = re.compile(
    r"\b(?:told|given|stated|specified|printed|shown|set|read|displayed|measured|indicated|required|allowed|permitted|used"
    r"|needed|listed|connected|joined|called|named|numbered|marked|labell?ed|referred|referenced|documented|covered)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b(?:what|which)\b(?:(?!\band\b)[^,;?]){0,30}\b(?:number|code)\b(?!s)", re.IGNORECASE)
_PLACED = re.compile(r"\s*where\s(?:is|are|do|does|must|should|can)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(?:in|on|at|to|into|onto|under|behind|between|above|below|over|near|next|beside|beneath|inside|outside|around|from"
    r"|against|left|right|front|rear|top|bottom|cent\w+|middle|side|page|section|group|see|through|underneath)\b",
    re.IGNORECASE,
)
_NEVER_WORDS = frozenset({"job", "pin", "wire size"})  # kinds that are told in figures only
_POINTING = words("see find found located document detailed process")  # only that it is found somewhere


def is_of_the_kind_asked(answer: Statement, printed: Figures, text: str, heading: str) -> bool:
    """Return whether a text, which has the figures `printed`, prints what an answer gives as what is asked for.

    A table has columns: asked for a torque it gives one, and so for a size. Asked for a kind of name, the text must
    print one of the answer's new names as that kind: a job to be seen is no tool, and the number of an item no engine.
    """
    if found := _ASKED.search(answer.question):
        if not answer.has_figures:
            return True
        wanted = {"torque"} if found["tight"] else _MEASURED.get((found["measured"] or "").lower())
        return any(wanted is None or one.dimension in wanted for one in answer.quantities)
    kind = asked_kind(answer.question)
    if kind in _NEVER_WORDS and not answer.has_new_figures:
        return False
    is_told_in_words = not answer.has_new_figures or (kind in _WORDY and answer.words_beside)
    if kind is None or is_told_in_words or (kind == "component" and not answer.new_names):  # a part may be an M8
        return True
    kinds = [one for name in answer.new_names for one in kinds_printed(printed, text, name, heading)]
    return any(answers(one, kind) for one in kinds)


def adds_what_is_asked(answer: Statement) -> bool:
    """Return whether an answer says more than its question, of the thing, number or purpose that is asked for."""
    question = answer.parsed_question
    if answer.denials > question.denials:
        return True
    if not (_tells_why(answer) and _tells_how_much(answer)):
        return False
    if not answer.has_new_figures:
        return bool(answer.new_words - _POINTING)
    is_thing = asks_for_a_thing(question.text)
    are_callouts = any(answers(one.kind, "component") for one in answer.names)
    if (is_thing or _DEED.match(question.text)) and not (
        words(beside(answer.text, answer.figures)) or are_callouts or _FIGURED.search(question.text)
    ):
        return False
    if answer.words_beside or answer.quantities or not answer.new_names or not is_thing:
        return True
    labels = (_LABEL.search(answer.text[: one.start]) for one in answer.new_names)
    return any(not found or stem(found[1].lower()) not in question.words for found in labels)


def _tells_why(answer: Statement) -> bool:
    """Return whether an answer gives no mere name where its question asks for a purpose or a reason."""
    if _FUNCTION.search(answer.question) and not _TELLS.search(_predicate(answer.text)):
        return False
    return not _WHY.match(answer.question) or bool(_REASON.search(answer.text))


def _tells_how_much(answer: Statement) -> bool:
    """Return whether an answer gives a number, a measure or a place where its question asks for one."""
    question, text = answer.question, answer.text
    measured = answer.counts or any(one.dimension not in _NAMES for one in answer.quantities)
    if is_number_asked(question) and not measured:
        return False
    if _MEASURE.search(question) and not (measured or answer.denials or _MEASURED_IN_WORDS.search(text)):
        return False
    if _NUMBERED.search(question) and not answer.has_figures:
        return False
    return not (_PLACED.match(question) and answer.quantities) or bool(_PLACE.search(_UP_TO.sub(" ", text)))


def is_number_asked(question: str) -> bool:
    """Return whether a question asks how many there are of something."""
    return bool(_MANY.search(question))


def asks_for_a_thing(question: str) -> bool:
    """Return whether a question asks for a thing by what is done with it: what is greased, what must be replaced?"""
    return bool(_THING.match(question))


def _predicate(text: str) -> str:
    """Return what a text says of its subject: the switch, of "number 12 is the switch"."""
    return re.split(r"\b(?:is|are|was|were)\b|=", text, maxsplit=1)[-1]
