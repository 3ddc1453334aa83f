"""Read dates as boards print them.

A page prints its dates in one zone (the guest's) and one order, which it does not state. 07-11-2008 is in July or in
November, and only another date, with a part above 12, can tell: of the same page, or of nearly all others of the board.
Without that, and without the zone in the footer, a date stays as printed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a page prints its dates: order of day and month, zone in minutes east of UTC, time of the fetch (aware)."""

    day_first: bool | None = None
    offset: int | None = None
    now: datetime | None = None
    timezone: tzinfo | None = None  # of a board whose pages do not say theirs, where somebody knows it

    @property
    def clock(self) -> tzinfo | None:
        # A page that says "GMT -4" prints its dates of January so, too: it knows no summer time of their own.
        return self.timezone if self.offset is None else _fixed(self.offset)


_fixed = lru_cache(lambda minutes: timezone(timedelta(minutes=minutes)))

_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"  # and how other languages begin theirs
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)} | {
    "ene": 1, "gen": 1, "fev": 2, "fév": 2, "maa": 3, "mrt": 3, "mär": 3, "abr": 4, "avr": 4, "mag": 5, "mai": 5,
    "mei": 5, "giu": 6, "juin": 6, "juil": 7, "lug": 7, "ago": 8, "aoû": 8, "set": 9, "okt": 10, "ott": 10, "out": 10,
    "déc": 12, "dez": 12, "dic": 12,
}  # fmt: skip
_DAYS_BACK = {
    "today": 0, "yesterday": 1, "heute": 0, "gestern": 1, "hoy": 0, "ayer": 1, "aujourd'hui": 0, "aujourd’hui": 0,
    "hier": 1, "oggi": 0, "ieri": 1, "hoje": 0, "ontem": 1, "vandaag": 0, "gisteren": 1, "idag": 0, "i dag": 0,
    "igår": 1, "i går": 1, "dzisiaj": 0, "dziś": 0, "wczoraj": 1, "bugün": 0, "dün": 1, "сегодня": 0, "вчера": 1,
    "hôm nay": 0, "hôm qua": 1,
}  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[^\W\d_]*\.?"
_YEAR = r"(?P<year>\d{4}|\d\d(?!\d|:|[-/.hu]\d))"  # not in `long ago 09-26-2015`, whose `ago` is August elsewhere
_ORDINAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
# Between a date and its time: `à 21h42`, `um 21.42 Uhr`, `kl. 21:42`.
_AT = r"(?:at|à|um|om|alle(?:\s+ore)?|ore|a\s+l[ae]s?|[àa]s|klo?\.?|[ouv]|ve|ob|la|saat|lúc|pukul|στις|[во])"
# Before a dot or a letter only an hour, with minutes behind it: 45.50 is a price.
_HOUR = r"(?P<hour>\d{1,2}(?=:)|(?:[01]?\d|2[0-3])(?=(?:\.|\s?[hu]\s?)[0-5]\d(?![.,]?\d)))"
_TIME = rf"{_HOUR}(?::|\.|\s?[hu]\s?)(?P<minute>\d\d)(?::\d\d)?(?:\s*(?P<half>[ap])\.?m\b)?"
_CLOCK = rf"(?:[\s,|@·–-]*(?:{_AT}\s+)?{_TIME})?"
_DATES = tuple(
    re.compile(rf"(?<![\w:]){printed_day}{_CLOCK}", re.IGNORECASE)
    for printed_day in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)",
        r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4}|\d\d)(?!\d)",
        rf"{_MONTH}\s*{_ORDINAL}[-,\s]+{_YEAR}",
        rf"{_ORDINAL}[-\s]+{_MONTH}[-,\s]+{_YEAR}",
        rf"(?P<relative>{'|'.join(_DAYS_BACK)})(?!\w)",
        r"(?P<ago>\d{1,2})\s+(?P<unit>minute|hour|day|week)s?\s+ago",
    )
)
_AMBIGUOUS = re.compile(r"(?<![\w:])(\d{1,2})([-/])(\d{1,2})\2(?:\d{4}|\d\d)(?!\d)")
# A pattern each: all in one take 500 µs a page, these a quarter of it. In other languages it is the sentence that goes
# on to the time of the board, which its markup sets apart.
_SHIFT = r"(?:\s*(?P<sign>[+-])\s*(?P<hours>\d{1,2}(?:\.\d{1,2})?)(?::(?P<minutes>\d\d))?)?"
_FOOTERS = tuple(rf"{said}\s*(?i:GMT|UTC|WEZ){_SHIFT}" for said in ("All times are", "Alle Zeitangaben in"))
_CLOCKS = tuple(rf"{zone}{_SHIFT}[^<>]{{0,120}}<span class=\"time\">" for zone in ("GMT", "UTC", "WEZ"))
_ZONES = tuple(map(re.compile, (*_FOOTERS, *_CLOCKS)))
_SCRIPT_OFFSET = re.compile(r"data-tz-offset=[\"']([+-]?\d{1,2}(?:\.\d{1,2})?)[\"']")  # vBulletin 6
_FARTHEST = 14 * 60  # minutes, of Kiribati
NOT_PRINTED, NOT_A_DATE = "no date printed", "not a date that can be read"
NO_ZONE, AMBIGUOUS = "no zone: the page names none", "day and month cannot be told apart"
RELATIVE, TOO_COARSE = "relative date without a zone", "relative date, too coarse for a moment"
# A board's order is known where so many of its dates tell, and fewer than one in a hundred tells otherwise.
_ENOUGH = 20


