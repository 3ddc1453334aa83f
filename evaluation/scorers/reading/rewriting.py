"""Rewrite the forms of an answer to plain prose: JSON, a table, LaTeX, other languages.

The place of every character in the answer is kept.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

from evaluation.scorers.reading import layouts
from evaluation.scorers.reading.languages import CHINESE, COLOURS, FOREIGN_UNIT, NUMBERS, UNITS, WORDS
from evaluation.scorers.reading.spelling import LONG_UNIT, NUMBER, SPELLED, UNIT, in_digits, is_same_unit
from vlm3_dataset.quantities.numerals import WORDS as WORDS_OF_NUMBERS
from vlm3_dataset.quantities.numerals import spoken

_EXPONENTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


@dataclass(frozen=True, slots=True)
class RewrittenText:
    """A rewritten text; character i stands for the stretch starts[i] to ends[i] of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def sub(self, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str]) -> "RewrittenText":
        """Return the text with what a pattern matches replaced, as by `re.sub`."""
        pieces, starts, ends, at = [], [], [], 0
        for match in pattern.finditer(self.text):
            low, high = match.span()
            plain = match.expand(new) if isinstance(new, str) else new(match)
            if low == high or plain == match.group():
                continue
            pieces += [self.text[at:low], plain]
            starts += self.starts[at:low]
            ends += self.ends[at:low]
            kept = SequenceMatcher(None, match.group(), plain, autojunk=False).get_opcodes() if "\n" in plain else ()
            for tag, one, other, new_one, new_other in kept or [("replace", 0, high - low, 0, len(plain))]:
                if tag == "equal":  # the cells of a table stay where they are
                    starts += self.starts[low + one : low + other]
                    ends += self.ends[low + one : low + other]
                else:
                    first = one if one < other else max(0, one - 1)  # what is put in stands by what is before it
                    starts += [self.starts[low + first]] * (new_other - new_one)
                    ends += [self.ends[low + max(first, other - 1)]] * (new_other - new_one)
            at = high
        if not at:
            return self
        return RewrittenText("".join((*pieces, self.text[at:])), [*starts, *self.starts[at:]], [*ends, *self.ends[at:]])


def rewrite(text: str) -> RewrittenText:
    """Return a text rewritten to the prose that is read for quantities and identifiers."""
    written = RewrittenText(text, range(len(text)), range(1, len(text) + 1))
    if _STRIPED.search(text) or len(_COLOUR.findall(text)) == 1:  # what stands by which of two is not read
        written = written.sub(_STRIPED, r"\g<base>/\g<stripe>")
        for pattern, english in _COLOURS:
            written = written.sub(pattern, english)
    for pattern, new in _REWRITES:
        written = written.sub(pattern, new)
    return written


def _scientific(match: re.Match[str]) -> str:
    power = (match["power"] or match["raised"] or match["short"]).translate(_EXPONENTS).replace("−", "-")
    value = Decimal(match["mantissa"].replace(",", ".")).scaleb(int(power))
    return f"{value:f}" if abs(int(power)) < 9 else match.group()


def _with_deviation(match: re.Match[str]) -> str:
    """Rewrite a value and what it may deviate by so that both have the unit; two other values stay as they are."""
    unit = (match["unit"] or match.groupdict().get("behind") or "").strip()
    value, deviation = (Decimal(match[name].replace(",", ".")) for name in ("value", "deviation"))
    groups = match.groupdict()
    listed = groups.get("comma") and not groups["named"] and unit.startswith("°")  # 20 °C, -4 °C
    other = not is_same_unit(unit, match["own"] or unit)
    if not unit or other or listed or deviation * _DEVIATION_SHARE > abs(value):
        return match.group()
    sign = (match["sign"] or "").strip().lower()
    sign = "+" if sign in _MORE else "-" if sign in _LESS else "±"
    return f"{match['value']} {unit} {sign}{match['deviation']} {unit}"


