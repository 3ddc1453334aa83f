"""The command line and the board's file become one set of params."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from e30crawl.board_file import BoardFile
from e30crawl.frontier.records import Scope, Step
from e30crawl.params import CrawlParams, explain

HERE = "https://board.example/forums/"
COOKIE = "board.example\tFALSE\t/\tFALSE\t0\tbbsessionhash\t1\n"


@pytest.fixture
def config(tmp_path):
    """A board's file with this text."""

    def config(text):
        path = tmp_path / "e30.yaml"
        path.write_text(text)
        return path

    return config


def refusal(**given):
    with pytest.raises(ValidationError) as caught:
        CrawlParams(**given)
    return explain(caught.value)


def test_alone_a_start_is_enough():
    params = CrawlParams(start_url=HERE)
    assert (params.name, params.folder) == ("board.example", Path("forum_archive/board.example"))
    assert params.scope == Scope()
    assert (params.update, params.browser, params.cookie_jar) == (False, False, None)
    assert (params.retry, params.follow) == (frozenset(), None)
    assert params.config == BoardFile()


def test_an_ipv6_address_is_no_name_for_a_folder():
    url = "http://[2606:4700::1111]:8000/forums/"
    assert refusal(start_url=url) == f"-a start_url: no name for a folder in {url!r}; say -a board=NAME"
    assert CrawlParams(start_url=url, board="six").name == "six"


def test_words_become_values():
    words = {"only": "posts", "forum_id": "4, 7", "thread_id": "12", "update": "1", "browser": "1", "board": "e30"}
    words |= {"retry": "failed, unread", "follow": "threads"}
    params = CrawlParams(start_url=HERE, **words)
    assert params.scope == Scope(frozenset({Step.POSTS}), frozenset({4, 7}), frozenset({12}))
    assert (params.update, params.browser, params.name) == (True, True, "e30")
    assert (params.retry, params.follow) == ({"failed", "unread"}, "threads")


def test_the_command_line_wins_over_the_file(config):
    path = config(f"start_url: {HERE}\nboard: e30\nbrowser: true\ndelay: 4\n")
    from_file = CrawlParams(config=str(path))
    assert (from_file.start_url, from_file.name, from_file.browser) == (HERE, "e30", True)
    params = CrawlParams(config=str(path), board="other", browser="0")
    assert (params.start_url, params.name, params.browser) == (HERE, "other", False)
    assert params.config.delay == 4


def test_cookies_lie_beside_the_file_that_names_them(config, tmp_path):
    (tmp_path / "cookies.txt").write_text(COOKIE)
    params = CrawlParams(config=str(config(f"start_url: {HERE}\ncookies: cookies.txt\n")))
    assert params.cookies == tmp_path / "cookies.txt"
    assert [cookie.name for cookie in params.cookie_jar] == ["bbsessionhash"]


def test_cookies_are_read_once(tmp_path):
    path = tmp_path / "cookies.txt"
    path.write_text(COOKIE)
    params = CrawlParams(start_url=HERE, cookies=str(path))
    path.unlink()
    assert len(params.cookie_jar) == 1


def test_what_is_wrong_is_told_in_one_line(config, tmp_path):
    path = config("start_url: https://board.example/\nwindow: always")
    assert refusal(config=path) == f"-a config: {path}: window: 'always' is not a window; write it as 01:00-07:00"
    assert refusal(config=config("board: e30")).startswith("-a start_url is missing; give the forum's address")
    assert refusal(start_url=HERE, config=tmp_path / "no.yaml") == (
        f"-a config: {tmp_path}/no.yaml: No such file or directory"
    )
    assert refusal(start_url=HERE, browser="chromium") == "-a browser: 'chromium' is not 0 or 1"
    assert refusal(start_url=HERE, retry="failed,all") == "-a retry: 'all' is not failed, unread or failed,unread"
    assert refusal(start_url=HERE, follow="links") == "-a follow: 'links' is not threads"
    assert refusal(start_url=HERE, cookies=tmp_path) == f"-a cookies: {tmp_path}: Is a directory"
    assert refusal(start_url=HERE, window="01:00-07:00").startswith("-a window: no such argument; there are start_url")


def test_a_board_that_was_crawled_with_a_file_is_not_crawled_without(config, tmp_path):
    params = CrawlParams(config=str(config(f"start_url: {HERE}\nboard: e30\ndelay: 4")), archive=tmp_path)
    params.folder.mkdir()
    params.config.keep(params.folder)
    kept = tmp_path / "e30" / "board.yaml"
    said = f"-a config: {tmp_path}/e30 has a board file; say -a config={kept}, or another one"
    assert refusal(start_url=HERE, board="e30", archive=tmp_path) == said
    assert CrawlParams(config=str(kept), archive=tmp_path).config.delay == 4
    assert CrawlParams(start_url=HERE, archive=tmp_path).config == BoardFile()


def test_the_files_limits_are_the_boards(config):
    text = f"start_url: {HERE}\ntimezone: Europe/Berlin\nwindow: 01:00-07:00"
    limits = CrawlParams(config=str(config(text))).config.limits
    assert str(limits.pause(datetime(2026, 7, 1, 12, tzinfo=UTC), 0)).startswith("paused until 2026-07-02 01:00 CEST")
