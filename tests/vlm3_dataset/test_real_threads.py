"""Real threads of other subjects: what the rules keep of them, and what a labeler without a key finds.

python -m tests.vlm3_dataset.test_real_threads    # every thread with its verdict, to be read by eye
"""

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from e30crawl.parsers.page import read
from e30crawl.parsers.records import PageKind
from vlm3_dataset.filters import claims
from vlm3_dataset.labelers.thread_rules import label
from vlm3_dataset.sources.threads import thread_row
from vlm3_dataset.threads import sift

pytestmark = pytest.mark.real

NOW = datetime(2016, 4, 24, 12, tzinfo=UTC)
MEDIA = ("images", "attachments", "links", "quotes")


def sifted(corpus):
    pages = sorted(
        [*corpus.glob("vbulletin/*/*.html"), *corpus.glob("vbulletin_2/*.html"), *corpus.glob("xenforo/*.html")]
    )
    for number, path in enumerate(pages):
        page = read(path.read_bytes(), "http://board.example/x", now=NOW)
        if page.kind is PageKind.POSTS and page.posts:
            posts = [
                asdict(post) | {name: [asdict(each) for each in getattr(post, name)] for name in MEDIA}
                for post in page.posts
            ]
            yield path.name, page, sift(thread_row("real", number, {"title": page.title}, posts))


def test_every_thread_is_kept_or_has_its_reason(shared):
    found = list(sifted(shared / "corpus"))
    assert len(found) >= 35
    reasons = Counter(one.reason for _, _, one in found)
    assert reasons.keys() <= {"", "no reply", "no real question", "for sale or wanted", "memberships and meets"}
    assert reasons[""] >= 0.6 * len(found)


def test_hardly_a_post_is_noise(shared):
    found = [one for _, _, one in sifted(shared / "corpus")]
    assert sum(len(one.noise) for one in found) < 0.1 * sum(one.posts for one in found)


def test_no_author_is_left_in_what_is_kept(shared):
    for name, page, one in sifted(shared / "corpus"):
        text = "\n".join([one.thread.title, *(post.text for post in one.thread.posts)]) if not one.reason else ""
        known = {
            post.author for post in page.posts if post.author and len(post.author) > 5 and not post.author.isalpha()
        }
        assert [author for author in known if author in text] == [], name


def test_what_the_rules_find_stands_in_its_post(shared):
    for name, _, one in sifted(shared / "corpus"):
        for qa in label(one.thread).pairs if not one.reason else ():
            assert claims.quotes(qa, one.thread) is None, name


def main():
    for name, page, one in sifted(Path(__file__).resolve().parents[3] / "shared" / "corpus"):
        print(f"\n## {name}: {page.title} | {one.posts} posts, {len(one.noise)} noise | {one.reason or one.score}")
        texts = {number: post.text for number, post in enumerate(page.posts, 1)}
        for number, reason in one.noise:
            print(f"   {reason}: {texts[number][:100]!r}")
        for qa in label(one.thread).pairs if not one.reason else ():
            print(f"   Q {qa.question}\n   A {qa.answer}\n   {claims.refuse(qa, one.thread)}")


if __name__ == "__main__":
    main()
