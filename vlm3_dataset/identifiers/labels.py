"""Recognise identifiers by the word before them (pin 3, fuses 23 and 24, Getrag 265), or by what is asked for."""

import re
from collections.abc import Iterator
from functools import lru_cache

from vlm3_dataset.identifiers.identifier import Kind

_PARTS = (
    "bolt|screw|nut|stud|washer|clip|circlip|ring|shim|spring|plug|cap|hose|cover|seal|holder|housing|lever|shaft"
    "|bearing|shell|sleeve|bush|bushing|plate|disc|mount|valve|line|pipe|race|support|piston|retainer|lockpin"
    "|bracket|damper|filter|gasket|switch|sensor|lamp|image|lock"
)
_WORDS: dict[Kind, str] = {
    "tool": "special tools?|tools?|order no",
    "pin": "pins?|sockets?|contacts?",
    "terminal": "terminals?|term|conn|connections?|plug connections?",
    "fuse": "fuses?",
    "connector": "connectors?",
    "splice": "splices?",
    "ground": "grounds?",
    "relay": "relays?",
    "cylinder": "cylinders?|cyl",
    "gear": "gears?",
    "wire": "wires?|leads?",
    "step": "(?:test )?steps?|stages?|cycles?",
    "page": "pages?|pp?",
    "group": "(?:sub)?sections?|(?:sub|main |si )?groups?|gr|chapters?|categor(?:y|ies)|covers",
    "figure": "fig|figures?|pictures?|images?|diagrams?|tables?|photos?",
    "component": "components?|items?|parts?|pos|positions?|callouts?|order of|sequence|legends?|locations?|points?"
    rf"|keys?|(?:{_PARTS})s?",
    "type": "getrag|zf|gearbox(?:es)?|types?|voltmeter|ohmmeter|tester",
    "product": r"loctite|molykote(?: [a-z]{2,10})?|three ?bond|longterm|din|iso|sheet|bmw n|hylomar|curil|code",
}
_NUMBER = r"(?:numbers?|numbered(?: from)?|nos?\.?|nr\.?|#)"
_LABEL = re.compile(
    rf"(?<!\w)(?:(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in _WORDS.items())})\.?(?:[ ]{_NUMBER})?"
    rf"|(?P<numbered>{_NUMBER}))[ ]?[:=]?(?:[ (]{{1,2}}|(?<=[a-z]{{4}}))(?:types?[ ])?(?=[.,]?[A-Z]?[ ]?[0-9])",
    re.IGNORECASE,
)
# Labels that tell no more than the kind; the brand of a sealant does, or the part that has a number in a drawing.
_MERE = "|".join(words for kind, words in _WORDS.items() if kind not in {"product", "component"})
_MERE_LABEL = re.compile(rf"(?<!\w)(?:{_MERE})\.?(?:[ ]{_NUMBER})?[ ]?[:=(]?[ ]?$", re.IGNORECASE)
_PAREN = re.compile(r"(?:(?<=[\w:,;.-] )|^)\((?=[0-9]{1,2}(?:[a-z]?\)|(?:,|,? and| or| ?/| ?-| to| \.{3}) [0-9]))")
_IDS = {
    "tool": r"[0-9O]{2}[ ]?[0-9O]{1,2}[ ]?[0-9O]{3}(?![0-9])",
    "group": r"[0-9]{2}(?:[ ][0-9]{2}|[ ]?-[ ]?[0-9]{1,2})?(?![0-9])",
    "page": r"[0-9]{1,4}[ ]?-[ ]?[0-9]{1,3}[a-z]?(?:[/._][0-9]{1,2})?(?!\w)|[0-9]{1,3}(?!\w)",
    "product": r"[0-9]{1,4}(?:[ .][0-9]{2})?(?:\.[0-9])?(?!\w)",
    "type": r"(?:[A-Z][ ]?)?[0-9]{1,3}(?!\w|[.,][0-9])",
    "pin": r"[0-9]{1,2}[a-z]?(?!\w|[.,][0-9])",
    "terminal": r"[0-9]{1,2}[a-zA-Z]?(?!\w|[.,][0-9])",
    "figure": r"[0-9]{1,3}[a-z]?(?!\w|[.,][0-9])",
}
_ID = r"[0-9]{1,3}[a-z]?(?!\w|[.,][0-9])"
_COMMENT = r"(?:[ ]?\([^()0-9]{1,30}\))?"
_NEXT = re.compile(  # , 4 | and 12 | / 14 | ... 3 | , 3 is | (spring), 26
    rf"{_COMMENT}(?:(?:,?[ ](?:and|or|to|through|thru|from)|,|[ ]?[/&-]|[ ]?\.{{3}})[ ]?"
    r"|(?:[ ](?:is|are|=)|:|[ ]?\()[^.;:0-9]{2,48}[,;][ ](?:and[ ])?(?=[0-9]{1,2}[ ](?:is|are|=|\()))",
)
_BARE = re.compile(r"(?<![\w.,/-])[0-9]{1,3}[a-z]?(?![\w]|[.,][0-9])")
_BARE_SIZE = re.compile(r"(?<![\w.,/-])(?:[0-9]{1,2}(?:[.,][0-9]{1,2})?|[.,][0-9]{1,2})(?![\w]|[.,][0-9])")
_SIZE = r"(?:size|gauge|cross[- ]section)"
# Words that ask for a kind, and stand before no number: nobody prints "engine 20".
_ASKED_ONLY: dict[Kind, str] = {
    "wire size": rf"{_SIZE} (?:(?:is|of) )?(?:the )?(?:\w+ )?wires?|wire {_SIZE}s?",
    "colour": "(?:wire )?colou?rs?(?: wires?)?",
    "type": "(?:types? of )?(?:engines?|transmissions?|(?:vehicle )?models?)",
    "job": "(?:repair )?jobs?|(?:repair |operation )?procedure numbers?|operation numbers?",
}
_ASKING = (
    r"(?<!\w)(?:which|what|whose|name|give|state)[ ]"
    r"(?:(?:two|three|four|other|wiring|is|are|the|numbers?|of|for|has|have)[ ]){0,5}"
)
_MEASURES = "ratio|rating|value|voltage|current|torque|pressure|temperature|speed|size|length|width|colour|color"
_FOLLOWS = (
    "is|are|was|were|has|have|had|do|does|did|must|should|can|may|will|would|goes|of|for|to|on|in|at|with|by|from|and|or"
    rf"|between|leading|that|covers|(?!speed)\w+ed|(?!(?:{_PARTS}|{_MEASURES})s)\w+[^s\W]s"
)
_NUMBER_ASKED = re.compile(rf"{_ASKING}(?P<noun>{'|'.join(_WORDS.values())})(?!\w)(?!(?<=type)[ ]of)", re.IGNORECASE)
_NAME_ASKED = re.compile(
    rf"{_ASKING}(?P<noun>{'|'.join((*_ASKED_ONLY.values(), *_WORDS.values()))})(?!\w)(?!(?:(?<=type)|(?<=types))[ ]of)"
    # The noun is asked for itself, and not the rating of a fuse or the bolts of a cylinder head.
    rf"(?:(?<=s)|[ ](?:numbers?|types?|designations?)(?!\w)|(?=[^\w ]|$|[ ](?:{_FOLLOWS})(?!\w)))",
    re.IGNORECASE,
)


