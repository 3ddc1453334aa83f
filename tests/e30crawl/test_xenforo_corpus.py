"""Every real page of XenForo against its manifest, and against what a plain search of its source finds.

The pages lie beside the checkout and are never committed.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from e30crawl.parsers.page import read
from e30crawl.parsers.records import PageKind, PostKind
from e30crawl.urls import classify
from tests.e30crawl.test_corpus import manifest

pytestmark = pytest.mark.real

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "xenforo"
NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
# Saved by a tool that dropped the attributes with the addresses of its pictures; one post is nothing but a picture.
NO_ADDRESSES = "xf2_thread_sailinganarchy_5073.html"
# Counted by hand: attachments (all of them named in quotes), edit notes, reactions, posts of guests and former members.
CONTENTS = {
    "xf2_thread_macrumors_0513.html": (5, 4, 14, 0),
    "xf2_thread_headfi_0515.html": (0, 2, 4, 0),
    "xf2_thread_avcom_0519.html": (0, 3, 16, 1),
    "xf2_thread_FreeBSD_0537.html": (0, 1, 71, 0),
    "xf2_thread_sailinganarchy_5073.html": (2, 1, 11, 2),
    "xf2_thread_xenforo_2.html": (0, 0, 19, 0),
    "xf1_thread_sufficientvelocity_1.html": (0, 1, 121, 0),
}

# Where the manifest leaves a count open, these find the same in another way.
AUTHOR = r'class="(?:message-name|MessageCard__user-info__name)"[^>]*>(?:\s*<[^>]+>)*\s*([^<]+)'
PICTURE = r'data-src="(https:[^"?]+/attachments/[^"?]+)\?[^"]*"\s+class="bbImage'


def rows(kind):
    return [pytest.param(row, id=row["file"]) for row in manifest(FOLDER.name) if row["kind"] == kind]


def source(row):
    return (FOLDER / row["file"]).read_text(encoding="utf-8")


def distinct(pattern, row):
    return len(set(re.findall(pattern, source(row))))


@pytest.fixture(params=["its own address", "no address that helps"])
def found(row, request):
    url = row["url"] if request.param == "its own address" else "http://b.example/somewhere"
    return read((FOLDER / row["file"]).read_bytes(), url, now=NOW)


@pytest.mark.parametrize("row", rows("thread"))
def test_threads(row, found):
    posts = found.posts
    assert (found.kind, found.generation) == (PageKind.POSTS, row["generation"])
    assert {post.kind for post in posts} == {PostKind.POST}
    assert len(posts) == int(row["posts"]) == distinct(r'(?:id="js-|<li id=")post-(\d+)"', row)
    assert found.threads == ()
    assert found.last == int(row["pages"] or 1)
    assert found.number == classify(row["url"]).page
    assert found.thread_id == classify(row["url"]).id
    assert found.forum_id
    assert found.title in source(row).replace("&#039;", "'")
    authors = int(row["authors"] or distinct(AUTHOR, row))
    assert len({post.author for post in posts}) == authors
    quotes = int(row["quotes"] or len(re.findall(r'class="bbCodeBlock [^"]*--quote', source(row))))
    assert sum(len(post.quotes) for post in posts) == quotes
    images = int(row["images"] or distinct(PICTURE, row))
    assert sum(len(post.images) for post in posts) == (images if row["file"] != NO_ADDRESSES else 0)
    numbers = [post.number for post in posts]
    ends = re.findall(r"\d+", row["first_last"]) or re.findall(r"__post-position[^>]*>\s*#(\d+)", source(row))
    assert (numbers[0], numbers[-1]) == (int(ends[0]), int(ends[-1]))


@pytest.mark.parametrize("row", rows("thread"))
def test_posts_are_whole(row, found):
    posts = found.posts
    assert len({post.post_id for post in posts}) == len({post.number for post in posts}) == len(posts)
    for post in posts:
        assert post.author
        assert post.number
        assert post.text or row["file"] == NO_ADDRESSES
        assert post.date_text
        assert (post.date is None) == (post.date_reason is not None) == (row["generation"] == "xf1")
        assert post.reactions is not None or row["file"] == "xf2_thread_mikeholt_1350.html"  # which counts none
        assert all(each.url.startswith("http") for each in (*post.images, *post.attachments, *post.links))
        assert all(quote.author or quote.post_id is None for quote in post.quotes)
        for phrase in ("Click to expand", "said:", "\nView attachment \n"):
            assert phrase not in post.text
    dates = [post.date for post in sorted(posts, key=lambda post: post.number) if post.date]
    assert dates == sorted(dates)


@pytest.mark.parametrize("row", [row for row in rows("thread") if row.id in CONTENTS])
def test_contents_counted_by_hand(row, found):
    posts = found.posts
    attachments, edited = sum(len(post.attachments) for post in posts), sum(post.edited is not None for post in posts)
    reactions, guests = sum(post.reactions for post in posts), sum(post.author_id is None for post in posts)
    assert (attachments, edited, reactions, guests) == CONTENTS[row["file"]]


@pytest.mark.parametrize("row", rows("forum"))
def test_forums(row, found):
    assert (found.kind, found.generation) == (PageKind.THREADS, row["generation"])
    assert (found.number, found.last, found.forum_id) == (1, int(row["pages"]), classify(row["url"]).id)
    assert len(found.threads) == int(row["threads"]) == distinct(r"js-threadListItem-(\d+)", row)
    assert sum(each.sticky for each in found.threads) == len(re.findall("structItem-status--sticky", source(row)))
    assert sum(each.closed for each in found.threads) == len(re.findall("structItem-status--locked", source(row)))
    for thread, said in zip(found.threads, source(row).split("js-threadListItem-")[1:], strict=True):
        replies, views = re.findall(r"<dd>([^<]+)</dd>", said)[:2]
        assert (thread.replies, thread.views) == tuple(None if "K" in each else int(each) for each in (replies, views))
        assert (classify(thread.url).id, thread.forum_id) == (thread.thread_id, found.forum_id)
        assert thread.title
        assert thread.starter
        assert re.fullmatch(r"\w{3} \d+, \d{4} at .*M", thread.last_post)
