"""Fold printed and typed text to one plain form, keeping for every character its place in the original."""

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

THOUSANDS = "'"  # what a thin or unbreakable space between groups of digits becomes

_DASHES = "‐‑‒–—―−﹣－⁻"
_ALIKE = {
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys("×✕✖⨯", "x"),
    **dict.fromkeys("º˚", "°"),
    **dict.fromkeys("⋅∙•‧", "·"),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("’‘′ʹ", "'"),
    **dict.fromkeys("“”″„", '"'),
    **dict.fromkeys("Øø⌀∅\x0b\x0c", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f", ""),
}
_LATEX = {
    "times": "x",
    "cdot": "·",
    "pm": "±",
    "circ": "°",
    "degree": "°",
    "mu": "µ",
    "Omega": "Ω",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "approx": "≈",
    "sim": "~",
    "dots": "...",
    "ldots": "...",
    "n": "\n",
    "t": " ",
    "r": "\n",
    "text": "",
    "textbf": "",
    "textrm": "",
    "mathrm": "",
    "mathbf": "",
    "operatorname": "",
    "boxed": "",
    "SI": " ",
    "qty": " ",
    "left": "",
    "right": "",
}
_POWER = "e"  # a number glued to a letter measures nothing, and what 10^3 rpm is meant to be is anybody's guess
_ALWAYS = {"power": _POWER, "footnote": " ", "point": ".", "grouping": THOUSANDS, "ellipsis": "...", "mark": ""}
_SPECIAL = re.compile(
    r"""(?P<mixed>[⁰¹²³⁴-⁹]{1,2}[/⁄][₀-₉]{1,2}|<sup>[0-9]{1,2}</sup>[ ]?[/⁄][ ]?<sub>[0-9]{1,2}</sub>)  # 10¹/₂
    |(?P<power>(?<=[0-9])(?:[ $]{0,2}\^[ ]?\{?[ ]?[+−-]?[ ]?[0-9]{1,3}(?:[ ]?\})?|[⁺⁻][⁰¹²³⁴-⁹]{1,3})  # 50^2, 10⁻³
    |(?<=10)(?<![0-9.,Mm]10)(?:[⁰¹²³⁴-⁹]{1,3}|\*\*-?[0-9]{1,3}|<sup>[+−-]?[0-9]{1,3}</sup>))  # behind a 10 no footnote
    |(?P<point>(?:(?<=[0-9])|(?<![^\s(]))[·⋅](?=[0-9])(?!10(?:[⁰¹²³⁴-⁹⁺⁻^*$]|<sup>)))  # 0·25 mm, as Britain prints
    |(?P<ellipsis>(?<=[0-9])[ ]?(?:[.,][ ]?){3,4}(?=[0-9]))  # 2,8.,,3,2 as OCR reads three dots
    |(?P<footnote>(?<=[0-9])<sup>[0-9]{1,2}</sup>(?![ ]?[/⁄]))
    |(?P<grouping>(?<=[0-9])[\u00a0\u2007\u2009\u202f](?=[0-9]{3}(?![0-9])))
    |(?P<other>[^\x00-\x7f])
    |(?P<fraction>\\[dt]?frac\{[0-9]{1,3}\}\{[0-9]{1,4}\})
    |\\(?P<command>[A-Za-z]{1,14})
    |(?P<spacing>\\[ ,;:!()\[\]]|~(?=\\))
    |(?P<entity>&(?:[A-Za-z]{2,8}[0-9]{0,2}|\#[0-9]{2,6}|\#x[0-9A-Fa-f]{2,5});)
    |(?P<tag></?(?:b|i|u|em|strong|sup|sub|br|p|span|td|tr)[ ]?/?>)
    |(?P<mark>\*\*|__|`|[{}$^\\])
    |(?P<blank>[\t\r\x0b\x0c])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` in plain characters, `lower` the same in small letters and of equal length.

    `starts[i]` and `ends[i]` give the stretch of the original text that character i stands for.
    """

    text: str
    lower: str
    starts: list[int] | range
    ends: list[int] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original offsets of folded characters start to end (end excluded, not empty)."""
        return self.starts[start], self.ends[end - 1]


def fold(raw: str) -> Folded:
    """Fold compatibility forms (NFKC), dashes, fractions, Markdown, LaTeX and HTML to plain text. Never raises."""
    if not _SPECIAL.search(raw):
        return Folded(raw, raw.lower(), range(len(raw)), range(1, len(raw) + 1))
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in _SPECIAL.finditer(raw):
        start, end = match.span()
        pieces.append(raw[done:start])
        starts.extend(range(done, start))
        ends.extend(range(done + 1, start + 1))
        before = next((piece[-1] for piece in reversed(pieces) if piece), "")
        plain = _plain(match.lastgroup or "", match.group(), before)
        pieces.append(plain)
        starts.extend([start] * len(plain))
        ends.extend([end] * len(plain))
        done = end
    pieces.append(raw[done:])
    starts.extend(range(done, len(raw)))
    ends.extend(range(done + 1, len(raw) + 1))
    text = "".join(pieces)
    lower = text.lower()
    if len(lower) != len(text):  # a few capitals (İ) grow when lowered; they are part of no unit
        lower = "".join(small if len(small := char.lower()) == 1 else char for char in text)
    return Folded(text, lower, starts, ends)


def _plain(kind: str, found: str, before: str) -> str:
    """Return what a special stretch stands for; `before` is the folded character to its left."""
    if kind in _ALWAYS:
        return _ALWAYS[kind]
    match kind:
        case "other":
            return _character(found, before)
        case "fraction" | "mixed":
            numerator, denominator = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", found))
            return f"{' ' if before.isdigit() else ''}{numerator}/{denominator}"
        case "command":  # an unknown one is a path or a slip: only its backslash goes
            return _LATEX.get(found[1:], f" {found[1:]}")
        case "entity":
            return "".join(char if char.isascii() else _character(char, before) for char in html.unescape(found))
        case "tag":
            return "\n" if found.strip("</ >") in {"br", "p", "tr"} else ""
    return "\n" if found == "\r" else " "


def _character(char: str, before: str) -> str:
    plain = _folded(char)
    if before.isdigit() and plain[:1].isdigit() and not char.isdecimal():
        # 1½ is a mixed number, and the ¹ of 24¹ a footnote: neither makes 11/2 or 241.
        return f" {plain}" if "/" in plain else " "
    return plain


@cache
def _folded(char: str) -> str:
    if char in _ALIKE:
        return _ALIKE[char]
    plain = unicodedata.normalize("NFKC", char)
    return " " if plain.isspace() and plain != "\n" else "".join(_ALIKE.get(part, part) for part in plain)