def utc_offset(source: str, written: Iterable[str] = ()) -> int | None:
    """Return the minutes east of UTC, from the footer's `All times are GMT -5.`; None where the page does not say.

    Summer time is already in that number. People write such sentences as well, so the last one counts, as long as there
    are more of them than in what they have `written`. vBulletin 6 gives the number to its scripts as well.
    """
    # A head repeats how the first post begins.
    stated = sorted(_zones(source, max(source.find("</head"), 0)), key=re.Match.start)
    if len(stated) > sum(1 for text in written for _ in _zones(text)):
        sign, hours, more = stated[-1].group("sign", "hours", "minutes")
        size = round(float(hours or 0) * 60) + int(more or 0)
        minutes = -size if sign == "-" else size
    elif offset := _SCRIPT_OFFSET.search(source):
        minutes = round(float(offset[1]) * 60)
    else:
        return None
    return minutes if abs(minutes) <= _FARTHEST else None


def _zones(source: str, begin: int = 0) -> Iterator[re.Match[str]]:
    return (match for pattern in _ZONES for match in pattern.finditer(source, begin))


def count_day_first(texts: Iterable[str | None]) -> Counter[bool]:
    """Count the dates that have a part above 12, by whether the first part is the day."""
    found = (match.groups() for text in texts if text for match in _AMBIGUOUS.finditer(text))
    return Counter(int(one) > 12 for one, _, two in found if (int(one) > 12) != (int(two) > 12))


def day_first(texts: Iterable[str | None]) -> bool | None:
    """Return what the dates with a part above 12 say of all the others; None where there are none, or they disagree."""
    found = count_day_first(texts)
    return next(iter(found)) if len(found) == 1 else None


def board_day_first(found: Counter[bool | None]) -> bool | None:
    """Return what nearly all dates of a board prove; None where they are too few, or too many disagree."""
    answer = found[True] > found[False]
    most, against = found[answer], found[not answer]
    return answer if most >= _ENOUGH and against * 100 < most else None


def find_date(text: str, *, timed: bool = False) -> str | None:
    """Return the first date in a text, as it stands there; with `timed`, the first that has a time of day."""
    match = _search(text, timed=timed)
    return match[0].strip() if match else None


def is_absolute(text: str | None) -> bool:
    """Return whether a printed date names its day; "Yesterday" and "3 hours ago" change by themselves."""
    match = _search(text or "")
    return match is not None and not {"relative", "ago"} & match.groupdict().keys()


