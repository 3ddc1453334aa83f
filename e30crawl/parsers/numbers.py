"""Read the numbers that boards print, and those in the ids of elements."""

import re
from collections.abc import Iterable

# At most 18 digits, which any database holds. `10K` and `1.2M` are rounded: no count that others can be held against.
_COUNT = re.compile(r"(?P<number>\d(?:[\d.,'’٬\u00a0]{0,16}\d)?)(?P<rounded>[km]\b)?", re.IGNORECASE)
# Half of Europe parts thousands by a space; where it is a hard one, `words` leaves it in.
_PLAIN_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_ALL_NUMBER = re.compile(r"\d[\d.,'’٬\s]{0,20}")
_ID = re.compile(r"\d{1,18}")


def count(text: str | None) -> int | None:
    """Return the first number of a text such as `Views: 18,350`; None for a rounded one, such as `10K views`.

    Thousands may be parted by comma, dot, apostrophe or a hard space.
    """
    match = _COUNT.search(text or "")
    return _exact(match) if match else None


def counts(text: str | None) -> list[int]:
    """Return all numbers of a text but the rounded ones."""
    return [number for match in _COUNT.finditer(text or "") if (number := _exact(match)) is not None]


def sole_number(text: str) -> int | None:
    """Return the number that is all of a text, whose thousands many languages part by a plain space.

    None for `2K`, or posts would seem missing where it is 1,950.
    """
    return int(re.sub(r"\D", "", text)) if _ALL_NUMBER.fullmatch(text) else None


def total(texts: Iterable[str | None], named: int = 0) -> int | None:
    """Return how many there are: those that are `named` one by one, and those of texts such as `and 12 others`.

    None where a text gives a rounded number, such as `1.2K others`.
    """
    numbers = [_exact(match) for text in texts if (match := _COUNT.search(text or ""))]
    return None if None in numbers else named + sum(numbers)


def page_and_last(number: int, last: int) -> tuple[int, int]:
    """Return the number of the page and of the last one: a page is never 0, nor beyond the last."""
    # Turkish boards say how many there are first: `Toplam 5 Sayfadan 1`.
    number, last = (last, number) if number > last > 0 else (number, last)
    return max(number, 1), max(number, last, 1)


def join_thousands(text: str) -> str:
    """Return the text with `1 203` as one number: for texts that hold no two numbers side by side."""
    return _PLAIN_THOUSANDS.sub("", text)


def _exact(match: re.Match[str]) -> int | None:
    number = match["number"]
    return None if match["rounded"] else int(number if number.isdecimal() else re.sub(r"\D", "", number))


def number_in(text: str | None) -> int | None:
    """Return the id in an element id such as `post_message_429148`."""
    match = _ID.search(text or "")
    return int(match[0]) if match else None
