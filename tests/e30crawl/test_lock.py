"""A board that was begun in vain leaves nothing in the archive, and no other is touched."""

from datetime import UTC, datetime

import pytest

from e30crawl.frontier.leases import WORKER
from e30crawl.frontier.lock import board_lock
from e30crawl.frontier.queue import Frontier
from e30crawl.frontier.records import FetchResult, PageRef, Step
from e30crawl.frontier.schema import connect, is_there

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOME = PageRef("home", "http://board.example/", Step.FORUMS)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, monkeypatch):
    monkeypatch.setenv(WORKER, "tests")
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return {"FRONTIER_URL": url, "FRONTIER_LEASE": 60.0}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "archive" / "board.example"


def begin(folder, settings, *, fetched=False):
    """Asks for the first page, as a spider would."""
    folder.mkdir(parents=True, exist_ok=True)
    frontier = Frontier(connect(folder, settings["FRONTIER_URL"]))
    frontier.add([HOME])
    [claim] = frontier.claim(1, 0)
    if fetched:
        frontier.done(claim, FetchResult("forums", "0" * 64, 10), [], AT)
    else:
        frontier.failed(claim, "ConnectionRefusedError", 0)
    frontier.close()


def known(folder, settings):
    frontier = Frontier(connect(folder, settings["FRONTIER_URL"]))
    total = frontier.counts().total()
    frontier.close()
    return total


def test_a_board_that_was_begun_in_vain_leaves_nothing(folder, settings):
    def refused():
        with board_lock(folder, settings), board_lock(folder, settings):  # the command's, and the spider's
            begin(folder, settings)
            (folder / "board.yaml").touch()
            raise SystemExit(2)

    with pytest.raises(SystemExit):
        refused()
    assert not is_there(folder, settings["FRONTIER_URL"])
    assert not folder.exists()


def test_a_board_that_was_never_begun_leaves_nothing(folder, settings):
    with board_lock(folder, settings):
        pass
    assert not folder.exists()


def test_what_somebody_has_put_into_the_folder_stays(folder, settings):
    folder.mkdir(parents=True)
    mine = folder / "board.yaml"
    mine.touch()
    with board_lock(folder, settings):
        begin(folder, settings)
        (folder / "raw").mkdir()
    assert not is_there(folder, settings["FRONTIER_URL"])
    assert sorted(folder.iterdir()) == [mine, folder / "raw"]


def test_a_board_of_which_a_page_has_come_stays(folder, settings):
    with board_lock(folder, settings):
        begin(folder, settings, fetched=True)
    assert known(folder, settings) == 1


def test_a_board_that_was_begun_before_stays(folder, settings):
    begin(folder, settings)
    with board_lock(folder, settings):
        pass
    assert known(folder, settings) == 1
