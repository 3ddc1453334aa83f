"""Recognise identifiers by the word before them: pin 3, fuses 23 and 24, components 24 (upper plate), Getrag 265."""

import re
from collections.abc import Iterator

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
    "terminal": r"[0-9]{1,2}[a-zA-Z]?(?!\w|[.,][0-9])",
    "figure": r"[0-9]{1,3}[a-z]?(?!\w|[.,][0-9])",
}
_ID = r"[0-9]{1,3}[a-z]?(?!\w|[.,][0-9])"
_COMMENT = r"(?:[ ]?\([^()0-9]{1,30}\))?"
_NEXT = re.compile(  # , 4 | and 12 | / 14 | ... 3 | , 3 is | (spring), 26
    rf"{_COMMENT}(?:(?:,?[ ](?:and|or|to|through|thru|from)|,|[ ]?[/&-]|[ ]?\.{{3}})[ ]?"
    r"|(?:[ ](?:is|are|=)|:|[ ]?\()[^.;:0-9]{2,48}[,;][ ](?:and[ ])?(?=[0-9]{1,2}[ ](?:is|are|=|\()))",
)
_ASKED = re.compile(
    rf"(?<!\w)(?:which|what|whose)[ ](?:(?:two|three|four|other|wiring|is|are|the|numbers?|of|for|has|have)[ ]){{0,5}}"
    rf"({'|'.join(_WORDS.values())})(?!\w)(?!(?<=type)[ ]of)",
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


def asked_kind(question: str) -> Kind | None:
    """Return the kind of number that a question asks for: "Which pin ...?", "What is the number of the fuse ...?"."""
    match = _ASKED.search(question)
    return (
        next((kind for kind, words in _WORDS.items() if re.fullmatch(words, match[1].lower())), None) if match else None
    )


def without_label(text: str) -> str:
    """Return what stands before an identifier without the word that only says its kind: "hub, tool " is "hub, "."""
    return _MERE_LABEL.sub("", text)
