"""Real threads of other subjects: what the rules keep of them, and what a labeler without a key finds.

python -m tests.vlm3_dataset.filters.claims.test_real_threads    # every thread with its verdict, to be read by eye
"""

import json
import re
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from e30crawl.parsers.page import read
from e30crawl.parsers.records import PageKind
from tests.vlm3_dataset import boards
from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.labelers.claude.test_thread_prompts import MODEL
from vlm3_dataset import threads
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.filters.claims import claims
from vlm3_dataset.labelers.claude import label as labels
from vlm3_dataset.labelers.claude import thread_prompts
from vlm3_dataset.labelers.rules.thread_rules import label
from vlm3_dataset.sources.privacy.anonymise import pseudonyms, scrub
from vlm3_dataset.sources.privacy.names import is_ordinary
from vlm3_dataset.sources.threads.conversation import load_thread
from vlm3_dataset.sources.threads.rebuild import thread_row
from vlm3_dataset.threads import ALL_THREADS, clean

pytestmark = pytest.mark.real

NOW = datetime(2016, 4, 24, 12, tzinfo=UTC)
MEDIA = ("images", "attachments", "links", "quotes")


def real_pages(corpus):
    """The pages of posts of the corpora: name, page, and its posts as rows of an export."""
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
            yield number, path.name, page, posts


def cleaned(corpus):
    for number, name, page, posts in real_pages(corpus):
        yield name, page, clean(thread_row("real", number, {"title": page.title}, posts))


def test_every_thread_is_kept_or_has_its_reason(shared):
    found = list(cleaned(shared / "corpus"))
    assert len(found) >= 35
    reasons = Counter(one.reason for _, _, one in found)
    assert reasons.keys() <= {"", "no reply", "no real question", "for sale or wanted", "memberships and meets"}
    assert reasons[""] >= 0.6 * len(found)


def test_hardly_a_post_is_noise(shared):
    found = [one for _, _, one in cleaned(shared / "corpus")]
    assert sum(len(one.noise) for one in found) < 0.1 * sum(one.posts for one in found)


def test_no_author_is_left_in_what_is_kept(shared):
    for name, page, one in cleaned(shared / "corpus"):
        text = "\n".join([one.thread.title, *(post.text for post in one.thread.posts)]) if not one.reason else ""
        known = {
            post.author for post in page.posts if post.author and len(post.author) > 5 and not post.author.isalpha()
        }
        assert [author for author in known if author in text] == [], name


def test_what_the_rules_find_stands_in_its_post(shared):
    for name, _, one in cleaned(shared / "corpus"):
        for qa in label(one.thread).pairs if not one.reason else ():
            assert claims.quotes(qa, one.thread) is None, name


@pytest.fixture(scope="module")
def asked(shared, tmp_path_factory):
    """All real threads from an export to Claude's stand-in: the kept ones, what it received, and what it answered."""
    folder = tmp_path_factory.mktemp("real")
    board = folder / "archive" / "real"
    board.mkdir(parents=True)
    found = list(real_pages(shared / "corpus"))
    titles = [{"thread_id": number, "title": page.title} for number, _, page, _ in found]
    rows = [post | {"thread_id": number} for number, _, _, posts in found for post in posts]
    for name, lines in (("threads", titles), ("posts", rows)):
        (board / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    pages, _ = threads.prepare(folder / "archive", None, folder / "work", ALL_THREADS)
    with stand_in.serving(boards.answer) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANTHROPIC_API_KEY", "none of ours")
        patch.setenv("ANTHROPIC_BASE_URL", server.url)
        assert labels.with_claude(pages, folder / "work", MODEL, Budget(5), how="live") == []
        received = [boards.text_of(each) for each in server.billed]
    kept = {page: load_thread(folder / "work", page.page_id) for page in pages}
    store = Store(folder / "work" / "labels.sqlite")
    said = {page: labels.answered_before(page, folder / "work", MODEL, store) for page in pages}
    store.close()
    return kept, received, said


def test_every_kept_thread_is_asked_about_and_has_its_answer(shared, asked):
    kept, received, said = asked
    assert len(kept) == sum(not one.reason for _, _, one in cleaned(shared / "corpus"))
    assert len(received) == sum(len(thread_prompts.windows(thread)) for thread in kept.values())
    assert all(found.pairs and not found.problem for found in said.values())


def test_the_answers_are_checked_against_the_real_posts(asked):
    kept, _, said = asked
    reasons = Counter(claims.refuse(qa, kept[page]) for page, found in said.items() for qa in found.pairs)
    assert reasons[None] >= 0.4 * reasons.total(), reasons
    for page, found in said.items():
        for qa in found.pairs:
            other = replace(qa, claims=tuple(replace(claim, quote=f"{claim.quote} indeed") for claim in qa.claims))
            assert claims.quotes(qa, kept[page]) is None
            assert claims.refuse(other, kept[page]), page.page_id


def test_nothing_personal_is_in_what_was_received(shared, asked):
    kept, received, _ = asked
    people = {name for thread in kept.values() for name in thread.people}
    known = [name for name in people if len(name) > 3 and not is_ordinary(name.casefold())]
    assert len(known) > 100
    for text in received:
        posts = "\n".join(words for _, words in boards.ASKED_POST.findall(text))
        assert set(re.findall(r'author="([^"]*)"', text)) <= {f"Owner {n}" for n in range(1, 100)}
        assert scrub(posts, {}) == posts
        assert "http" not in posts.casefold() or not re.search(r"https?://\S*(?:member|profile|user)", posts)
    for thread in kept.values():
        names = pseudonyms(thread.people)
        for post in thread.posts:
            assert scrub(post.text, names) == post.text
    for name in known:
        whole = re.compile(rf"(?i)(?<!\w){re.escape(name)}(?!\w)")
        told = [thread.page_id for thread in kept.values() if name in thread.people]
        for page, thread in kept.items():
            if page.page_id in told:
                assert not any(whole.search(f"{thread.title}\n{post.text}") for post in thread.posts), (
                    page.page_id,
                    name,
                )


def main():
    for name, page, one in cleaned(Path(__file__).resolve().parents[5] / "shared" / "corpus"):
        print(f"\n## {name}: {page.title} | {one.posts} posts, {len(one.noise)} noise | {one.reason or one.score}")
        texts = {number: post.text for number, post in enumerate(page.posts, 1)}
        for number, reason in one.noise:
            print(f"   {reason}: {texts[number][:100]!r}")
        for qa in label(one.thread).pairs if not one.reason else ():
            print(f"   Q {qa.question}\n   A {qa.answer}\n   {claims.refuse(qa, one.thread)}")


if __name__ == "__main__":
    main()
