"""What a user gets wrong is told in one line, and exit codes tell the truth."""

import json
import shutil
import socket
import subprocess
import sys

import pytest

from e30crawl.frontier.queue import Frontier
from e30crawl.frontier.records import Step
from e30crawl.frontier.schema import connect, pages
from e30crawl.links import start as start_of
from e30crawl.params import CrawlParams
from tests.e30crawl.conftest import GENERATIONS

HERE = "start_url=http://board.example/"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "-a start_url is missing; give the forum's address"),
        (["-a", HERE, "-a", "forum=42"], "-a forum: no such argument; there are start_url, board, only"),
        (["-a", "onyl=posts"], "-a onyl: no such argument; there are start_url, board, only"),
        (["-a", HERE, "-a", "only=pictures"], "-a only: 'pictures' is not forums, threads, posts or media"),
        (["-a", HERE, "-a", "forum_id=1,x"], "-a forum_id: 'x' is not an id, or several as in 4,7"),
        (["-a", HERE, "-a", "thread_id="], "-a thread_id: '' is not an id, or several as in 4,7"),
        (["-a", HERE, "-a", "board=../up"], "-a board: a board's name has only"),
        (["-a", "start_url=board.example"], "-a start_url: 'board.example' is not an http or https address"),
        (["-a", "start_url=http://форум.рф/"], "write its host as xn--l1adgmc.xn--p1ai"),
        (["-a", "start_url=http://---/"], "-a start_url: no name for a folder in 'http://---/'; say -a board=NAME"),
        (["-a", "start_url=http://board.example:99999/"], "-a start_url: Port out of range"),
        (["-a", "start_url=file:///etc/passwd"], "is not an http or https address"),
        (["-a", f"{HERE}showthread.php?p=5"], "is a single post or file"),
        (["-a", "start_url"], "Invalid -a value"),
        (["-a", HERE, "-s", "GUARD_ALLOW=loopback"], "GUARD_ALLOW: 'loopback' is not host:port"),
        (["-a", HERE, "-s", "DOWNLOAD_DELAY=abc"], "-s DOWNLOAD_DELAY: 'abc' is not a number"),
        (["-a", HERE, "-s", "FRONTIER_RETRY_DELAY=nan"], "-s FRONTIER_RETRY_DELAY: 'nan' is not a number"),
        (["-a", HERE, "-s", "CONCURRENT_REQUESTS=0.5"], "-s CONCURRENT_REQUESTS: '0.5' is not a whole number"),
        (["-a", HERE, "-s", "ROBOTSTXT_OBEY=perhaps"], "-s ROBOTSTXT_OBEY: 'perhaps' is not 0 or 1"),
        (["-a", HERE, "-s", "LOG_LEVEL=LOUD"], "-s LOG_LEVEL: 'LOUD' is not DEBUG, INFO or WARNING"),
        (["-a", HERE, "--wait", "3"], "usage: e30crawl crawl e30m3 -a start_url=URL"),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(scrapy, words, said):
    code, _, error = scrapy("crawl", "e30m3", *words)
    assert code == 2
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('ITEM_PIPELINES={"tests.e30crawl.users.Nope": 300}', "Module 'tests.e30crawl.users' doesn't define"),
        ('DOWNLOADER_MIDDLEWARES={"nowhere.Nope": 300}', "No module named 'nowhere'"),
        ("CLOSESPIDER_PAGECOUNT=abc", "invalid literal for int() with base 10: 'abc'"),
    ],
)
def test_a_crawl_that_cannot_start_is_told_in_one_line(run, tmp_path, setting, said):
    code, _, error = run("crawl", "e30m3", "--nolog", "-a", HERE, "-a", f"archive={tmp_path}", "-s", setting)
    assert (code, error.count("\n")) == (1, 1), error
    assert error.startswith(f"board.example: the crawl cannot start: {said}")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        (["-O", "{}/file/x.jsonl"], "{}/file/x.jsonl: the feed cannot be written there: Not a directory"),
        (["-s", 'FEEDS={{"{}/x": {{"format": "parquet"}}}}'], "FEEDS: cannot be written, as the log says"),
    ],
)
def test_a_feed_that_cannot_be_written_is_told_before_anything_is_asked(run, tmp_path, feed, said):
    (tmp_path / "file").touch()
    words = [word.format(tmp_path) for word in feed]
    code, _, error = run("crawl", "e30m3", "--nolog", "-a", HERE, "-a", f"archive={tmp_path}", *words)
    assert (code, error) == (2, f"{said.format(tmp_path)}; nothing was asked\n")


