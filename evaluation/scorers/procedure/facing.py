"""Tell which way a part is turned: the open end faces the engine, or away from it.

What it faces may be any part of a car, so this reads the relation and not the words; left, right, up and down are told
apart by `vlm3_dataset.language.sides`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vlm3_dataset.language import sides
from vlm3_dataset.language.stems import stems

_FACES = r"(?:fac(?:e|es|ed|ing)|directed|point(?:s|ed|ing)?|look(?:s|ing)?|zeig(?:t|en|end))"
_THE = (
    r"(?:(?:the|its?|their|an?|your|de[rnm]|die|das)\s)?"
    r"(?:(?:side|end)\s(?:where|of|with)\s(?:the\s)?)?"  # the end where the timing chain runs
)
_NO_FACE = (  # the face of the flange
    r"(?!(?:of|on|in|and|or|with|for|from|is|are|was|must|should|can|may|to|before|after|when|if|by|at|up|down|as)\b)"
)
_BESIDE = (  # on the engine side
    rf"(?P<beside>on|at)(?=\s{_THE}(?!(?:one|other|both|each|either|same|opposite|correct|proper|far|near|th\w+|all|two|any|side)\b)"
    r"[\w-]+(?:\s(?!side)[\w-]+)?\sside\b)"
)
_RELATION = re.compile(
    r"\b(?:"
    rf"(?P<away>(?:{_FACES}\s)?(?:directly\s)?(?:away\sfrom|opposite(?:\s(?:to|from|of))?|remote\sfrom)"
    r"|(?:its|their|the)\sbacks?\sto(?:wards?)?|(?:far|other)\s(?:side|end)\s(?:of|from))"
    rf"|{_FACES}\s(?:directly\s)?(?:to|towards?|at|in\sthe\sdirection\sof|in\srichtung|auf|zu[mr]?)|towards?"
    r"|in\sthe\sdirection\sof|in\srichtung|fac(?:e|es|ing)|zu[mr]"
    rf"|(?P<off>vo[nm])|{_BESIDE})"
    rf"\s{_THE}(?P<what>{_NO_FACE}[^\W\d][\w'-]*(?:\s[^\W\d][\w'-]*){{0,2}})",
    re.IGNORECASE,
)
_TO = re.compile(
    rf"\b(?:to|against|on|next\sto|nearest)\s{_THE}(?P<what>[^\W\d][\w'-]*(?:\s[\w'-]+){{0,2}})", re.IGNORECASE
)
_OFF = re.compile(r"\b(?:weg|abgewandt|fort)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|never|\w+n't|nicht|nie)(?:\s(?:be|to|ever))?\s$", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.]\s|\n|\b(?:and|but|und|while|whereas|with|mit)\b", re.IGNORECASE)
_NO_PART = stems(
    "side sides end ends face faces facing must should points pointing install installed fit fitted always direction"
    " way order sequence hand"
)


@dataclass(frozen=True, slots=True)
class Relation:
    """What is turned to or away from what, each as the stems of its words; nothing where a text does not say what."""

    part: frozenset[str]
    target: frozenset[str]
    away: bool


def conflicts(reference: str, answer: str, question: str) -> Iterator[str]:
    """Yield what a part of the reference is turned to, where the answer turns it the other way, or to another thing."""
    told, said = [*relations(answer)], stems(answer)
    known = stems(f"{reference} {question}")
    near = [stems(match["what"]) for match in _TO.finditer(_RELATION.sub(" ", answer))]  # cup to the engine
    for one in relations(reference):
        alike = [
            other
            for other in told
            if one.target & other.target and (not (one.part and other.part) or one.part & other.part)
        ]
        turned = alike and not any(other.away == one.away for other in alike)
        turned = turned and (one.away or not any(one.target & words for words in near))
        elsewhere = not one.target & said and any(
            one.part & other.part and one.away == other.away and not other.target & known for other in told
        )
        if turned or elsewhere:
            yield f"{'away from' if one.away else 'towards'} {' '.join(sorted(one.target))}"


def relations(text: str) -> Iterator[Relation]:
    """Yield what a text turns to something, or away from it."""
    text = text.replace("’", "'")
    for match in _RELATION.finditer(text):
        what = _CLAUSE.split(match["what"])[0]
        off = _OFF.search(match["what"]) or _OFF.match(text[match.end() :].lstrip())
        if match["beside"]:  # on the engine side
            what = what.partition(" side")[0]
        if sides.stated(what) or (match["off"] and not off):
            continue
        target = stems(_OFF.sub(" ", what)) - _NO_PART
        start = max((found.end() for found in _CLAUSE.finditer(text, 0, match.start())), default=0)
        before = text[start : match.start()]
        away = bool(match["away"] or match["off"]) != bool(_NOT.search(before))
        if target:
            yield Relation(frozenset(stems(before)) - _NO_PART, frozenset(target), away)
