"""A thread's row becomes who said what in his own words."""

import pytest

from vlm3_dataset.sources.threads.conversation import anonymised, conversation, own_words
from vlm3_dataset.sources.threads.rebuild import thread_row


def row(*posts, **listed):
    numbered = [
        {"post_id": 10 + n, "number": n, "author": author, "text": text, "quotes": quotes}
        for n, (author, text, *quotes) in enumerate(posts, 1)
    ]
    return thread_row("e30", 7, {"title": "No start", "forum": "S14"} | listed, numbered)


def test_quoted_words_are_another_posts():
    assert own_words("> Cold?\n> > Hot.\nNo, warm.") == "No, warm."
    assert own_words("redwood wrote:\n> Cold?\nNo.") == "No."
    assert own_words("5 > 3, and so on") == "5 > 3, and so on"


def test_a_quote_is_a_relation_by_id_or_by_the_last_post_of_its_author():
    thread = conversation(
        row(
            ("ann", "Which?"),
            ("bob", "That one.", {"post_id": 11, "author": "ann"}),
            ("cyd", "No.", {"post_id": None, "author": "bob"}),
            ("dan", "Hm.", {"post_id": 99, "author": "nobody"}),
        )
    )
    assert [post.quotes for post in thread.posts] == [(), (1,), (2,), ()]


def test_a_poll_stands_behind_the_question_as_its_authors():
    told = row(("ann", "Which oil would you take for a stock engine?"), ("bob", "The second.", {"post_id": 11}))
    poll = dict.fromkeys(told["posts"][0]) | {"text": "10W-60: 7\n5W-40: 2", "kind": "poll"}
    empty = dict.fromkeys(("quotes", "images", "attachments", "links", "embeds"), ())
    thread = conversation(told | {"posts": [poll | empty, *told["posts"]]})
    assert [(post.number, post.author, post.kind, post.quotes) for post in thread.posts] == [
        (1, "ann", "post", ()), (2, "ann", "poll", ()), (3, "bob", "post", (1,)),
    ]  # fmt: skip


def test_a_signature_goes():
    posts = [("ann", f"Answer number {n} is long enough.\n1988, diamond black") for n in range(3)]
    thread = conversation(row(*posts, ("bob", "Fine.\n____\nE30 and two dogs")))
    assert [post.text for post in thread.posts] == [*(f"Answer number {n} is long enough." for n in range(3)), "Fine."]


def test_nobody_is_named():
    thread = anonymised(conversation(row(("ann_k", "Is it the relay?"), ("bob", "ann_k, call me on 0171 2345678."))))
    assert [post.author for post in thread.posts] == ["Owner 1", "Owner 2"]
    assert thread.posts[1].text == "Owner 1, call me on [telephone]."


def test_an_author_has_a_pseudonym_whatever_the_letters_of_his_name():
    thread = anonymised(conversation(row(("Akın", "Is it the relay?"), ("Spaßvogel", "No."), ("AKIN", "Thanks."))))
    assert [post.author for post in thread.posts] == ["Owner 1", "Owner 2", "Owner 1"]


def test_a_boards_name_is_no_path():
    found = conversation(row(("ann", "x")) | {"board": "../../etc/passwd"})
    assert "/" not in found.page_id
    assert ".." not in found.page_id


def test_guests_are_different_people():
    thread = anonymised(conversation(row((None, "Is it the relay?"), (None, "No."))))
    assert len({post.author for post in thread.posts}) == 2


@pytest.mark.parametrize(
    "text", ["\n--\n" + "word " * 20_000 + "\nx" * 20, "a." * 20_000, "-" * 40_000, "a" + " " * 40_000, "\n" * 20_000]
)
def test_no_post_is_too_long_to_be_read(text):
    """It is read in a moment; where a pattern could match its lines in many ways it would take days."""
    (only,) = anonymised(conversation(row(("ann", f"Why?{text}\nBecause.")))).posts
    assert only.text.endswith("Because.")
