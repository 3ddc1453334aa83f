"""Check what an answer says to do, never to do, and in which order, against the reference.

Rows of a dataset have no terms written by people, so these are found in the reference itself. A step that is left out
contradicts nothing; one that is reversed ("reuse the bolts" for "never reuse") or comes too early does.
"""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from evaluation.scorers.keywords import Polarity, Term, present
from evaluation.scorers.procedure import ordering
from evaluation.scorers.procedure.renewal import with_reuse_verb
from evaluation.scorers.reading import inflection
from evaluation.scorers.reading.quantities import quantities
from vlm3_dataset.language.stems import stems
from vlm3_dataset.quantities import same

# What a mechanic does, in verbs that are not nouns as well (as plug, screw, mark, oil, drive are).
ACTIONS = (
    "loosen", "tighten", "retighten", "retorque", "remove", "install", "reinstall", "fit", "mount", "insert", "press",
    "pull", "push", "pry", "lift", "drain", "refill", "fill", "bleed", "disconnect", "connect", "unplug", "unscrew",
    "unbolt", "turn", "rotate", "check", "measure", "adjust", "clean", "grease", "lubricate", "apply", "replace",
    "detach", "attach", "align", "heat", "disassemble", "reassemble", "use", "reuse", "crank", "mix",
)  # fmt: skip
_LEMMAS = {form: verb for verb in ACTIONS for form in sorted(inflection.verb_forms(verb), key=len, reverse=True)}
_LEMMAS |= {verb: verb for verb in ACTIONS}
ACTION_STEMS = stems(" ".join(ACTIONS))
_ORDERED = re.compile(
    r"\b(?:first|then|before|after|finally|afterwards|followed by|next|subsequently|lastly|last|sequence|order)\b|→|->",
    re.IGNORECASE,
)
IN_ORDER = re.compile(
    r"\b(?:order|sequence)\b"
    r"|\b(?:which|what|where)\b[^?.;]{0,40}\b(?:do|does|should|must) (?:you|one|we|I) (?:start|begin)\b",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"\b(?:(?P<end>front|rear)[ -](?P<side>left|right)|(?P<side_first>left|right)[ -](?P<end_last>front|rear)"
    rf"|(?P<verb>{'|'.join(sorted(_LEMMAS, key=len, reverse=True))}))\b",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(r"[^.;]*\b(?:after|following|once|having)\b[^.;,]*$", re.IGNORECASE)
_BEFOREHAND = re.compile(r"\b(?:before|prior to)\s(?:[\w-]+\s){0,3}$", re.IGNORECASE)
_BEHIND = re.compile(r"\b(?:after|following|once|having)\s(?:[\w-]+\s){0,5}$", re.IGNORECASE)
_TAKES = re.compile(r"\bt(?:ake[sn]?|aking|ook)\s(?P<what>(?:[\w-]+\s){0,4}?)(?:out|off|away)\b", re.IGNORECASE)
# Which way one works along a row of bolts: its two ends.
_ENDS = (
    ("inside|inner|inwards?|centre|center|middle|innen|mitte", "outside|outer|outwards?|ends?|edges?|außen"),
    ("front|vorne?", "rear|back|hinten"),
    ("left|links", "right|rechts"),
    ("top|oben", "bottom|unten"),
)
_COURSES = tuple(
    re.compile(
        rf"\b(?:from|von|(?:start|begin)(?:s|ning|ing)? (?:in|at|from|with))\s(?:the\s|der\s)?(?:very\s)?(?:{start})\b"
        r"[^.;]{0,40}?\b(?:(?:to|towards?|work\w*|nach|zur)\s(?:(?:the|both)\s)?|(?=inward|outward))"
        rf"(?:{goal})\b|\b(?:{start})\s?(?:→|->)\s?(?:{goal})\b",
        re.IGNORECASE,
    )
    for one, other in _ENDS
    for start, goal in ((one, other), (other, one))
)
_PERMISSION = re.compile(r"\W*(?:may|can|could|should|shall|must|is|are|do|does|would|will)\b", re.IGNORECASE)
_REFUSES = re.compile(
    r"\b(?:no|not|never|nor|without|avoid\w*|cannot|\w+n't|forbidden|prohibited|instead|nein|nicht|kein\w*|niemals|nie"
    r"|non|pas|jamais|mai)\b",
    re.IGNORECASE,
)
_FORBIDS = re.compile(
    r"\b(?:(?:do not|don't|never|must not|mustn't|may not|should not|shouldn't|must never|should never)\s"
    r"(?:(?:to\s)?be\s|ever\s|under any circumstances\s)?|(?:is|are)\snot\s(?=(?:greas|oil|lubricat|reus)ed\b))"
    r"(?P<verb>[a-z-]{2,})\b"
    r"(?!\s(?:[a-z]+\s){0,4}?(?:by|to|with)?\s?(?:more|less|over|above|below|beyond|further)\b)",  # that is a bound
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
    "reuse": ("new|replace|renew|fresh|once|single-use",),
    "use": ("use|without|no|avoid",),
    "lubricate": _DRY,
    "oil": _DRY,
    "grease": _DRY,
}
# What takes a part off and what puts it on, each in verbs that say only this, and in others that may say it.
_EITHER_WAY = ("press", "push", "slide", "drive", "knock", "use")
_OFF = ("remove", "withdraw", "detach", "unscrew", "unbolt", "dismantle", "disassemble", "extract")
_ON = ("install", "mount", "insert", "attach", "assemble", "refit", "reattach")
_OFF_OR_SO = (
    *_OFF,
    *_EITHER_WAY,
    "undo",
    "pull",
    "lift",
    "pry",
    "drain",
    "release",
    "loosen",
    "slacken",
    "draw",
    "come",
)
_ON_OR_SO = (*_ON, *_EITHER_WAY, "fit", "put", "place", "screw", "seat", "set", "position", "go")
_WAYS = tuple(
    tuple(
        re.compile(rf"\b(?:{'|'.join(form for verb in of for form in inflection.verb_forms(verb))})\b", re.IGNORECASE)
        for of in verbs
    )
    for verbs in ((_OFF, _OFF_OR_SO), (_ON, _ON_OR_SO))
)
_PART = re.compile(r"[.;,:]\s|\n|\b(?:and|then|before|after|with)\b", re.IGNORECASE)
_IT = re.compile(r"\b(?:it|its|them|they|ones?)\b", re.IGNORECASE)


def forbidden(reference: str) -> tuple[str, ...]:
    """Return what a reference says never to do, as verbs."""
    return tuple(
        verb for verb in _forbidden_verbs(reference) if verb not in _BOUNDS and f"{verb} than" not in reference
    )


def unsaid(reference: str, answer: str, question: str = "") -> list[str]:
    """Return forbidden actions that neither answer nor question names; and a procedure of which no step is named.

    A single step may be left out, or said in another word. Where the question asks whether one may do it, an answer in
    other words must refuse: "put some grease on it" is wrong for "never lubricate it".
    """
    refuses = not _PERMISSION.match(question) or _REFUSES.search(answer.replace("’", "'"))
    left_out = [
        f"not {verb}"
        for verb in forbidden(reference)
        if not (
            (refuses and _has_verb(verb, question))
            or _has_verb(verb, answer)
            or any(present(term, answer) for term in _INSTEAD.get(verb, (verb,)))
        )
    ]
    course = set(steps(reference))
    wanted = course.difference(_steps_in_order(question)) if len(course) > 1 else set()
    skipped = wanted and wanted.isdisjoint(_steps_in_order(answer))
    if skipped:  # "Stage 1: 50 Nm. Stage 2: 90°." needs no verb, and the same things may be done in other words
        things = stems(_ORDERED.sub(" ", reference)) - stems(question) - ACTION_STEMS
        skipped = not any(same(one, other) for one in quantities(reference) for other in quantities(answer))
        skipped = skipped and 2 * len(things & stems(answer)) <= len(things)
    return [*left_out, *(["each of its steps"] if skipped else [])]


def conflicts(reference: str, answer: str, question: str = "") -> list[str]:
    """Return what an answer reverses: an action into its opposite, or the order of two steps."""
    undone, done = ({one for one in _UNDOING if _DOES[one].search(text)} for text in (reference, answer))
    opposite = [f"{one}, not {_UNDOING[one]}" for one in sorted(undone - done) if _UNDOING[one] in done - undone]
    actions = (step for step in _steps_in_order(reference) if " " not in step)
    turned = [  # only negated on one side, and only affirmed on the other
        f"{verb}, {other}"
        for verb in dict.fromkeys((*_forbidden_verbs(reference), *_forbidden_verbs(answer), *actions))
        for own, other in (("affirmed", "negated"), ("negated", "affirmed"))
        if _has_only(verb, reference, own)
        and _has_only(verb, answer, other)
        and not re.search(rf"\b(?:if|when|once)\b[^.;]*\b{verb} than\b", answer)  # replace it if thinner than 9 mm
    ]
    return [
        *turned,
        *opposite,
        *_put_the_other_way(reference, answer),
        *_out_of_order(reference, answer, question),
        *ordering.exchanged(reference, answer, question),
    ]


def _put_the_other_way(reference: str, answer: str) -> Iterator[str]:
    """Yield what a reference takes off and an answer puts on, or the other way: "install the bolts" for "remove"."""
    own, told = (
        [(part, stems(part)) for part in _PART.split(_TAKES.sub(r"remove \g<what>", text)) if not _REFUSES.search(part)]
        for text in (reference, answer)
    )
    for (plain, any_way), (other_plain, other_way) in (_WAYS, _WAYS[::-1]):
        things = {word for part, words in own if plain.search(part) and not other_way.search(part) for word in words}
        things -= {word for part, words in own if not plain.search(part) and other_way.search(part) for word in words}
        things -= ACTION_STEMS
        turned = any(things & words and other_plain.search(part) and not any_way.search(part) for part, words in told)
        if turned and not any(any_way.search(part) and (things & words or _IT.search(part)) for part, words in told):
            yield f"{plain.search(reference)[0]} turned round".lower()


def steps(text: str) -> list[str]:
    """Return the actions and corners of a text in the order of doing; none where it gives no order."""
    return _steps_in_order(text) if _ORDERED.search(text) else []


def _forbidden_verbs(reference: str) -> list[str]:
    verbs = (match["verb"].lower() for match in _FORBIDS.finditer(with_reuse_verb(reference.replace("’", "'"))))
    return list(
        dict.fromkeys(_LEMMAS.get(verb, "oil" if verb == "oiled" else verb) for verb in verbs if verb not in _NO_WORD)
    )


def _has_only(verb: str, text: str, polarity: Polarity) -> bool:
    other = "negated" if polarity == "affirmed" else "affirmed"
    return _has_verb(verb, text, polarity) and not _has_verb(verb, text, other)


def _has_verb(verb: str, text: str, polarity: Polarity = None) -> bool:
    verbs = _LOOSENING if verb in _LOOSENING else (verb,)
    return present({"any": verbs, "verb": True, "polarity": polarity}, with_reuse_verb(text))


def _out_of_order(reference: str, answer: str, question: str) -> Iterator[str]:
    """Yield what the answer has in the other order: a course along a row, and the first two steps that differ.

    A step that comes twice is left out.
    """
    wanted, told = courses(reference), courses(answer)
    if any(at ^ 1 in told - wanted for at in wanted - told):
        yield "in the other direction"
    wanted, told = _steps_in_order(reference), _steps_in_order(answer)
    if not (_ORDERED.search(reference) or IN_ORDER.search(question)):
        return
    shared = [step for step in wanted if wanted.count(step) == told.count(step) == 1]
    for one, other in combinations(shared, 2):
        if told.index(one) > told.index(other):
            yield f"{other} before {one}"
            return


def courses(text: str) -> set[int]:
    """Return the ways along a row that a text takes: from the middle outwards is one, and its opposite the next."""
    return {at for at, course in enumerate(_COURSES) if course.search(text)}


def _steps_in_order(text: str) -> list[str]:
    """Return the steps of a text in the order of doing: "press in after greasing" is reversed."""
    text = _TAKES.sub(r"remove \g<what>", text)
    found = [
        (
            _LEMMAS[match["verb"].lower()]
            if match["verb"]
            else f"{match['end'] or match['end_last']} {match['side'] or match['side_first']}".lower(),
            match.start(),
            match.end(),
        )
        for match in _STEP.finditer(text)
    ]
    order = list(range(len(found)))
    for at, (one, other) in enumerate(pairwise(found)):
        gap = text[one[2] : other[1]]
        if "." in gap or ";" in gap:
            continue
        if (_BEHIND.search(text[: other[1]]) and _AFTERWARDS.match(gap) and "," not in gap) or (
            _BEFOREHAND.search(text[: one[1]]) and "," in gap
        ):
            order[at], order[at + 1] = order[at + 1], order[at]
    return [found[at][0] for at in order]
