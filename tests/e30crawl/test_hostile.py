"""Pages that are broken or mean harm: nothing crashes or hangs, and nothing is taken for a post that is none."""

import random
from pathlib import Path

import pytest

from e30crawl.parsers.page import read
from e30crawl.parsers.records import PageKind
from sample.board import Board
from sample.forum import SKINS

BOARD = Board.load()
URL = "http://board.example/showthread.php?t=106"
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
RECORDS = (PageKind.FORUMS, PageKind.THREADS, PageKind.POSTS)
pytestmark = pytest.mark.timeout(300)  # idle, the slowest page takes 5 s; in quadratic time it would not end


def thread(name):
    return SKINS[name].thread(BOARD, BOARD.threads[106], 1).encode()


def assert_no_half(body, whole):
    """Cut anywhere, a page gives all of its posts or none."""
    for percent in range(100):
        page = read(body[: len(body) * percent // 100], URL)
        assert page.posts in ((), whole.posts), percent
        if page.kind is PageKind.UNKNOWN:
            assert page.reason


@pytest.mark.parametrize("name", SKINS)
def test_a_thread_cut_at_every_percent(name):
    assert_no_half(thread(name), read(thread(name), URL))


@pytest.mark.real
@pytest.mark.parametrize(
    "file", sorted(CORPUS.glob("vbulletin/*/*thread*.html")), ids=lambda file: file.name if file else "none"
)
def test_a_real_thread_cut_at_every_percent(file):
    body = file.read_bytes()
    assert_no_half(body, read(body, URL))


@pytest.mark.parametrize("seed", range(20))
def test_noise(seed):
    dice = random.Random(seed)
    page = read(dice.randbytes(dice.randrange(100_000)), URL)
    assert (page.kind, page.posts, page.threads, page.forums) == (PageKind.UNKNOWN, (), (), ())


@pytest.mark.parametrize("name", SKINS)
@pytest.mark.parametrize("seed", range(5))
def test_a_thread_with_bytes_blown_about(name, seed):
    dice, body = random.Random(seed), bytearray(thread(name))
    for _ in range(200):
        body[dice.randrange(len(body))] = dice.randrange(256)
    page = read(bytes(body), URL)
    assert all(post.text is not None for post in page.posts)


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 10_000_000,
        b"<table><tr><td>" * 3_500_000,
        b"<html><body><div id='post_message_1'>" + b"<b>" * 16_000_000,
        b"<!--" * 12_000_000,
        b"&amp;" * 10_000_000,
        b"<a href=" * 6_000_000,
    ],
    ids=["div", "table", "post", "comment", "entity", "attribute"],
)
def test_fifty_megabytes_of_nested_tags(body):
    """The spider takes 16 MiB of a page at most; this is three times as much."""
    page = read(body, URL)
    assert page.posts == ()


@pytest.mark.parametrize("name", SKINS)
@pytest.mark.parametrize("depth", [100, 300, 450])
def test_a_post_of_unclosed_tags_costs_no_other(name, depth):
    page, nested = read(thread(name), URL), b"<font>" * depth
    for word in (b"cold", b"valve"):
        deep = read(thread(name).replace(word, nested + word, 1), URL)
        assert [post.post_id for post in deep.posts] == [post.post_id for post in page.posts]


@pytest.mark.parametrize("name", SKINS)
@pytest.mark.parametrize(("depth", "place"), [(600, b"valve"), (3000, b"valve"), (3000, b"</body>")])
def test_a_page_too_deep_to_be_read_as_a_whole_is_none(name, depth, place):
    page = read(thread(name).replace(place, b"<font>" * depth + b"x" + place, 99), URL)
    assert page.kind is PageKind.UNKNOWN
    assert page.reason == "cut short: its elements are nested too deep" or not page.cut_short


@pytest.mark.parametrize("depth", [300, 600, 1500, 5000])
def test_any_other_page_may_be_as_deep_as_it_likes(depth):
    page = read(b"<html><body>" + b"<div>" * depth + b"The forum is down for maintenance.", URL)
    assert page.kind in (PageKind.PASSING, PageKind.UNKNOWN)
    assert page.reason


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-7", "koi8-r", "shift_jis", "no-such-charset", "\x00", ""])
def test_a_wrong_charset(charset):
    page = read(thread("vb3"), URL, content_type=f"text/html; charset={charset}")
    assert len(page.posts) == 5


@pytest.mark.parametrize("name", SKINS)
def test_null_bytes(name):
    body = thread(name)
    page = read(body.replace(b"<td", b"\0<td").replace(b"Torque", b"Tor\0que"), URL)
    assert len(page.posts) in (0, 5)
    assert not any("\0" in (post.text + (post.author or "")) for post in page.posts)


@pytest.mark.parametrize("name", SKINS)
def test_a_second_page_inside_a_post_is_not_the_page(name):
    """Advertisements bring a document of their own."""
    other = (
        b"<!DOCTYPE html><html id='htmlTag'><head><title>Buy</title><base href='http://evil.example/'></head></html>"
    )
    body = thread(name).replace(b"</body>", other + b"</body>")
    page = read(body, URL)
    assert (page.generation, len(page.posts)) == (name, 5)
    assert not any("evil.example" in image.url for post in page.posts for image in post.images)


def test_script_in_every_field_stays_text():
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    body = thread("vb3").decode()
    for word in ("Checking valve clearance", "Senior Member"):
        body = body.replace(word, evil)
    page = read(body.encode(), URL)
    assert len(page.posts) == 5
    assert not any("alert" in (post.author or "") + (post.date_text or "") for post in page.posts)
    assert not any(image.url.startswith("javascript") for post in page.posts for image in post.images)


@pytest.mark.real
@pytest.mark.parametrize(
    "file",
    [file for file in sorted(CORPUS.glob("hostile/**/*")) if file.is_file()],
    ids=lambda file: file.name if file else "none",
)
def test_hostile_files_hold_no_posts(file):
    page = read(file.read_bytes(), URL)
    assert page.kind not in RECORDS
    assert page.posts == ()
