"""Recognise identifiers by their form alone: 11 3 010, S229, GN/BR, 3450-1, B+.

The patterns run over folded text (`quantities.folding`) and have bounded width.
"""

import re

from vlm3_dataset.identifiers.identifier import Kind

_n = "[0-9O]"  # OCR reads C103 as C1O3; wherever an O is allowed a true digit stands beside it
_LONE = "BK|BR|BU|GN|GY|PK|RD|WT|YL"
_PAIRED = f"{_LONE}|(?<![0-9])8[KRU]|OR|TN|VI|YI|SW|RT|GE|BL|GR|WS|RS"  # 8R and YI: OCR's BR and YL; SW on: German
_WORDS = "black|brown|blue|green|gr[ae]y|orange|pink|red|tan|violet|purple|white|yellow"
_CODES = {
    "8K": "BK", "8R": "BR", "8U": "BU", "YI": "YL", "SW": "BK", "RT": "RD", "GE": "YL", "BL": "BU", "GR": "GY",
    "WS": "WT", "RS": "PK", "BLACK": "BK", "BROWN": "BR", "BLUE": "BU", "GREEN": "GN", "GRAY": "GY", "GREY": "GY",
    "ORANGE": "OR", "PINK": "PK", "RED": "RD", "TAN": "TN", "VIOLET": "VI", "PURPLE": "VI", "WHITE": "WT",
    "YELLOW": "YL",
}  # fmt: skip
COLOUR_WORDS = frozenset(word.lower() for word in _CODES if len(word) > 2)
_SIZE = r"(?<![\w.,/-])(?:[0-9]{1,2}(?:[.,][0-9]{1,2})?|[.,][0-9]{1,2})"
_NO_NAME = r"(?<!(?i:pin) )(?<!(?i:pins) )(?<!(?i:fuse) )(?<!(?i:terminal) )"  # pin 1 red/white is no wire of 1 mm2
_BEFORE = r"(?<![\w.,/-])"
_AFTER = r"(?!\w|[.,][0-9])"
_GEARBOX = r"[0-9]{3}[ ]?[A-Z]?"

_CONTACT = r"(?:[B-HJ-Z][+-]?|DF)(?![\w+-])"  # after its word; "A" and "I" are words, and "TERMINAL TO" is no name

Forms = tuple[tuple[Kind, re.Pattern[str]], ...]


def _forms(*forms: tuple[Kind, str]) -> Forms:
    return tuple((kind, re.compile(pattern)) for kind, pattern in forms)


