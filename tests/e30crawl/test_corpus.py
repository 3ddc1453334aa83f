"""Every real page against the counts in its manifest. The pages lie beside the checkout and are never committed."""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from e30crawl.parsers.dates import Calendar, utc_and_reason
from e30crawl.parsers.page import read
from e30crawl.parsers.records import PageKind, PostKind

pytestmark = pytest.mark.real

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "vbulletin"
NOW = datetime(2016, 4, 24, 12, tzinfo=UTC)
# Their addresses were not kept, so this one must not help.
URL = "http://b.example/somewhere"

KINDS = {
    "forumhome": PageKind.FORUMS,
    "FRAGMENT: forum list": PageKind.FORUMS,
    "forumdisplay": PageKind.THREADS,
    "showthread": PageKind.POSTS,
    "showpost": PageKind.POSTS,
    "permission": PageKind.NOTICE,
    "error": PageKind.NOTICE,
    "member": PageKind.UNKNOWN,
    "search": PageKind.UNKNOWN,
    "archive forum list": PageKind.FORUMS,
    "archive thread list": PageKind.THREADS,
    "printthread": PageKind.POSTS,
}
# Sub-forums that are named without an id; the page of their parent lists them in full.
NAMELESS = {"vb5/index_badcaps_612.html": 3}
# Counted by hand on the pages: quotes, edit notes, inline pictures, attachments.
CONTENTS = {
    "vb3/thread_linuxquestions_p1of2.html": (1, 2, 0, 0),
    "vb3/thread_ubuntuforums_attach_sessionids.html": (0, 1, 0, 1),
    "vb3/thread_ubuntuforums_p1_sigs_sessionids.html": (2, 0, 0, 0),
    "vb3/thread_mazda_tribute_thumbs_lazyload_vbseo.html": (3, 2, 0, 4),
    "vb3/thread_voz_quotes_spoilers_utf8.html": (3, 2, 3, 0),
    "vb3/thread_doityourself_internetbrands_39.html": (0, 6, 0, 0),
    "other/vb2_thread_steam_attachment.html": (2, 3, 0, 1),
    "vb4/thread_militarytimes_p1of2.html": (5, 0, 0, 0),
    "vb4/printthread_cprogramming_425.html": (1, 0, 0, 0),
    "vb4/thread_mathhelpforum_vbseo_quotes.html": (6, 1, 18, 0),
    "vb5/thread_fandompost_552.html": (5, 0, 0, 0),
    "vb5/thread_simplydiscus_606.html": (1, 3, 0, 0),
}
# What their texts link to, beside what they show; counted by hand as well.
LINKED = {
    "other/vb2_thread_steam_attachment.html": 3,
    "vb3/thread_doityourself_internetbrands_39.html": 24,
    "vb3/thread_linuxquestions_p1of2.html": 5,
    "vb3/thread_mazda_tribute_thumbs_lazyload_vbseo.html": 3,
    "vb3/thread_ubuntuforums_attach_sessionids.html": 1,
    "vb3/thread_ubuntuforums_p1_sigs_sessionids.html": 1,
    "vb3/thread_voz_quotes_spoilers_utf8.html": 1,
    "vb4/thread_mathhelpforum_vbseo_quotes.html": 3,
    "vb4/thread_militarytimes_p1of2.html": 1,
    "vb5/thread_fandompost_552.html": 5,
    "vb5/thread_simplydiscus_606.html": 1,
}
CLOSED = {
    "vb3/forumdisplay_voz_f17_subforums_sticky_lock.html": 1,
    "vb3/forumdisplay_voz_f33_attachicons.html": 3,
    "vb4/forumdisplay_facepunch_4110_custom.html": 1,
}


def manifest(name=FOLDER.name):
    folder = FOLDER.with_name(name)
    if not folder.is_dir():
        return []
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def rows(column="file", word=""):
    """The pages whose column begins with a word."""
    return [pytest.param(row, id=row["file"]) for row in manifest() if row[column].startswith(word)]


def number(pattern, text, default=0):
    found = re.search(pattern, text)
    return int(found[1]) if found else default


def expected_forums(row):
    text = row["count (posts/threads/forums)"]
    parts = (r"(\d+) categor", r"(\d+) (?:forum rows?|forums)\b", r"(\d+) sub-forums?\b")
    return sum(number(part, text) for part in parts) - NAMELESS.get(row["file"], 0)


@pytest.fixture
def found(row):
    return read((FOLDER / row["file"]).read_bytes(), URL, now=NOW)


