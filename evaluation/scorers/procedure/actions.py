"""Tell what a text has a mechanic do, in which order, and which way along a row of bolts."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

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
LEMMAS = {form: verb for verb in ACTIONS for form in sorted(inflection.verb_forms(verb), key=len, reverse=True)}
LEMMAS |= {verb: verb for verb in ACTIONS}
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
    rf"|(?P<verb>{'|'.join(sorted(LEMMAS, key=len, reverse=True))}))\b",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(r"[^.;]*\b(?:after|following|once|having)\b[^.;,]*$", re.IGNORECASE)
_BEFOREHAND = re.compile(r"\b(?:before|prior to)\s(?:[\w-]+\s){0,3}$", re.IGNORECASE)
_BEHIND = re.compile(r"\b(?:after|following|once|having)\s(?:[\w-]+\s){0,8}$", re.IGNORECASE)
_DO_IT = re.compile(r"[^.;]*,\s(?:(?:do|carry out)\s)?(?:it|this|that)\b[^.;,]*$", re.IGNORECASE)  # , do it once
_TAKES_OFF = re.compile(r"\bt(?:ake[sn]?|aking|ook)\s(?P<what>(?:[\w-]+\s){0,4}?)(?:out|off|away)\b", re.IGNORECASE)
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


def conflicts(reference: str, answer: str, question: str) -> Iterator[str]:
    """Yield what the answer has in the other order: a course along a row, and the first two steps that differ.

    A step that comes twice is left out.
    """
    wanted, told = courses(reference), courses(answer)
    if any(at ^ 1 in told - wanted for at in wanted - told):
        yield "in the other direction"
    if not (_ORDERED.search(reference) or IN_ORDER.search(question)):
        return
    wanted, told = steps_in_order(reference), steps_in_order(answer)
    shared = [step for step in wanted if wanted.count(step) == told.count(step) == 1]
    for one, other in combinations(shared, 2):
        if told.index(one) > told.index(other):
            yield f"{other} before {one}"
            return


def unsaid(reference: str, answer: str, question: str) -> list[str]:
    """Return that each step of a procedure is left out where an answer names none of them.

    "Stage 1: 50 Nm. Stage 2: 90°." needs no verb, and the same things may be done in other words.
    """
    course = set(steps(reference))
    wanted = course.difference(steps_in_order(question)) if len(course) > 1 else set()
    if not wanted or not wanted.isdisjoint(steps_in_order(answer)):
        return []
    things = stems(_ORDERED.sub(" ", reference)) - stems(question) - ACTION_STEMS
    told = any(same(one, other) for one in quantities(reference) for other in quantities(answer))
    return [] if told or 2 * len(things & stems(answer)) > len(things) else ["each of its steps"]


def steps(text: str) -> list[str]:
    """Return the actions and corners of a text in the order of doing; none where it gives no order."""
    return steps_in_order(text) if _ORDERED.search(text) else []


def with_remove_verb(text: str) -> str:
    """Return a text with "take the cover off" said as "remove the cover"."""
    return _TAKES_OFF.sub(r"remove \g<what>", text)


def courses(text: str) -> set[int]:
    """Return the ways along a row that a text takes: from the middle outwards is one, and its opposite the next."""
    return {at for at, course in enumerate(_COURSES) if course.search(text)}


def steps_in_order(text: str) -> list[str]:
    """Return the steps of a text in the order of doing: "press in after greasing" is reversed."""
    text = with_remove_verb(text)
    found = [
        (
            LEMMAS[match["verb"].lower()]
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
        if (_BEHIND.search(text[: other[1]]) and _AFTERWARDS.match(gap) and ("," not in gap or _DO_IT.match(gap))) or (
            _BEFOREHAND.search(text[: one[1]]) and "," in gap
        ):
            order[at], order[at + 1] = order[at + 1], order[at]
    return [found[at][0] for at in order]