# Looked for before quantities, which take a grey wire for grams, a gearbox for horsepower, page 34-10a for amperes.
# The group `id` of a pattern is the identifier, or else all of it.
STRONG = _forms(
    ("colour", rf"(?<![\w/])(?:(?:{_PAIRED})[/-](?:{_PAIRED})|{_LONE}|(?<=[0-9] )(?:{_PAIRED}))(?!/?\w)"),
    ("colour", rf"(?<![\w/])(?i:(?:{_WORDS})(?:[ ]?[/-][ ]?(?:{_WORDS}))?)(?!\w)"),
    ("wire size", rf"{_NO_NAME}{_SIZE}(?:[ ]?mm2?)?(?=[ ]?(?:{_PAIRED}|(?i:{_WORDS}))(?![A-Za-z]))"),
    ("wire size", rf"{_SIZE}[ ]?mm(?:2|\^2)(?!\w)"),
    ("type", rf"(?<!\w)A[ ]?[45S][ ]?S[ ]?{_GEARBOX}(?!\w)"),  # A4S 310R, and ASS 560Z as OCR reads it
    ("type", r"(?<!\w)[3-6][ ]?HP[ ]?-?[ ]?[0-9]{2}(?:[ ]?E?H)?(?!\w)"),
    ("type", rf"(?<!\w)(?:S[ ]?-?[ ]?[56]|[56][ ]?S)(?:[ ]?D[ ]?{_GEARBOX}|[ ]?-[ ]?[0-9]{{2}}|S[ ]?{_GEARBOX})(?!\w)"),
    ("type", r"(?<!\w)S[1-8][0-9](?:[ ]?B[ ]?[0-9]{2}|(?!\w))"),
    ("type", r"(?<!\w)(?:ML|M(?=[0-9]\.))[ ]?[0-9][.-][0-9](?!\w)"),
    ("type", r"(?<![\w.,])2[4-8][05](?=/[0-9]{1,3}(?!\w))|(?<=2[4-8][05]/)(?:2[4-8])?[056](?!\w)"),
    ("type", r"(?<![\w.,])[0-9]{3}(?=[ ](?:gearbox|transmission)(?:es|s)?(?!\w))"),
    ("page", rf"{_BEFORE}[0-9]{{2}}-[0-9]{{1,3}}[a-z](?!\w)"),
)
# Their blanks would make several labelled numbers of them.
SPACED = _forms(
    ("part", r"(?<![\w.,])[0-9]{2}[ ][0-9]{2}[ ][0-9][ ][0-9]{3}[ ][0-9]{3}(?!\w)"),
    ("part", r"(?<![\w.,])[0-9](?:[ ]?[0-9]{3}){3}(?!\w)"),
    ("part", r"(?<![\w.,])[0-9]{7,13}(?![\w.,])"),
    ("job", rf"(?<![\w.,-])[0-9]{_n}[ ']{_n}{{2}}[ '](?:[A-Z][ ])?{_n}{{3}}(?!\w)"),
    ("tool", rf"(?<![\w.,-])[0-9]{_n}[ ']{_n}[ ']{_n}{{3}}(?!\w)"),
    ("group", rf"{_BEFORE}[0-9]{{2}} [0-9]{{2}}(?= [A-Z][a-z])"),
)
PLAIN = _forms(
    ("type", rf"(?<!\w)M[ ]?(?:[1-7][0-9](?:[ ]?B[ ]?[0-9]{{2}})?(?:/[12])?|0[0-9]|[1-9](?<! .)){_AFTER}(?![ ]?x)"),
    ("type", r"(?<!\w)(?:E[0-9]{2}|[3578][1-5][0-9][ ]?(?:i[xXscL]?|is|td?s?|e|es))(?!\w)"),
    ("connector", rf"(?<!\w)C[1-9]{_n}{{2,3}}(?!\w)"),
    ("splice", rf"(?<!\w)S[1-9]{_n}{{2}}(?!\w)"),
    ("ground", rf"(?<!\w)G[1-9]{_n}{{2}}(?!\w)"),
    ("fuse", r"(?<!\w)F[0-9]{1,2}(?!\w)"),
    ("relay", r"(?<!\w)K[0-9]{1,2}(?!\w)"),
    ("pin", rf"{_BEFORE}[0-9]{{1,2}}(?= C[1-9]{_n}{{2,3}}(?!\w))"),
    ("terminal", r"(?<![\w.+-])[A-Z]{1,2}[+-](?![\w.+-]|[ ][0-9]|[ ](?:and|or)[ ][A-Z]-)"),  # B+; no A- or C-pillar
    ("terminal", rf"(?<=(?i:terminal) ){_CONTACT}|(?<=(?i:terminals) ){_CONTACT}"),
    ("terminal", rf"(?<!\w)(?i:terminals) {_CONTACT} (?:and|or) (?P<id>{_CONTACT})"),
    ("component", r"(?<!\w)[0-9]{1,2}[ ]?AZ(?!\w)"),
    ("page", rf"{_BEFORE}(?:[0-9]{{4}}-[0-9]{{1,2}}|[0-9]{{2}}-[0-9]{{1,3}}(?:[/._][0-9]{{1,2}})?)(?!-){_AFTER}"),
    ("strength", rf"(?<![\w.,])(?:4\.6|5\.[68]|6\.[89]|8\.8|9\.8|10\.9|12\.9){_AFTER}"),
    (
        "screw length",
        (
            r"(?<!\w)M[ ]?[0-9]{1,2}(?:[.,]5)?[ ]?x[ ]?(?:[0-9](?:[.,][0-9]{1,2})?[ ]?x[ ]?)?"
            rf"(?P<id>[0-9]{{1,3}}){_AFTER}"
        ),
    ),
    ("ordinal", r"(?<![\w/])[0-9]{1,2}(?=(?:st|nd|rd|th)(?!\w))"),
    ("date", rf"{_BEFORE}(?:[0-9]{{1,2}}[/.]){{1,2}}(?:19|20)?[0-9]{{2}}(?=[ ](?:models?|on|and|production)(?!\w))"),
    ("date", rf"{_BEFORE}(?:[0-9]{{1,2}}[/.]){{2}}(?:19|20)?[0-9]{{2}}(?![\w/])"),
    ("date", rf"{_BEFORE}(?:19[6-9]|20[0-2])[0-9](?!-){_AFTER}"),
    (
        "mark",
        r"(?:^|(?<=\n)|(?<=[.;:,] )|(?<=and ))[0-9]{1,2}(?=[.)] [A-Za-z])|(?:^|(?<=\n))[0-9]{1,2}(?=:? [A-Z][a-z])",
    ),
    ("group", r"(?:^|(?<=\n))[0-9]{2} - [0-9]{1,2}(?= [A-Z][a-z])"),
    (
        "part",  # B090001.16, AZD13-10.frb; a 7-pin plug is counted
        (
            rf"{_BEFORE}(?=[A-Za-z.-]{{0,16}}[0-9])(?=[0-9.-]{{0,16}}[A-Za-z])(?![0-9]{{1,3}}-[a-z])"
            r"[A-Za-z0-9]{1,16}(?:[.-][A-Za-z0-9]{2,8}){1,2}(?!\w)"
        ),
    ),
    ("part", r"(?<![\w.,/-])[A-Za-z]{1,3}[0-9]{4,10}[A-Za-z0-9]{0,4}(?!\w)"),
    ("part", rf"{_BEFORE}[0-9]{{2,4}}\.[0-9]{{1,4}}\.[0-9]{{2,6}}{_AFTER}"),
)


def value(kind: Kind, text: str) -> str:
    """Return the one spelling of an identifier of that kind."""
    plain = re.sub(r"[ '\n]", "", text).upper()
    match kind:
        case "colour":
            return "/".join(_CODES.get(code, code) for code in re.split("[/-]", plain))
        case "wire size":
            return f"{float(plain.split('MM')[0].replace(',', '.')):g}"
        case "type":
            return re.sub(r"[-.]|(?<=^M)0(?=.$)", "", re.sub("^AS(?=S[0-9])", "A5", plain))
        case "page" | "group" | "date":
            return "-".join(part.lstrip("0") or "0" for part in re.split("[-/._]", plain))
        case "tool" | "job" | "product":
            return re.sub("[-.]", "", plain.replace("O", "0"))
        case "part":
            return re.sub("[-.]", "", plain)
        case "connector" | "splice" | "ground":
            return plain.replace("O", "0")
        case "terminal":
            return plain.lstrip("0") or "0"
    return plain.removeprefix("F").removesuffix("AZ").lstrip("0") or "0"
