"""Rewrite JSON and tables to prose, so that each number has its unit beside it."""

import re

from evaluation.scorers.reading.spelling import SPAN, UNIT

_SPELLED = {
    "deg_c": "°C",
    "deg c": "°C",
    "celsius": "°C",
    "deg_f": "°F",
    "deg f": "°F",
    "ft_lb": "ft-lb",
    "ft_lbs": "ft-lb",
    "in_lb": "in-lb",
}
_HEADED = re.compile(rf"(?:[\[(]\s*|,\s*|\bin\s+)({UNIT})\s*(?:[\])]|$)", re.IGNORECASE)
_ONLY_NUMBER = re.compile(rf"\s*[*_]*(?:max\.?|min\.?|≤|≥|approx\.?)?\s*{SPAN}[*_]*\s*", re.IGNORECASE)
_UNIT_IN_KEY = re.compile(  # "torque_nm": 42
    rf"[\"'](?P<key>[A-Za-z][\w ]*?)?[_ (\[]*(?<![A-Za-z])(?P<unit>{UNIT})[)\]]?[\"']\s*:\s*"
    rf"\"?(?P<value>{SPAN})\"?(?=\s*[,}}\]\n]|\s*$)",
    re.IGNORECASE,
)
_UNIT_BESIDE = re.compile(  # "value": 42, "unit": "Nm"
    rf"[\"']?(?P<key>value|amount|number|torque|nominal)[\"']?\s*:\s*\"?(?P<value>{SPAN})\"?"
    rf"\s*,?\s*[\"']?units?[\"']?\s*:\s*\"?(?P<unit>{UNIT})\"?(?!\w)",
    re.IGNORECASE,
)
_OBJECT = re.compile(rf"\{{[^{{}}]*[\"']units?[\"']\s*:\s*[\"'](?P<unit>{UNIT})[\"'][^{{}}]*\}}", re.IGNORECASE)
_MEMBER = re.compile(
    rf"[\"'](?:(?P<tolerance>(?:tolerance|plus[_ ]?minus|deviation|\+/-|±))|(?P<key>[^\"']{{1,24}}))[\"']\s*:\s*"
    rf"[\"']?(?P<value>{SPAN})[\"']?(?=\s*[,}}])",
    re.IGNORECASE,
)
_LOW_HEAD = re.compile(r"\W*(?:min\w*|lower|lowest|from|least|von)\b", re.IGNORECASE)
_HIGH_HEAD = re.compile(r"\W*(?:max\w*|upper|highest|to|most|bis)\b", re.IGNORECASE)
_TABLE = re.compile(r"(?:^|(?<=\n))[^\n|]*\|[^\n]*\n[ \t]*\|?[ \t]*:?-{2,}[-|: \t]*\n(?:[^\n]*\|[^\n]*(?:\n|$))+")


def _keyed(match: re.Match[str]) -> str:
    unit = match["unit"].lower()
    return f"{match['key'] or ''}: {match['value']} {_SPELLED.get(unit, unit.replace('_', ' '))}"


def _object(match: re.Match[str]) -> str:
    """Rewrite a JSON object that names its unit once: {"nominal": 40, "tolerance": 4, "unit": "Nm"}."""
    return _MEMBER.sub(
        lambda member: f"{member['key'] + ':' if member['key'] else '±'} {member['value']} {match['unit']}",
        match.group(),
    )


def _table(match: re.Match[str]) -> str:
    """Rewrite a table that names units in its head or before a row: each number below or behind gets its unit.

    So do its limits where one column has the least values and another the most.
    """
    head, rule, *body = match.group().rstrip("\n").split("\n")
    heads = head.split("|")
    units = [_unit_of(cell) for cell in heads]
    bounds = ["min." if _LOW_HEAD.match(cell) else "max." if _HIGH_HEAD.match(cell) else "" for cell in heads]
    bounds = bounds if {"min.", "max."} <= {*bounds} else [""] * len(bounds)
    lines = []
    for line in body:
        cells = line.split("|")
        of_row = next((unit for cell in cells[:2] if (unit := _unit_of(cell))), "")
        for at, cell in enumerate(cells[: len(units)]):
            if (unit := units[at] or of_row) and _ONLY_NUMBER.fullmatch(cell):
                cells[at] = f"{cell.rstrip()} {unit} "
            if bounds[at] and any(map(str.isdecimal, cell)):
                cells[at] = f" {bounds[at]} {cells[at].strip()} "
        lines.append("|".join(cells))
    return "\n".join((head, rule, *lines)) + match.group()[len(match.group().rstrip("\n")) :]


def _unit_of(cell: str) -> str:
    if len(alone := cell.strip(" *_")) > 1 and re.fullmatch(UNIT, alone, re.IGNORECASE):
        return alone
    return found[1] if (found := _HEADED.search(cell)) else ""


REWRITES = ((_OBJECT, _object), (_UNIT_IN_KEY, _keyed), (_UNIT_BESIDE, _keyed), (_TABLE, _table))