def difference(before: str | None, after: str | None) -> timedelta | None:
    """Return the time between two printed dates, of what either order of day and month gives the shorter one."""
    orders = [Calendar(day_first=order, offset=0) for order in (True, False)]
    moments = [[utc_and_reason(text, calendar)[0] for text in (before, after)] for calendar in orders]
    timed = [pair for pair in moments if all(moment and "T" in moment for moment in pair)]
    found = (datetime.fromisoformat(late) - datetime.fromisoformat(early) for early, late in timed)
    return min(found, key=abs, default=None)


def from_seconds(text: str | None) -> str | None:
    """Return a moment that a page gives in seconds since 1970, in the form that `utc_and_reason` returns."""
    known = text is not None and text.isdecimal() and len(text) < 11
    return datetime.fromtimestamp(int(text), UTC).isoformat() if known else None


def from_iso(text: str | None) -> str | None:
    """Return a moment with its zone, such as `2024-07-05T19:30:20-0400`, in the form that `utc_and_reason` returns."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:  # no date, or 31 February
        return None
    return found.astimezone(UTC).isoformat() if found.tzinfo and 1970 <= found.year < 2100 else None


def utc_and_reason(text: str | None, calendar: Calendar) -> tuple[str | None, str | None]:
    """Return a printed date in UTC (ISO 8601), as in `2008-07-11T09:42:00+00:00`, or None and why it cannot be told.

    Where a board prints no time it is the bare day.
    """
    match = _search(text or "")
    if match is None:
        return None, NOT_A_DATE if text else NOT_PRINTED
    found = match.groupdict()
    if unit := found.get("unit"):  # hours, days and weeks are too coarse for a moment
        if calendar.now is None or unit.lower() != "minute":
            return None, TOO_COARSE
        moment = calendar.now.astimezone(UTC) - timedelta(minutes=int(found["ago"]))
        return moment.replace(second=0, microsecond=0).isoformat(), None
    if found.get("relative") and (calendar.now is None or calendar.clock is None):
        return None, RELATIVE
    try:
        day = _day(found, calendar)
        if day is None:
            return None, AMBIGUOUS
        if found["hour"] is None:
            return day.isoformat(), None
        if calendar.clock is None:
            return None, NO_ZONE
        hour, half = int(found["hour"]), found["half"]
        if half:
            hour = hour % 12 + (12 if half.lower() == "p" else 0)
        at = time(hour, int(found["minute"]))
        return datetime.combine(day, at, calendar.clock).astimezone(UTC).isoformat(), None
    except (ValueError, OverflowError):  # 31 February, 25:61, the year 1394 of another calendar
        return None, NOT_A_DATE


@lru_cache(maxsize=256)  # what is printed is first found, then read
def _search(text: str, *, timed: bool = False) -> re.Match[str] | None:
    # A printed date mostly begins its text, where no other can be before it: 1 µs instead of 8.
    leading = next((match for pattern in _DATES if (match := pattern.match(text))), None)
    if leading and (leading["hour"] or not timed):
        return leading
    matches = (match for pattern in _DATES for match in pattern.finditer(text))
    if timed:
        matches = (match for match in matches if match["hour"])
    return min(matches, key=lambda match: match.start(), default=None)


def _day(found: dict[str, str], calendar: Calendar) -> date | None:
    """Return the day; None where day and month cannot be told apart.

    Raises ValueError for a day that is in no calendar of ours.
    """
    if relative := found.get("relative"):
        here = calendar.now.astimezone(calendar.clock)
        return here.date() - timedelta(days=_DAYS_BACK[relative.lower()])
    year = int(found["year"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    if not 1970 <= year < 2100:
        raise ValueError(year)
    if found.get("one") is None:
        month = found["month"].lower()
        return date(year, _MONTHS.get(month) or int(month), int(found["day"]))
    one, two = int(found["one"]), int(found["two"])
    # Dots are written where the day comes first.
    day_leads = True if found["mark"] == "." else calendar.day_first
    if day_leads is None:
        day_leads = True if one > 12 else False if two > 12 else None
    if day_leads is None:
        return date(year, one, two) if one == two else None
    return date(year, two, one) if day_leads else date(year, one, two)
