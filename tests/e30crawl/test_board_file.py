"""A board's file says what it may, tells what is wrong with it, and is kept with the archive."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from e30crawl import extensions, settings
from e30crawl.board_file import KEPT, BoardFile, BoardFileError, load_kept
from e30crawl.budget import Limits, Window

ALL = """
start_url: https://board.example/forums/
board: e30
timezone: America/New_York
date_order: mdy
charset: windows-1252
selectors: {post: '//li[@class="msg"]', author: .//b}
cookies: private/cookies.txt
browser: yes
window: 22:00-06:00
budget: 1 GiB
contact: you@example.org
delay: 5
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "boards" / "e30.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return BoardFile.load(path)

    return load


def test_every_key(load, tmp_path):
    file = load(ALL)
    assert file.params == {
        "start_url": "https://board.example/forums/",
        "board": "e30",
        "cookies": tmp_path / "boards" / "private" / "cookies.txt",
        "browser": True,
    }
    assert file.settings == {"CONTACT": "you@example.org", "DOWNLOAD_DELAY": 5.0}
    assert file.limits == Limits(ZoneInfo("America/New_York"), Window(22 * 60, 6 * 60), 2**30)


def test_no_key_says_nothing(load):
    for text in ("", "# later\n", "{}"):
        file = load(text)
        assert (file, file.params, file.settings, file.limits) == (BoardFile(), {}, {}, Limits(UTC))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time_zone: UTC", "time_zone: no such key; there are start_url, board, timezone, "),
        ("timezone: EST5PDT6", "timezone: invalid timezone: EST5PDT6"),
        ("timezone: ../../etc/passwd", "timezone: invalid timezone: ../../etc/passwd"),
        ("timezone: America", "timezone: invalid timezone: America"),
        ("date_order: ymd", "date_order: Input should be 'dmy' or 'mdy'"),
        ("charset: klingon", "charset: no such charset as 'klingon'; write it as windows-1252"),
        ("window: 1-7", "window: '1-7' is not a window; write it as 01:00-07:00"),
        ("budget: 2", "budget: Input should be greater than or equal to 1000"),
        ("budget: 1,000 MB", "budget: Input should be greater than or equal to 1000"),
        ("budget: -1 GB", "budget: could not parse value and unit from byte string"),
        ("delay: 0.5", "delay: Input should be greater than or equal to 2"),
        ("delay: .nan", "delay: Input should be less than or equal to 300"),
        ("start_url: ftp://board.example/", "start_url: 'ftp://board.example/' is not an http or https address"),
        ("board: ../up", "board: a board's name has only a-z"),
        ("selectors: //li", "selectors: Input should be a valid dictionary"),
        ("selectors: {posts: //li}", "selectors: posts: no such key; there are post, thread, forum, pages, post_id, "),
        ("selectors: {post: '//li['}", "selectors: post: '//li[' no XPath: "),
        ("selectors: {post: //li, author: //b}", "selectors: author: '//b' looks through the whole page; begin with"),
        ("selectors: {post: count(//li)}", "selectors: post: 'count(//li)' gives no elements"),
        ("selectors: {author: .//b}", "selectors: author is looked for inside a post; say with `post` where"),
        ("browser: perhaps", "browser: Input should be a valid boolean"),
        ("contact: 5", "contact: Input should be a valid string"),
        ("- start_url", "not a board's file; write one `key: value` a line"),
        ("window: [", "not YAML in line 1; write one `key: value` a line"),
        ("board: e30\n\tdelay: 3", "not YAML in line 2"),
        ("board: !!python/object/apply:os.getcwd []", "not YAML in line 1"),
        (b"board: \xff\xfe", "not YAML"),
        ("board: 2026-02-31", "not YAML"),
        ("[" * 5000, "not YAML"),
        ("1: 2", "1: Keys should be strings"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(load, tmp_path, text, said):
    with pytest.raises(BoardFileError) as caught:
        load(text)
    assert str(caught.value).startswith(f"{tmp_path}/boards/e30.yaml: {said}")
    assert "\n" not in str(caught.value)


@given(st.text() | st.binary() | st.builds("{}: {}".format, st.sampled_from([*BoardFile.model_fields]), st.text()))
def test_any_file_is_read_or_told_of(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    try:
        BoardFile.load(path)
    except BoardFileError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017 - most contents are no board's file, and some are


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BoardFileError, match=r"e30\.yaml: No such file or directory"):
        BoardFile.load(tmp_path / "e30.yaml")


def test_a_board_may_be_asked_slower_and_never_faster(load):
    assert load(f"delay: {settings.DOWNLOAD_DELAY}").delay == settings.DOWNLOAD_DELAY
    assert load(f"delay: {extensions.MAX_CRAWL_DELAY}").delay == extensions.MAX_CRAWL_DELAY


def test_what_was_said_is_kept_with_the_board(load, tmp_path):
    file = load(ALL)
    file.keep(tmp_path)
    assert load_kept(tmp_path) == file
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [KEPT]
    assert yaml.safe_load((tmp_path / KEPT).read_text()).keys() == yaml.safe_load(ALL).keys()


def test_where_nothing_was_said_nothing_is_kept(tmp_path):
    BoardFile().keep(tmp_path)
    assert not list(tmp_path.iterdir())
    assert load_kept(tmp_path) == BoardFile()


def test_a_copy_that_somebody_broke_is_told_of(tmp_path):
    (tmp_path / KEPT).write_text("timezone: here")
    with pytest.raises(BoardFileError, match=r"board\.yaml: timezone: invalid timezone: here"):
        load_kept(tmp_path)
