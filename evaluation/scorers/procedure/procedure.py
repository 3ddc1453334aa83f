"""Check what an answer says to do and never to do against the reference.

Rows of a dataset have no terms written by people, so these are found in the reference itself. A step that is left out
contradicts nothing; one that is reversed ("reuse the bolts" for "never reuse") does.
"""

import re

from evaluation.scorers.keywords import Polarity, Term, present
from evaluation.scorers.procedure.actions import LEMMAS, steps_in_order
from evaluation.scorers.procedure.renewal import with_reuse_verb
from evaluation.scorers.reading import inflection

_PERMISSION = re.compile(r"\W*(?:may|can|could|should|shall|must|is|are|do|does|would|will)\b", re.IGNORECASE)
REFUSES = re.compile(
    r"\b(?:no|not|never|nor|without|avoid\w*|cannot|\w+n't|forbidden|prohibited|instead|nein|nicht|kein\w*|niemals|nie"
    r"|non|pas|jamais|mai)\b",
    re.IGNORECASE,
)
_NEVER = r"\b(?:do not|don't|never|must not|mustn't|may not|should not|shouldn't|must never|should never)\s"
_BEYOND = r"\s(?:[a-z]+\s){0,4}?(?:by|to|with)?\s?(?:more|less|over|above|below|beyond|further)\b"
_BOUND = re.compile(rf"{_NEVER}(?=[a-z-]{{2,}}{_BEYOND})", re.IGNORECASE)  # never tighten it beyond 30 Nm
_FORBIDS = re.compile(
    rf"(?:{_NEVER}(?:(?:to\s)?be\s|ever\s|under any circumstances\s)?"
    r"|\b(?:is|are)\snot\s(?=(?:(?:greas|oil|lubricat|reus)ed|available|permitted|allowed)\b)"
    r"|\b(?:do|does)(?:\snot|n't)\s(?:have|need)\sto\sbe\s)"
    rf"(?P<verb>[a-z-]{{2,}})\b(?!{_BEYOND})",  # that is a bound
    re.IGNORECASE,
)
# Behind these a "not" says how something is, or bounds a value. A bound may be said in other words ("at most").
_NO_WORD = frozenset({
    "be", "been", "have", "need", "required", "necessary", "to", "the", "only", "just", "allow", "a", "an",
})  # fmt: skip
_BOUNDS = frozenset({
    "exceed", "exceeded", "deviate", "drop", "rise", "fall", "more", "less", "over", "above", "below", "under",
    "faster", "slower",
})  # fmt: skip
# Verbs with "un" and "dis", and those without where they are no noun or state: "screw it on", not "the screw".
_UNDOING = {"disconnect": "connect", "detach": "attach", "disengage": "engage", "disassemble": "assemble",
            "unscrew": "screw", "unplug": "plug", "unbolt": "bolt"}  # fmt: skip
_DOES = {verb: re.compile(rf"\b(?:{'|'.join(inflection.verb_forms(verb))})\b", re.IGNORECASE) for verb in _UNDOING} | {
    verb: re.compile(
        rf"(?:^|[.;:,]\s|\n|\b(?:and|then|to|must|should)\s){verb}\b(?:\s[\w()-]+){{1,6}}?\s(?:on|in|into|onto|to|with)\b"
        rf"|(?<!not\s)(?<!once\s)(?<!is\s)(?<!are\s)\b{verb}ed(?=\s?(?:[.,;)]|$))"
        rf"|\b(?:stay|remain|keep|leave)s?\s(?:[\w-]+\s){{0,4}}?{verb}(?:{verb[-1]}?ed)\b",
        re.IGNORECASE,
    )
    for verb in _UNDOING.values()
}
_UNDOING |= {verb: opposite for opposite, verb in _UNDOING.items()}
_DRY: tuple[Term, ...] = (
    {"any": ["oil", "grease", "lubricate", "lubricant"], "verb": True, "polarity": "negated"},
    {"any": ["dry", "unlubricated"], "polarity": "affirmed"},
)
_LOOSENING = ("loosen", "slacken", "undo")  # one deed
_INSTEAD: dict[str, tuple[Term, ...]] = {  # what says the same in another word
    "available": ("no|not|cannot|unavailable|supply|obtain|discontinue",),
    "reuse": ("new|replace|renew|fresh|once|single-use",),
    "use": ("use|without|no|avoid",),
    "lubricate": _DRY,
    "oil": _DRY,
    "grease": _DRY,
}


def forbidden(reference: str) -> tuple[str, ...]:
    """Return what a reference says never to do, as verbs."""
    return tuple(
        verb for verb in _forbidden_verbs(reference) if verb not in _BOUNDS and f"{verb} than" not in reference
    )


def unsaid(reference: str, answer: str, question: str = "") -> list[str]:
    """Return forbidden actions that neither answer nor question names.

    Where the question asks whether one may do it, an answer in other words must refuse: "put some grease on it" is
    wrong for "never lubricate it".
    """
    refuses = not _PERMISSION.match(question) or REFUSES.search(answer.replace("’", "'"))
    return [
        f"not {verb}"
        for verb in forbidden(reference)
        if not (
            (refuses and _has_verb(verb, question))
            or _has_verb(verb, answer)
            or any(present(term, answer) for term in _INSTEAD.get(verb, (verb,)))
        )
    ]


def conflicts(reference: str, answer: str, _question: str) -> list[str]:
    """Return what an answer reverses: an action into its opposite, or one to be done into one never to do."""
    reference, answer = (_BOUND.sub("", text.replace("’", "'")) for text in (reference, answer))
    undone, done = ({one for one in _UNDOING if _DOES[one].search(text)} for text in (reference, answer))
    opposite = [f"{one}, not {_UNDOING[one]}" for one in sorted(undone - done) if _UNDOING[one] in done - undone]
    actions = (step for step in steps_in_order(reference) if " " not in step)
    turned = [  # only negated on one side, and only affirmed on the other
        f"{verb}, {other}"
        for verb in dict.fromkeys((*_forbidden_verbs(reference), *_forbidden_verbs(answer), *actions))
        for own, other in (("affirmed", "negated"), ("negated", "affirmed"))
        if _has_only(verb, reference, own)
        and _has_only(verb, answer, other)
        and not re.search(rf"\b(?:if|when|once)\b[^.;]*\b{verb} than\b", answer)  # replace it if thinner than 9 mm
    ]
    return [*turned, *opposite]


def _forbidden_verbs(reference: str) -> list[str]:
    verbs = (match["verb"].lower() for match in _FORBIDS.finditer(with_reuse_verb(reference.replace("’", "'"))))
    return list(
        dict.fromkeys(LEMMAS.get(verb, "oil" if verb == "oiled" else verb) for verb in verbs if verb not in _NO_WORD)
    )


def _has_only(verb: str, text: str, polarity: Polarity) -> bool:
    other = "negated" if polarity == "affirmed" else "affirmed"
    return _has_verb(verb, text, polarity) and not _has_verb(verb, text, other)


def _has_verb(verb: str, text: str, polarity: Polarity = None) -> bool:
    verbs = _LOOSENING if verb in _LOOSENING else (verb,)
    return present({"any": verbs, "verb": True, "polarity": polarity}, with_reuse_verb(text))