def test_another_spider_is_told_too(scrapy):
    code, _, error = scrapy("crawl", "phpbb", "-a", HERE)
    assert (code, error.count("\n")) == (2, 1)


@pytest.mark.parametrize("command", ["export", "verify", "reparse"])
def test_an_unknown_board_is_told_in_one_line(scrapy, tmp_path, command):
    code, _, error = scrapy(command, "nowhere", "--archive", tmp_path)
    assert code == 2
    assert error == f"{tmp_path}/nowhere: no such board; {tmp_path} holds none\n"
    assert scrapy(command)[0] == 2
    assert scrapy(command, "../nowhere")[0] == 2


@pytest.fixture
def no_database(tmp_path):
    state = tmp_path / "board" / "state.sqlite"
    state.parent.mkdir()
    state.write_text("no database, and long enough to be read as the header of one\n" * 9)
    return state


@pytest.mark.parametrize("command", ["status", "export"])
def test_a_state_that_is_no_database_is_told_in_one_line(scrapy, tmp_path, no_database, command):
    code, _, error = scrapy(command, "board", "--archive", tmp_path)
    assert (code, error) == (1, f"{no_database}: file is not a database\n")


def test_a_crawl_into_what_is_no_database_is_refused(run, tmp_path, no_database):
    start = ["-a", "start_url=http://127.0.0.1:9/", "-a", "board=board", "-a", f"archive={tmp_path}"]
    code, _, error = run("crawl", "e30m3", "--nolog", *start)
    assert (code, error) == (1, f"{no_database}: file is not a database\n")


def test_a_folder_holds_one_board(run, tmp_path):
    folder, old, new = tmp_path / "127.0.0.1", "http://127.0.0.1:9/old/", "http://127.0.0.1:9/new/"
    folder.mkdir()
    Frontier(connect(folder)).add([start_of(old)])
    code, _, error = run("crawl", "e30m3", "--nolog", "-a", f"start_url={new}", "-a", f"archive={tmp_path}")
    assert code == 2
    assert error == f"{folder}: holds another board, {old}; for {new} say -a board=NAME as well\n"


def test_help_is_there(scrapy):
    code, output, _ = scrapy("crawl", "--help")
    assert code == 0
    assert "thread_id" in output


def test_an_address_where_nothing_listens_is_told_at_once_and_leaves_no_board(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        host = f"127.0.0.1:{unused.getsockname()[1]}"
    arguments = {"start_url": f"http://{host}/", "board": "gone", "archive": tmp_path}
    with start(allow=host, **arguments) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    said = f"http://{host}/: nothing listens at {host}; is that its address? Nothing was archived"
    assert output.splitlines()[-1] == said
    assert not any(tmp_path.iterdir())


def test_a_second_crawl_of_a_board_is_refused(scrapy, tmp_path):
    import fcntl

    (tmp_path / "busy").mkdir()
    with (tmp_path / "busy" / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        code, _, error = scrapy(
            "crawl", "e30m3", "-a", HERE, "-a", "board=busy", "-a", f"archive={tmp_path}", "--nolog"
        )
    assert code == 1
    assert "another crawl of this board is running" in error


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.board.example/forums/", "board.example"),
        ("http://127.0.0.1:8000/vb3/", "127.0.0.1"),
        ("http://BOARD.example/", "board.example"),
    ],
)
def test_a_board_is_named_after_its_host(url, name):
    assert CrawlParams(start_url=url).name == name


