"""Find values at which something breaks or is worn out: "the stud snaps at 24 Nm" is no torque to tighten to."""

import re
from collections.abc import Callable, Iterator, Sequence

from evaluation.scorers.reading import inflection
from vlm3_dataset.quantities import Quantity

_VERBS = ("snap", "break", "shear", "strip", "burst", "tear", "crack", "rupture", "shatter", "fail", "yield", "destroy",
          "damage", "ruin", "distort", "warp", "melt", "seize", "explode")  # fmt: skip
_BASE = rf"(?:{'|'.join(_VERBS)})"
_ANY = rf"(?:{'|'.join(sorted({form for verb in _VERBS for form in inflection.verb_forms(verb)}))})"
_WOULD = rf"(?:will|would|can|could|may|might) (?:\w+ly )?{_BASE}"
_BREAKS = (
    rf"(?:(?:{_WOULD}|(?!{_BASE}\b){_ANY})(?: off| apart| up)?\b"
    r"|stretch(?:es)? (?:for good|permanently))"
)
ABOUT_BREAKING = re.compile(rf"\b{_ANY}\b", re.IGNORECASE)  # in a question: it asks what breaks
_POINT = (
    r"(?:breaking|yield|failure|burst(?:ing)?|rupture|stripping|shear(?:ing)?) "
    r"(?:torque|point|pressure|load|limit|strength|force|speed)\b"
)
_SUBJECT = r"(?:it|they|that|(?:the|a|an|this|any|every|each|its)(?: [\w-]+){1,3}?)"
_IF = r"\b(?:if|when|once|as soon as|where)\b[^.;]{1,40} "
_BEFORE = re.compile(  # the stud snaps at 24 Nm; the yield point is reached at 24 Nm
    rf"(?<!not )(?<!never )(?<!n't )\b(?:{_BREAKS}|(?<=s )(?<!is )(?<!has ){_BASE})(?: the \w+)? "
    r"(?:at|above|beyond|over|past|from|with|(?:if|when) (?:you )?tighten(?:ed)? to) (?:about |around |just |only )?$"
    rf"|\b{_POINT}[^.;\d]{{0,24}}$",
    re.IGNORECASE,
)
_AT = re.compile(rf"(?:^|[.;,:!?\n] ?|\b(?:but|and) )(?:at|from|with) (?:about )?$|{_IF}$", re.IGNORECASE)
_THERE = re.compile(  # at 24 Nm the thread strips; if you tighten it to 24 Nm it will break
    rf"(?: or more| and more| on| wear)?,? {_SUBJECT} (?:{_BREAKS}|(?<=s ){_BASE}\b)", re.IGNORECASE
)
_NO_THING = r"(?!(?:and|or|but|else|it|they|you|this|that|more|over|above|otherwise|because|as|so|anything|which)\b)"
_AFTER = re.compile(  # 24 Nm strips the thread; 24 Nm is enough to snap it; a 55 W bulb would melt the lens
    rf" {_NO_THING}[a-z-]+ {_WOULD}\b"
    rf"|,? (?:{_BREAKS}|(?:is|was) (?:the |its |their )?{_POINT}|(?:(?:is|was) [^.;]{{0,24}})?to {_BASE}\b)",
    re.IGNORECASE,
)
_REPLACED = (
    r"(?:replac(?:e|ed|ing)|renew(?:ed|al)?|reject(?:ed)?|scrap(?:ped)?|discard(?:ed)?"
    r"|(?:go(?:es)?|throw|put) (?:it )?in(?:to)? the bin|binned)\b"
)
_REPLACED_IF = re.compile(  # replace it when it is thinner than 9 mm
    rf"\b{_REPLACED}(?:(?!\band\b)[^.;,\d]){{0,40}}\b(?:if|when|once|where|below|above|under|over)\b[^.;,\d]{{0,30}}$",
    re.IGNORECASE,
)
_IF_SO = re.compile(  # if it is under 9 mm; Below 9 mm
    r"\b(?:if|when|once|as soon as)\b[^.;\d]{0,40}$"
    r"|(?:^|[.;:!?\n]\s?)(?:[\w-]+ ){0,4}?(?:below|under|above|over|beyond|(?:\w+er|less|more) than) (?:about )?$",
    re.IGNORECASE,
)
_IS_REPLACED = re.compile(rf",?\s(?:[\w'’-]+\s){{0,6}}?{_REPLACED}", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|never|no|don't)\b", re.IGNORECASE)


def is_replaced_at(text: str, given: Quantity) -> bool:
    """Return whether a part is replaced beyond a bound of a text, so that the bound is what it must not pass."""
    before, after = text[max(0, given.start - 80) : given.start], text[given.end : given.end + 60]
    found = _REPLACED_IF.search(before) or (_IF_SO.search(before) and _IS_REPLACED.match(after))
    return bool(found) and not _NOT.search(found[0])


def swapped_values(
    reference: str,
    answer: str,
    stated: Sequence[Quantity],
    told: Sequence[Quantity],
    agree: Callable[[Quantity, Quantity], bool],
) -> Iterator[tuple[tuple[str, ...], list[Quantity]]]:
    """Yield the values of a reference at which a part is replaced, where an answer replaces it at another of them.

    They have no labels. Arguments and result are those of `swaps.swapped_values`.
    """
    limits = [one for one in stated if is_replaced_at(reference, one)]
    found = [one for one in told if is_replaced_at(answer, one)]
    others = [one for one in stated if one not in limits]
    if any(agree(one, it) for one in others for it in found):
        yield (), [one for one in limits if not any(agree(one, it) for it in found)]


def breaks_at(text: str, given: Quantity) -> bool:
    """Return whether something breaks at a value of a text."""
    before, after = text[max(0, given.start - 80) : given.start], text[given.end : given.end + 80]
    return bool(_BEFORE.search(before) or _AFTER.match(after) or (_AT.search(before) and _THERE.match(after)))
