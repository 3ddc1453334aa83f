"""Dates as boards print them; what a page does not settle stays as printed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.parsers.dates import (
    Calendar,
    board_day_first,
    count_day_first,
    day_first,
    find_date,
    utc_and_reason,
    utc_offset,
)

NOW = datetime(2014, 12, 11, 22, 20, 5, tzinfo=UTC)
MONTH_FIRST = Calendar(day_first=False, offset=-300, now=NOW)
DAY_FIRST = Calendar(day_first=True, offset=420, now=NOW)
NOTHING_KNOWN = Calendar()

SETTLED = [
    ("07-11-2008, 05:42 AM", MONTH_FIRST, "2008-07-11T10:42:00+00:00"),
    ("07-11-2008, 05:42 AM", DAY_FIRST, "2008-11-06T22:42:00+00:00"),
    ("11-19-02, 06:39 PM", MONTH_FIRST, "2002-11-19T23:39:00+00:00"),
    ("28-12-2016, 01:16", DAY_FIRST, "2016-12-27T18:16:00+00:00"),
    ("2016-02-01, 02:21", MONTH_FIRST, "2016-02-01T07:21:00+00:00"),
    ("03.04.2011, 14:17", MONTH_FIRST, "2011-04-03T19:17:00+00:00"),  # dots: the day comes first
    ("30th March 2025, 16:26", MONTH_FIRST, "2025-03-30T21:26:00+00:00"),
    ("February 28th 2009, 03:36 AM", MONTH_FIRST, "2009-02-28T08:36:00+00:00"),
    ("May14-10, 10:59 AM", MONTH_FIRST, "2010-05-14T15:59:00+00:00"),
    ("Feb 14, 2026 | 9:05 pm", MONTH_FIRST, "2026-02-15T02:05:00+00:00"),
    ("3. März 2011, 10:00", MONTH_FIRST, "2011-03-03T15:00:00+00:00"),
    ("01-04-2025, 12:04 AM", MONTH_FIRST, "2025-01-04T05:04:00+00:00"),
    ("01-04-2025, 12:04 PM", MONTH_FIRST, "2025-01-04T17:04:00+00:00"),
    ("December 11th, 2008", MONTH_FIRST, "2008-12-11"),  # the board prints no time
    ("Today 05:18 PM", MONTH_FIRST, "2014-12-11T22:18:00+00:00"),
    ("Yesterday, 21:27", DAY_FIRST, "2014-12-11T14:27:00+00:00"),  # there it is the 12th already
    ("Вчера 19:26", MONTH_FIRST, "2014-12-11T00:26:00+00:00"),
    ("11 juillet 2008, 21h42", MONTH_FIRST, "2008-07-12T02:42:00+00:00"),
    ("11 juillet 2008, 21 h 42", MONTH_FIRST, "2008-07-12T02:42:00+00:00"),
    ("11/07/2008 à 21:42", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("11/07/2008 à 9h05", DAY_FIRST, "2008-07-11T02:05:00+00:00"),
    ("aujourd'hui, 21h42", DAY_FIRST, "2014-12-12T14:42:00+00:00"),
    ("11. Juli 2008 um 21.42 Uhr", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("11.07.2008, 21.42", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("Heute um 21:42 Uhr", DAY_FIRST, "2014-12-12T14:42:00+00:00"),
    ("11 juli 2008 om 21u42", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("11 juli 2008 kl. 21:42", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("11 lug 2008 alle ore 21:42", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("11-07-2008 a las 21:42", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("11-07-2008 às 21h42", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("11.07.2008 в 21:42", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("11.07.2008 klo 21.42", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("11-07-2008 - 21:42", DAY_FIRST, "2008-07-11T14:42:00+00:00"),
    ("07-11-2008 @ 9.42 pm", MONTH_FIRST, "2008-07-12T02:42:00+00:00"),
    ("07-11-2008, 45.50 Euro", MONTH_FIRST, "2008-07-11"),  # no time of day
    ("07-11-2008, 21.5 mm", MONTH_FIRST, "2008-07-11"),
    ("11.07.2008 12.05.2009", DAY_FIRST, "2008-07-11"),
    ("07-11-2008, 24h", MONTH_FIRST, "2008-07-11"),
    ("13 Minutes Ago", NOTHING_KNOWN, None),
    ("13 Minutes Ago", MONTH_FIRST, "2014-12-11T22:07:00+00:00"),
    ("Last edited by X; 12-08-2008 at 04:11 PM.", MONTH_FIRST, "2008-12-08T21:11:00+00:00"),
]

NOT_A_DATE, NO_ZONE = "not a date that can be read", "no zone: the page names none"
UNSETTLED = [
    ("07-11-2008, 05:42 AM", Calendar(offset=0), "day and month cannot be told apart"),  # July or November
    ("07-13-2008, 05:42 AM", Calendar(day_first=False), NO_ZONE),
    ("Today 05:18 PM", Calendar(offset=0), "relative date without a zone"),  # nor a day of the fetch
    ("Yesterday, 05:18 PM", Calendar(now=NOW), "relative date without a zone"),
    ("1 Hour Ago", MONTH_FIRST, "relative date, too coarse for a moment"),
    ("1394/11/27, 00:31", MONTH_FIRST, NOT_A_DATE),  # another calendar
    ("31-02-2008, 05:42", DAY_FIRST, NOT_A_DATE),
    ("12-08-2008, 25:61", MONTH_FIRST, NOT_A_DATE),
    ("Join Date: Oct 2010", MONTH_FIRST, NOT_A_DATE),
    ("Posts: 3,882", MONTH_FIRST, NOT_A_DATE),
    ("", MONTH_FIRST, "no date printed"),
    (None, MONTH_FIRST, "no date printed"),
]


@pytest.mark.parametrize(("text", "calendar", "expected"), SETTLED)
def test_settled(text, calendar, expected):
    assert utc_and_reason(text, calendar)[0] == expected


@pytest.mark.parametrize(("text", "calendar", "reason"), UNSETTLED)
def test_unsettled_is_none_and_says_why(text, calendar, reason):
    assert utc_and_reason(text, calendar) == (None, reason)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["07-11-2008, 05:42 AM", "07-13-2008, 05:42 AM"], False),
        (["07-11-2008", None, "Last edited by X; 28-12-2016 at 01:29."], True),
        (["07-11-2008", "01-02-2009"], None),
        (["13-01-2008", "01-13-2008"], None),  # they disagree
        (["31.12.2008"], None),  # says nothing of dates with dashes
        ([], None),
    ],
)
def test_order_comes_from_evidence(texts, expected):
    assert day_first(texts) is expected


@pytest.mark.parametrize(
    ("days_first", "months_first", "expected"),
    [
        (0, 0, None),
        (19, 0, None),  # too few
        (20, 0, True),
        (0, 311, False),
        (1, 311, False),
        (4, 311, None),  # one in a hundred is no slip
        (150, 160, None),
    ],
)
def test_a_boards_order_is_what_nearly_all_its_dates_prove(days_first, months_first, expected):
    dates = ["13-01-2008"] * days_first + ["01-13-2008"] * months_first + ["07-11-2008", None] * 50
    assert (count_day_first(dates)[True], count_day_first(dates)[False]) == (days_first, months_first)
    assert board_day_first(count_day_first(dates)) is expected


@pytest.mark.parametrize(
    ("footer", "minutes"),
    [
        ("All times are GMT -5. The time now is <span>05:18 PM</span>.", -300),
        ("All times are GMT. The time now is 10:16 AM.", 0),
        ("All times are GMT+11. This page was generated", 660),
        ("All times are GMT +5.5.", 330),
        ("All times are GMT +5.75. The time now is", 345),
        ("All times are GMT -9.50.", -570),
        ("All times are GMT +5:45.", 345),
        ("Alle Zeitangaben in WEZ +1. Es ist jetzt", 60),
        ("the time now in GMT+1 is 17:21", None),
        ("<div id='pagedata' data-tz-offset='-5' data-dstauto='0'></div>", -300),  # vBulletin 6
        ("<div data-tz-offset='5.5'>", 330),
        ("<div data-tz-offset='0'> All times are GMT+1. </div>", 60),
        ("<div data-tz-offset='x'>", None),
        ("<div data-tz-offset='99'>", None),
        ("All times are GMT +99.", None),
        ("All times are GMT +14.", 840),
        ("", None),
    ],
)
def test_zone(footer, minutes):
    assert utc_offset(footer) == minutes


def test_the_zone_of_the_boards_file_is_for_pages_that_state_none():
    zone = ZoneInfo("America/New_York")
    for offset, hour in ((-240, 21), (None, 22)):
        date, _ = utc_and_reason("01-15-2010, 05:00 PM", Calendar(day_first=False, offset=offset, timezone=zone))
        assert date == f"2010-01-15T{hour}:00:00+00:00"


SAID, FOOTER = "<p>All times are GMT +2, says Ann.</p>", "<p>All times are GMT -5.</p>"


@pytest.mark.parametrize(
    ("source", "written", "minutes"),
    [
        (SAID + FOOTER, ["All times are GMT +2, says Ann."], -300),
        (SAID * 2 + FOOTER, ["All times are GMT +2, says Ann.", "> All times are GMT +2, says Ann."], -300),
        (SAID + FOOTER, [], -300),  # it stands in a signature
        (FOOTER * 2, ["All times are GMT -5."], -300),
        (SAID, ["All times are GMT +2, says Ann."], None),  # this page has no footer
        (f"<head><meta content='{SAID[3:-4]}'></head>{SAID}", [SAID[3:-4]], None),
        (f"{SAID}<div data-tz-offset='-5'>", [SAID[3:-4]], -300),
        ('<em>Last edited by GMT; 01-13-2010 at <span class="time">08:00</span></em>' + FOOTER, [], -300),
    ],
)
def test_the_zone_is_what_the_page_says_and_not_what_people_write(source, written, minutes):
    assert utc_offset(source, written) == minutes


def test_printed_finds_the_date_in_its_surroundings():
    assert find_date("Yesterday 21:27 by aclong27") == "Yesterday 21:27"
    assert find_date("joined 12-01-2009 posted 07-11-2008, 05:42 AM", timed=True) == "07-11-2008, 05:42 AM"
    assert find_date("Last post by Ann, long ago 09-26-2015 10:40 PM") == "09-26-2015 10:40 PM"
    assert find_date("11 juillet 2008, 21h42 par Ann") == "11 juillet 2008, 21h42"
    assert find_date("von Ann am 11.07.2008 um 21.42 Uhr") == "11.07.2008 um 21.42"
    assert find_date("dabei seit 11.07.2008, am 12.07.2008 um 21:42 Uhr", timed=True) == "12.07.2008 um 21:42"
    assert find_date("11 juil 21h42") is None  # the year is not 2021
    assert find_date("no date 12:30") is None


@given(st.integers(0, 2**31), st.integers(-12 * 60, 14 * 60))
def test_what_is_printed_is_read_back(seconds, offset):
    local = datetime.fromtimestamp(seconds - seconds % 60, UTC) + timedelta(days=1)
    calendar = Calendar(day_first=False, offset=offset, now=NOW)
    read = datetime.fromisoformat(utc_and_reason(local.strftime("%m-%d-%Y, %I:%M %p"), calendar)[0])
    assert (local - read).total_seconds() == offset * 60


@given(st.text(), st.sampled_from([MONTH_FIRST, DAY_FIRST, NOTHING_KNOWN]))
def test_no_text_raises(text, calendar):
    utc_and_reason(text, calendar)
    utc_offset(text)
    day_first([text])