def test_arguments():
    params = CrawlParams(start_url="http://board.example/", only="posts", forum_id="4, 5", thread_id="9")
    assert params.scope.steps == {Step.POSTS}
    assert (params.scope.forum_ids, params.scope.thread_ids) == ({4, 5}, {9})


def test_status_without_a_board_tells_of_all(scrapy, archive):
    code, output, _ = scrapy("status", "--archive", archive)
    assert code == 0
    lines = [line for line in output.splitlines() if line.startswith(str(archive))]
    assert len(lines) == len(GENERATIONS)
    assert all("11 threads, 45 posts, 7 files" in line and line.endswith("nothing left") for line in lines)


def test_status_as_json_has_the_figures_of_the_table(scrapy, archive):
    code, output, _ = scrapy("status", "--json", "--archive", archive)
    assert code == 0
    boards = [json.loads(line) for line in output.splitlines()]
    assert len(boards) == len(GENERATIONS)
    for board in boards:
        assert (board["threads"], board["posts"], board["files"], board["seconds_left"]) == (11, 45, 7, 0)
        assert sum(board["pages"][step]["done"] for step in board["pages"]) > 11
        assert board["pages"]["posts"]["pending"] == board["pending"] == 0


@pytest.mark.parametrize("command", ["status", "export", "read"])
def test_whoever_reads_what_is_printed_may_stop(root, archive, command):
    words = [next(archive.glob("vb3/raw/*/*"))] if command == "read" else ["vb3", "--archive", archive]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-m", "e30crawl", command, *words], cwd=root, **pipes) as process:
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.parametrize("command", [("status",), ("crawl", "e30m3", "-a", HERE)])
def test_a_database_of_another_kind_is_told_once(scrapy, tmp_path, command):
    where = ["--archive", tmp_path] if command == ("status",) else ["-a", f"archive={tmp_path}"]
    code, _, error = scrapy(*command, *where, "-s", "FRONTIER_URL=mysql://127.0.0.1/boards")
    assert (code, error.splitlines()[-1]) == (1, "FRONTIER_URL: 'mysql' is not supported; use postgresql://")


def test_status_of_nothing(scrapy, tmp_path):
    assert scrapy("status", "--archive", tmp_path)[::2] == (2, f"{tmp_path}: no such board; {tmp_path} holds none\n")


def test_reparse_of_an_archive_that_is_as_it_was(scrapy, archive, tmp_path):
    shutil.copytree(archive / "vb3", tmp_path / "vb3")
    code, output, _ = scrapy("reparse", "vb3", "--archive", tmp_path)
    assert (code, output) == (0, f"{tmp_path / 'vb3'}: 24 pages read again\n")


def test_reparse_finds_what_an_earlier_parser_did_not_see(scrapy, archive, tmp_path):
    folder = shutil.copytree(archive / "vb3", tmp_path / "vb3")
    engine = connect(folder)
    with engine.begin() as connection:
        connection.execute(pages.update().where(pages.c.key == "forum:3:1").values(kind="unknown", records=0))
        connection.execute(pages.delete().where(pages.c.key.in_(["thread:106:1", "thread:106:2"])))
    code, output, _ = scrapy("reparse", "vb3", "--archive", tmp_path)
    assert code == 0
    assert "1  unknown pages read as threads now" in output
    assert "2  addresses that were not known: e30crawl crawl fetches them" in output
    with engine.connect() as connection:
        found = connection.execute(pages.select().where(pages.c.key == "thread:106:1")).one()
    engine.dispose()
    assert (found.state, found.thread_id) == ("pending", 106)


def test_reparse_waits_for_no_crawl(scrapy, archive, tmp_path):
    import fcntl

    folder = shutil.copytree(archive / "vb3", tmp_path / "vb3")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, _, error = scrapy("reparse", "vb3", "--archive", tmp_path)
    assert (code, error) == (1, f"{folder}: another crawl of this board is running\n")
