"""Windows and budgets keep to the board's own clock, over midnight and when the clocks change."""

import sqlite3
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ByteSize

from e30crawl.budget import Limits, Window

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
ZONES = [UTC, BERLIN, NEW_YORK, *map(ZoneInfo, ("Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu"))]

minutes = st.integers(0, 24 * 60 - 1)
windows = st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Window(*pair))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive


@pytest.mark.parametrize(
    ("text", "at", "seconds"),
    [
        ("01:00-07:00", "2026-03-10T00:30", 1800),
        ("01:00-07:00", "2026-03-10T01:00", 0),
        ("01:00-07:00", "2026-03-10T06:59:59", 0),
        ("01:00-07:00", "2026-03-10T07:00", 18 * 3600),
        ("22:00-06:00", "2026-03-10T23:00", 0),
        ("22:00-06:00", "2026-03-10T05:00", 0),
        ("22:00-6:00", "2026-03-10T12:00", 10 * 3600),
        ("00:00-24:00", "2026-03-10T23:59:59", 0),
        ("18:00-24:00", "2026-03-10T00:00", 18 * 3600),
        ("01:00-07:00", "2026-03-28T07:00", 18 * 3600),  # 01:00 is still before the clocks go forward
        ("04:00-07:00", "2026-03-28T07:00", 20 * 3600),  # and 04:00 an hour nearer
        ("04:00-07:00", "2026-10-24T07:00", 22 * 3600),  # or farther
        ("02:30-02:45", "2026-03-29T01:00", 24 * 3600 + 1800),  # not at all on that day
    ],
)
def test_seconds_until_the_window_opens(text, at, seconds):
    assert Window.parse(text).wait(datetime.fromisoformat(at).replace(tzinfo=BERLIN)) == seconds


def test_a_window_that_comes_twice_opens_twice():
    window, second_two = Window.parse("02:30-02:45"), datetime(2026, 10, 25, 2, 0, tzinfo=BERLIN, fold=1)
    assert window.wait(second_two) == 1800
    assert window.wait(second_two.replace(fold=0)) == 1800


@given(windows, moments, st.sampled_from(ZONES))
def test_after_the_wait_it_is_open(window, moment, zone):
    wait = window.wait(moment.astimezone(zone))
    assert 0 <= wait <= 49 * 3600
    assert window.is_open((moment + timedelta(seconds=wait)).astimezone(zone))


@given(windows, moments, st.floats(0, 0.999))
def test_before_the_end_of_the_wait_it_is_closed(window, moment, part):
    wait = window.wait(moment)
    if wait:
        assert not window.is_open(moment + timedelta(seconds=wait * part))


@given(windows)
def test_a_window_is_written_as_it_is_read(window):
    assert Window.parse(str(window)) == window


@pytest.mark.parametrize("text", ["", "1-7", "01:00", "25:00-07:00", "01:60-07:00", "24:00-07:00", "01:00-24:01"])
def test_what_is_no_window_is_refused(text):
    with pytest.raises(ValueError, match="is not a window; write it as 01:00-07:00"):
        Window.parse(text)


def test_an_empty_window_is_refused():
    with pytest.raises(ValueError, match="is empty; for the whole day leave the window out"):
        Window.parse("07:00-07:00")


@given(moments, st.sampled_from(ZONES), st.integers(0, 2000))
def test_a_spent_budget_waits_for_the_next_day_and_no_longer(moment, zone, spent):
    limits = Limits(zone, budget=ByteSize(1000))
    pause = limits.pause(moment, {limits.day(moment): spent}.get)
    assert (pause is None) == (spent < 1000)
    if pause:
        assert limits.day(moment) < limits.day(pause.until)
        assert limits.day(pause.until - timedelta(microseconds=1)) == limits.day(moment)


def test_a_pause_says_until_when_and_why():
    at = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    both = Limits(NEW_YORK, Window.parse("01:00-07:00"), ByteSize(2 * 10**9))
    assert str(both.pause(at, lambda _: 0)) == "paused until 2026-07-02 01:00 EDT (outside 01:00-07:00)"
    spent, at = "paused until 2026-07-02 00:00 EDT (2.0 GB a day are spent)", at.replace(hour=9)
    assert str(both.pause(at, lambda _: 2 * 10**9)) == spent
    assert both.pause(at, lambda _: 10**9) is None
    assert Limits().pause(at, lambda _: 10**12) is None


def test_the_day_is_that_of_the_board():
    late = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
    assert Limits(NEW_YORK).day(late) == "2026-06-30"
    assert Limits(BERLIN).day(late) == "2026-07-01"


@pytest.fixture
def paused(start, site, tmp_path):
    """Crawls with this board file until the crawl pauses, and kills it: the line it said, and the bytes that came."""

    def paused(limits):
        config = tmp_path / "vb3.yaml"
        config.write_text(f"start_url: {site.url('/vb3/')}\nboard: vb3\n{limits}\n")
        with start(config=config, archive=tmp_path) as process:
            line = next((line for line in process.stdout if "paused until" in line), None)
            process.kill()
        with sqlite3.connect(tmp_path / "vb3" / "state.sqlite") as database:
            size, counted = (
                database.execute(query).fetchone()[0]
                for query in ("select sum(size) from pages", "select sum(bytes) from received")
            )
        return line, size or 0, counted or 0

    return paused


def test_a_crawl_asks_nothing_outside_its_window(paused):
    begin, end = (f"{datetime.now(UTC) + timedelta(hours=hours):%H:00}" for hours in (6, 7))
    line, size, counted = paused(f"window: {begin}-{end}")
    assert f"{begin} UTC (outside {begin}-{end})" in line
    assert size == counted == 0


def test_a_spent_budget_stays_spent_after_a_kill(paused):
    """In a zone where it is noon, so that no midnight comes between."""
    hours = datetime.now(UTC).hour - 12
    limits = f"timezone: Etc/GMT{hours:+d}\nbudget: 20 kB"
    line, size, counted = paused(limits)
    assert "00:00" in line
    assert "(20.0 KB a day are spent)" in line
    assert 20_000 <= size <= counted
    assert "(20.0 KB a day are spent)" in paused(limits)[0]
    assert paused(limits)[1:] == (size, counted)