def labelled(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Yield kind, start and end of each number of a folded text that the word before it makes an identifier."""
    for match in _LABEL.finditer(text):
        kind: Kind = "component" if match.lastgroup == "numbered" else match.lastgroup  # type: ignore[assignment]
        yield from _listed(text, kind, match.end())
    for match in _PAREN.finditer(text):
        yield from _listed(text, "component", match.end())


def _listed(text: str, kind: Kind, at: int) -> Iterator[tuple[Kind, int, int]]:
    pattern = re.compile(_IDS.get(kind, _ID))
    while found := pattern.match(text, at):
        yield kind, *found.span()
        link = _NEXT.match(text, found.end())
        if not link:
            return
        at = link.end()


@lru_cache(4096)  # each passage of a page is compared with each question
def asked_kind(question: str) -> Kind | None:
    """Return the kind of name that a question asks for: "Which pin ...?", "What is the number of the fuse ...?"."""
    return _kind_of(_NAME_ASKED.search(question))


def numbers_asked(text: str, question: str) -> Iterator[tuple[Kind, int, int]]:
    """Yield kind, start and end of each bare number of a folded text that its question makes an identifier."""
    if asked_kind(question) == "wire size":
        yield from (("wire size", *one.span()) for one in _BARE_SIZE.finditer(text))
    elif kind := _kind_of(_NUMBER_ASKED.search(question)):
        found = (one for one in _BARE.finditer(text) if re.fullmatch(_IDS.get(kind, _ID), one[0]))
        yield from ((kind, *one.span()) for one in found)


def _kind_of(asked: re.Match[str] | None) -> Kind | None:
    if asked is None:
        return None
    noun = asked["noun"].lower()
    every = (*_ASKED_ONLY.items(), *_WORDS.items())
    return next((kind for kind, words in every if re.fullmatch(words, noun)), None)


def without_label(text: str) -> str:
    """Return what stands before an identifier without the word that only says its kind: "hub, tool " is "hub, "."""
    return _MERE_LABEL.sub("", text)