@pytest.mark.parametrize("row", rows())
def test_counts_of_the_manifest(row, found):
    counts, kind = row["count (posts/threads/forums)"], row["page kind"]
    wanted = next((value for word, value in KINDS.items() if kind.startswith(word)), "beyond")
    assert found.kind == wanted
    assert len(found.posts) == number(r"^(\d+) posts?\b", counts)
    assert len(found.threads) == number(r"^(\d+) threads\b", counts)
    assert sum(thread.sticky for thread in found.threads) == number(r'(\d+) (?:"[^"]*" )?sticky', counts)
    assert len(found.forums) == expected_forums(row)
    place = re.search(r"PAGINATED p(\d+) of (\d+)", row["notes"]) if found.posts or found.threads else None
    assert (found.number, found.last) == ((int(place[1]), int(place[2])) if place else (1, 1))
    if row["file"].startswith("vb"):
        assert found.generation == row["file"][:3]
    if "bytes are" in row["charset"]:
        assert found.encoding == ("utf-8" if "bytes are UTF-8" in row["charset"] else "cp1252")


@pytest.mark.parametrize("row", rows("page kind", "showthread"))
def test_posts_are_whole(row, found):
    span = re.search(r"\(#(\d+)-#(\d+)\)", row["count (posts/threads/forums)"])
    if span:  # vBulletin 2 prints no numbers
        assert [post.number for post in found.posts] == list(range(int(span[1]), int(span[2]) + 1))
    assert len({post.post_id for post in found.posts}) == len(found.posts)
    assert found.thread_id
    assert not found.charset_doubt
    settled = Calendar(found.day_first or False, found.utc_offset or 0, NOW)
    for post in found.posts:
        assert post.author
        assert utc_and_reason(post.date_text, settled)[0], post.date_text
        assert bool(post.date) is not bool(post.date_reason)
        assert post.text or post.images or post.attachments
        assert (post.kind, post.embeds) == (PostKind.POST, ())
        assert not re.search(r"^_{10,}$", post.text, re.MULTILINE)  # what opens a signature
        assert not re.search(r"https?://\S+\.\.\.\S", post.text)  # an address without its middle
        assert "Originally" not in post.text
        assert all(each.url.startswith("http") for each in (*post.images, *post.attachments))


@pytest.mark.parametrize("row", [pytest.param(row, id=row["file"]) for row in manifest() if row["file"] in CONTENTS])
def test_contents_counted_by_hand(row, found):
    posts = found.posts
    quotes, edited = sum(len(post.quotes) for post in posts), sum(post.edited is not None for post in posts)
    images, attachments = sum(len(post.images) for post in posts), sum(len(post.attachments) for post in posts)
    assert (quotes, edited, images, attachments) == CONTENTS[row["file"]]
    assert sum(len(post.links) for post in posts) == LINKED.get(row["file"], 0)


@pytest.mark.parametrize("row", rows("page kind", "forumdisplay"))
def test_threads_are_whole(row, found):
    assert found.forum_id
    if row["file"] in CLOSED:
        assert sum(thread.closed for thread in found.threads) == CLOSED[row["file"]]
    for thread in found.threads:
        assert thread.title
        assert thread.url
        assert thread.starter
        assert thread.last_post
        assert thread.replies is not None
        assert thread.views is not None
        assert thread.prefix is None  # they print no label but `Sticky:` and `Poll:`


@pytest.mark.parametrize("row", rows("page kind", "permission"))
def test_asks_us_to_log_in(row, found):
    assert (found.kind, found.logged_out) == (PageKind.NOTICE, True)
    assert "not logged in" in found.notice


def test_every_page_that_is_named_here_is_still_there():
    if not FOLDER.is_dir():
        pytest.skip("no real pages beside the checkout")
    assert set(NAMELESS) | set(CONTENTS) | set(LINKED) | set(CLOSED) <= {row["file"] for row in manifest()}


@pytest.mark.parametrize("row", [pytest.param(row, id=row["file"]) for row in manifest("vbulletin_2")])
def test_more_boards_with_their_addresses(row):
    found = read((FOLDER.with_name("vbulletin_2") / row["file"]).read_bytes(), row["url"], now=NOW)
    assert found.kind == {"index": "forums", "thread": "posts", "other": "unknown"}[row["kind"]]
    assert (len(found.posts), len(found.threads), found.last) == tuple(
        int(row[n]) for n in ("posts", "threads", "pages")
    )
    rows, _, beside = row["forums"].partition(" rows + ")  # the categories are not counted
    assert len(found.forums) > int(rows) if beside else len(found.forums) == int(rows)
    for post in found.posts:
        assert (post.author, post.author_id, post.number, post.date) == ("Daniel", None, 1, None)
        assert (post.date_text, post.date_reason) == ("Jan30-05, 01:00 PM", "no zone: the page names none")