_ANY_COLOUR = "|".join(COLOURS.values())
_COLOUR = re.compile(rf"\b(?:{_ANY_COLOUR})\b", re.IGNORECASE)
_COLOURS = tuple((re.compile(rf"\b{german}\b", re.IGNORECASE), english) for english, german in COLOURS.items())
_STRIPED = re.compile(rf"\b(?P<base>{_ANY_COLOUR}) mit (?P<stripe>{_ANY_COLOUR}) streifen\b", re.IGNORECASE)
BLANKS = re.compile(r"[^\S\n]{2,}")
_BOXED = re.compile(r"\\boxed(?=\{)")
_SI = re.compile(r"\\(?:SI|qty)\{(?P<number>[^{}]{1,24})\}\{(?P<unit>[^{}]{1,40})\}")
_SI_NEWTON_METRES, _SI_MILLIMETRES = re.compile(r"\\newton\\met(?:re|er)\b"), re.compile(r"\\milli\\met(?:re|er)\b")
_TIE = re.compile(r"(?<=\d)~(?=[\\A-Za-z°])")
_PRODUCT = re.compile(r"(?<=[\dN\s{]N)\s+(?:\\cdot|[·⋅])\s*(?=\\?m\b)")
_POWER = re.compile(
    r"(?P<mantissa>(?<!\d)\d+(?:[.,]\d+)?)\s*(?:(?:[x×·*]|\\times|\\cdot)\s*10(?:\^?\{?(?P<power>[-−+]?\d)\}?"
    r"|(?P<raised>[⁻⁺]?[⁰¹²³⁴-⁹]))|e(?P<short>[-+]\d))(?!\d)"
)
_IN_CHINESE = re.compile("|".join(sorted(CHINESE, key=len, reverse=True)))
_BETWEEN = re.compile(
    rf"\b(?:tra|fra|zwischen|entre)\s(?P<low>{NUMBER}[^\d\n]{{0,12}}?)\s(?:e|ed|und|et|y)\s(?=\d)", re.IGNORECASE
)
_FROM = re.compile(
    rf"\b(?:da|de|von|from)\s(?P<low>{NUMBER}[^\d\n]{{0,12}}?)\s(?:a|à|bis|(?:up|down)\sto)\s(?=\d)", re.IGNORECASE
)
_HYPHENED = re.compile(r"(?<=\d)\s?k[- ]ohms?\b", re.IGNORECASE)
_INVERTED = re.compile(rf"(?<![\w.,:])1(?: : |:)(?P<whole>\d+(?:[.,]\d+)?)(?![\d:])(?!\s?{UNIT}(?!\w))", re.IGNORECASE)
_UNIT_FIRST = re.compile(r"(?:[ΩΩ]|\bohms?)\s*[≈=~:]\s*(?P<value>\d+(?:[.,]\d+)?)(?!\s?[kM]?[ΩΩ])")
_MINUTES_OF_ARC = re.compile(
    r"(?<=\d)\s?deg(?:rees?)?\s(?:and\s)?(?P<minutes>\d{1,2})\smin(?:utes?)?\b(?!\s(?:later|after|before))"
    r"(?:,?\s(?:±|\+/-|plus or minus|plus/minus)\s(?P<deviation>\d{1,2})\smin(?:utes?)?\b)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(  # terminal fifteen
    rf"\b(?P<part>(?:terminal|pin|contact|fuse|relay|cylinder)s?) (?P<number>{WORDS_OF_NUMBERS})(?![\w-])",
    re.IGNORECASE,
)
_EIGHT_AND_NINE_HUNDRED = re.compile(
    r"(?<=\bbetween )(?P<one>one|two|three|four|five|six|seven|eight|nine)"
    r"(?= and (?:two|three|four|five|six|seven|eight|nine) hundred\b)",
    re.IGNORECASE,
)
_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL)
_NEWTON_METRES = re.compile(  # \text{N} \cdot \text{m}
    r"\\(?:text|mathrm|rm)\s?\{\s?N\s?\}\s*(?:\\cdot|\\,|[·⋅])\s*\\(?:text|mathrm|rm)\s?\{\s?m\s?\}"
)
_LONG_DASH = re.compile(r"(?<=\d)(?:\s?\\(?:text|mathrm|rm)\s?\{\s?(?:-{1,3}|[–—])\s?\}|-{2,3})\s?(?=\d)")  # 2--3 mm
_ARROW = re.compile(r"(?<=\d)\s?(?:→|->)\s?(?=\d)")  # 10 → 20 → 35 Nm
_IN_BRACKETS = re.compile(rf"(?<=\d)\s[(\[](?!second\))(?P<unit>{UNIT})[)\]]", re.IGNORECASE)  # Torque: 42 (Nm)
_NOT_PASSED = re.compile(  # 1,2 mm darf nicht überschritten werden
    rf"(?P<value>{NUMBER}\s?{UNIT})\s(?:\w+\s){{0,2}}?nicht\s(?:\w+\s)?(?:(?P<under>unter)|über)sch(?:reiten"
    rf"|ritten)\b",
    re.IGNORECASE,
)
_IS_LIMIT = re.compile(  # 8 bar is the maximum
    rf"(?P<value>\d\s?{UNIT}) (?:(?:(?:is|are) the|as (?:an?|the)) (?:absolute )?"
    r"(?:(?P<max>max(?:imum)?|most|highest|largest|upper limit)|min(?:imum)?|least|lowest|smallest|lower limit)"
    r"|(?P<tops>tops))\b",
    re.IGNORECASE,
)
_VALUE = rf"{NUMBER}\s?(?P<{{}}>(?:ft|in)\.?\s?lbs?|{UNIT}|\")(?!\w)\.?"
_CONVERTED_ENDS = re.compile(  # 0.024 mm (0.0009 in) to 0.064 mm (0.0025 in)
    rf"(?P<lead>\b(?:(?P<between>between)|from|min(?:imum|\.)?|at least|not less than)\s)?"
    rf"(?P<low>{_VALUE.format('unit')})\s?[(/]\s?(?P<also_low>{_VALUE.format('other')})(?:\s?\))?"
    r"(?P<to>\s?(?:-|–|to\b|up to\b)\s?|(?(between)\sand\s|(?!))"  # two values with "and" alone are no range
    r"|,?\s(?:and\s)?(?:max(?:imum|\.)?|at most|(?:not|nor) more than)\s)"
    rf"(?P<high>{NUMBER}\s?(?P=unit)\.?)\s?[(/]\s?(?P<also_high>{NUMBER}\s?(?P=other)\.?)(?!\w)(?:\s?\))?",
    re.IGNORECASE,
)
_CHAIN = re.compile(  # 50 Nm - 80 Nm - 90°
    rf"(?<![\d.,]){NUMBER}\s?{UNIT}(?:\s[-–—]\s{NUMBER}\s?{UNIT}(?!\w)){{2,}}", re.IGNORECASE
)
_DASH = re.compile(r"\s[-–—]\s")
_LESS_THAN = r"(?:[<≤]=?|\\l(?:eq?|t)\b)"
_BOTH_SIDES = re.compile(  # 2 mm < x < 3 mm
    rf"(?P<low>{NUMBER}(?:\s?{UNIT})?)\s?{_LESS_THAN}\s?[^\W\d]\w{{0,9}}\s?{_LESS_THAN}\s?(?=\d)", re.IGNORECASE
)
_INTERVAL = re.compile(rf"\[\s?(?P<low>{NUMBER})\s?;(?:\\,)?\s?(?P<high>{NUMBER})\s?\]")  # [0.3; 0.5] mm
_PERCENT_OF = re.compile(  # 540 ± 10 % ohms
    rf"(?<=\d)(?P<share>\s?(?:±|\+/-)\s?\d+(?:[.,]\d+)?\s?%)\s(?P<unit>(?!in\b|a\b){UNIT})(?!\w)", re.IGNORECASE
)
_DEVIATION = rf"\+\s?{NUMBER}\s?/\s?[-−–]\s?{NUMBER}|±\s?{NUMBER}"
_ASIDE = re.compile(  # 3 (+0.2/-0.1) mm, 3 mm (+0.2/-0.1 mm)
    rf"(?P<value>\d)\s?\((?P<deviation>{_DEVIATION})\)(?=\s?{UNIT})"
    rf"|(?P<measured>\d\s?{UNIT})\s?\((?P<apart>{_DEVIATION})(?:\s?{UNIT})?\)",
    re.IGNORECASE,
)
_WITH_DEVIATION = re.compile(  # 9.5 mm +0.5, 1.75 mm (tolerance -0.02 mm), 9.5 (+0.5) mm
    rf"(?P<value>{NUMBER})(?P<unit>\s?(?:{UNIT}|k?N))?(?P<comma>,\s)?[\s(]{{0,2}}"
    r"(?P<named>(?:with\s)?(?:a\s)?tolerance(?:\sof|:)?\s)?(?P<sign>\+\s?/?\s?-|±\s?|\+\s?|[-−–]|plus\s|minus\s)"
    rf"(?P<deviation>\d+(?:[.,]\d+)?)(?![.,]?\d)(?:(?P<own>\s?(?:{UNIT}|k?N))(?!\w)\)?|\)(?P<behind>\s?{UNIT})(?!\w)"
    r"|\)|(?=\s?(?:[,;:]|\.(?!\d)|$|(?:and|or|but|at|for|in|on|with|when|if|as|from|only)\b)))",
    re.IGNORECASE,
)
_DEVIATION_IN_WORDS = re.compile(  # 12 mm, up to 0.3 mm more or less; 150 N, 10 N either way
    rf"(?P<value>{NUMBER})(?P<unit>\s?{LONG_UNIT})(?:\snominal|\sof\s\w+)?(?:[,;]|\s(?:with|and|but))\s(?:[a-z]+\s){{0,4}}?"
    rf"(?:(?:up to|within|by)\s)?(?P<deviation>\d+(?:[.,]\d+)?)(?P<own>\s?{LONG_UNIT})\s"
    r"(?:(?:allowed|permitted|tolerated)\s)?(?:(?P<both>more or less|less or more|(?:either|each|any) way"
    r"|(?:in|to) (?:either|both) (?:directions?|sides?)|up or down|(?:over|above) or (?:under|below))"
    r"|(?P<sign>more|extra|less))\b(?!\sthan)",
    re.IGNORECASE,
)
_DEVIATION_SHARE = 5  # 45 Nm +90 are two stages, and 2 mm -3 is a range
_MORE, _LESS = frozenset({"+", "plus", "more", "extra"}), frozenset({"-", "−", "–", "minus", "less"})
_PITCH = re.compile(
    r"\b(?P<size>M\s?\d{1,2})(?:,?\s(?:with|and|of)\s|,\s|\s)(?:an?\s|the\s)?(?:thread\s(?:of\s)?)?(?:pitch\s(?:of\s|is\s)?"
    r"(?P<pitch>\d(?:[.,]\d+)?)(?:\s?mm\b)?|(?P<before>\d(?:[.,]\d+)?)(?:\s?mm)?\s(?:thread\s)?pitch\b)",
    re.IGNORECASE,
)
_RATIO = re.compile(
    r"(?:(?<=\bratio of )|(?<=\bratio is )|(?<=\bratio: )|(?<![\w.,:])(?=\d+[.,]\d+ to 1(?![\d.,:])))"
    r"(?P<one>\d+(?:[.,]\d+)?) to "
    rf"(?P<other>\d+(?:[.,]\d+)?)(?![\d:])(?!\s?{UNIT}(?!\w))",
    re.IGNORECASE,
)
_INFINITE = re.compile(r"\b(?:infinit(?:e|y)|unendlich|infini|infinito)\b", re.IGNORECASE)
_ONE_HOUR = re.compile(
    r"(?:(?<=\bfor )|(?<=\bwait )|(?<=\babout )|(?<=\bafter ))an?(?= (?:minute|hour|day|week|month|year)\b)",
    re.IGNORECASE,
)
_YEARLY = re.compile(r"\b(?:annually|yearly|(?:every|each) year|once a year|per annum)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"(?<=\b(?:the|new|old) )one(?= to \d)|(?<=\b(?:this|that|each) )one(?= to \d)", re.IGNORECASE)
_NONE_MAY = re.compile(  # no cylinder may differ by more than 0.5 bar
    r"\bno (?P<what>[a-z]+) (?P<verb>should|may|must|can|shall|will)"
    r"(?= [^.;\d]{0,60}\b(?:more|less|greater|higher|lower|over|under|above|below|beyond) (?:than )?\d)",
    re.IGNORECASE,
)
_STRENGTH = re.compile(r"(?<=\bclass )(?P<class>\d{1,2}\.9|\d\.8)(?= to \d)")  # of class 8.8 to 143 Nm
_MATHS_TEXT = re.compile(r"(?:\\[,;! ]|~)?\s?\\(?:text|mathrm|rm)\s?\{\s?(?P<unit>[^{}]{1,12}?)\s?\}")
_REWRITES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_THOUGHT, " "),
    (BLANKS, " "),
    (_EIGHT_AND_NINE_HUNDRED, r"\g<one> hundred"),
    (SPELLED, in_digits),
    (_NUMBERED, lambda match: f"{match['part']} {spoken(match['number'].lower())}"),
    (_NEWTON_METRES, "Nm"),
    (_LONG_DASH, "–"),
    (_MATHS_TEXT, r" \g<unit>"),
    (_NONE_MAY, r"the \g<what> \g<verb> not"),
    (_STRENGTH, r"\g<class>,"),
    (_BOXED, " "),
    (_SI_NEWTON_METRES, "Nm"),
    (_SI_MILLIMETRES, "mm"),
    (_SI, r"\g<number> \g<unit>"),
    (_TIE, " "),
    (_PRODUCT, "·"),
    (_POWER, _scientific),
    *layouts.REWRITES,
    (_ARROW, ", then "),
    (_IN_BRACKETS, r" \g<unit>"),
    (_HYPHENED, " kΩ"),
    (_MINUTES_OF_ARC, lambda match: f"° {match['minutes']}'" + (f" ± {at}'" if (at := match["deviation"]) else "")),
    (_IN_CHINESE, lambda match: f" {CHINESE[match.group()]}"),
    (_BETWEEN, r"between \g<low> and "),
    (_FROM, r"from \g<low> to "),
    (_NOT_PASSED, lambda match: f"at {'least' if match['under'] else 'most'} {match['value']}"),
    (_IS_LIMIT, lambda match: f"{match['value']} {'max' if match['max'] or match['tops'] else 'min'}"),
    (_CONVERTED_ENDS, r"\g<lead>\g<low>\g<to>\g<high> (\g<lead>\g<also_low>\g<to>\g<also_high>)"),
    (_CHAIN, lambda match: _DASH.sub(", then ", match.group())),
    (_INTERVAL, r"\g<low> to \g<high>"),
    (_PERCENT_OF, r" \g<unit>\g<share>"),
    (_BOTH_SIDES, r"\g<low> to "),
    (_ASIDE, r"\g<value>\g<measured> \g<deviation>\g<apart>"),
    (_WITH_DEVIATION, _with_deviation),
    (_DEVIATION_IN_WORDS, _with_deviation),
    *(
        (re.compile(rf"\b(?:{words})(?=\s(?:{FOREIGN_UNIT})\b)", re.IGNORECASE), number)
        for number, words in NUMBERS.items()
    ),
    *((re.compile(rf"\b(?:{words})(?=\s)", re.IGNORECASE), english) for english, words in WORDS.items()),
    *((re.compile(rf"(?<=\d)\s?(?:{words})\b", re.IGNORECASE), f" {unit}") for unit, words in UNITS.items()),
    (_PITCH, r"\g<size> x \g<pitch>\g<before>"),
    (_RATIO, r"\g<one>:\g<other>"),
    (
        _INVERTED,
        lambda match: (
            f"{1 / Decimal(match['whole'].replace(',', '.')):.6f}"
            if Decimal(match["whole"].replace(",", ".")) > 1
            else "1:1"
        ),
    ),
    (_PRONOUN, "it"),
    (_INFINITE, "∞"),
    (_ONE_HOUR, "one"),
    (_YEARLY, "every 12 months"),
    (_UNIT_FIRST, r"\g<value> Ω"),
)
