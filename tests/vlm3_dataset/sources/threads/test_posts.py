"""Posts that others exported become the same rows as those of an archive."""

import json

import pytest

from vlm3_dataset import Vlm3
from vlm3_dataset.files import sha256
from vlm3_dataset.sources.threads.posts import BadPosts, find_posts


def written(tmp_path, *posts):
    path = tmp_path / "old_board.jsonl"
    path.write_text("".join((post if isinstance(post, str) else json.dumps(post)) + "\n" for post in posts))
    return path


def rows(path):
    return list(Vlm3(config_name="threads", posts=path).rows()["train"])


def test_two_fields_are_enough(tmp_path):
    path = written(
        tmp_path, {"thread_id": 7, "text": "Which?"}, {"thread_id": 8, "text": "x"}, {"thread_id": 7, "text": "That"}
    )
    found = {(row["board"], row["thread_id"]): [post["text"] for post in row["posts"]] for row in rows(path)}
    assert found == {("old_board", 7): ["Which?", "That"], ("old_board", 8): ["x"]}


def test_they_have_the_columns_of_an_archive(tmp_path):
    builder = Vlm3(
        config_name="threads", posts=written(tmp_path, {"thread_id": 7, "text": "Which?"}), cache_dir=str(tmp_path)
    )
    builder.download_and_prepare()
    (row,) = builder.as_dataset("train")
    assert row["posts"][0]["number"] == 1


def test_what_a_line_has_is_taken(tmp_path):
    full = {
        "thread_id": "1330282-no-start", "text": "No start", "title": "No start", "forum": "S14", "board": "e30",
        "thread_url": "http://b/t", "post_id": 5, "number": 2, "author": "jo", "date": "2013-05-25", "url": "http://b/p5",
        "quotes": [{"post_id": 4, "author": "al"}], "images": ["http://b/1.jpg"],
    }  # fmt: skip
    (row,) = rows(
        written(tmp_path, full, {"thread_id": "1330282-no-start", "text": "first", "number": 1, "board": "e30"})
    )
    assert (row["board"], row["title"], row["forum"], row["url"]) == ("e30", "No start", "S14", "http://b/t")
    first, second = row["posts"]
    assert first["text"] == "first"
    assert {name: second[name] for name in ("post_id", "author", "date", "url", "quotes")} == {
        name: full[name] for name in ("post_id", "author", "date", "url", "quotes")
    }
    assert second["images"][0]["url"] == "http://b/1.jpg"


@pytest.mark.parametrize(
    ("text", "words", "quotes"),
    [
        ("[quote=marten;7]Cold?[/quote]\nYes.", "> Cold?\n\nYes.", [{"post_id": 7, "author": "marten"}]),
        ('[QUOTE="jo, post: 12, member: 3"]a[/QUOTE]b', "> a\nb", [{"post_id": 12, "author": "jo"}]),
        ("[quote][quote=a;1]in[/quote]out[/quote]me", "> > in\n> out\nme", [{"post_id": 1, "author": "a"}]),
        ("[quote]a[/quote]", "> a", []),
        ("Me [quote]a[/quote][quote]\nb\n\nc [/quote] me", "Me \n> a\n\n> b\n> \n> c\n me", []),
        ("[quote][quote]a[/quote] b [/quote] c [/quote] d", "> > a\n> b\n c [/quote] d", []),
        ("[quote] a [quote=jo]b[/quote]", "[quote] a \n> b", [{"post_id": None, "author": "jo"}]),
        ("me[quote][/quote]me", "me\nme", []),
        ("[b]24 Nm[/b], [url=http://x]here[/url]", "24 Nm, here", []),
        ("[list][*]one[*]two[/list]", "- one\n- two", []),
    ],
)
def test_bb_code_becomes_lines(tmp_path, text, words, quotes):
    ((post,),) = [row["posts"] for row in rows(written(tmp_path, {"thread_id": 1, "text": text}))]
    assert (post["text"], post["quotes"]) == (words, quotes)


@pytest.mark.parametrize(
    "text",
    [
        "[quote]a " * 20_000 + "[/quote]" * 20_000 + "Because.",
        "[quote]\n" * 20_000 + "Because.",
        "[quote=" * 20_000 + "Because.",
        "[/quote]" * 20_000 + "Because.",
        "[b " * 50_000 + "Because.",
    ],
)
def test_no_post_is_too_deep_to_be_read(tmp_path, text):
    """It is read in a moment; a box in 160 others took 59 ms, and eight times that for twice as many."""
    (row,) = rows(written(tmp_path, {"thread_id": 1, "text": text}))
    assert row["posts"][0]["text"].endswith("Because.")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: no JSON object"),
        ("[1]", "line 2: no JSON object"),
        ("[" * 100_000, "line 2: no JSON object"),
        ({"thread_id": "", "text": "x"}, "line 2: a post needs thread_id"),
        ({"thread_id": 1.5, "text": "x"}, "line 2: a post needs thread_id"),
        ({"thread_id": 7}, "line 2: a post needs thread_id"),
        ({"text": "x"}, "line 2: a post needs thread_id"),
        ({"thread_id": True, "text": "x"}, "line 2: a post needs thread_id"),
    ],
)
def test_a_line_that_is_no_post_is_told(tmp_path, line, said):
    with pytest.raises(BadPosts, match=said):
        find_posts(written(tmp_path, {"thread_id": 7, "text": "x"}, line))


@pytest.mark.parametrize(
    ("field", "value", "must_be"),
    [
        ("author", ["jo"], "text"),
        ("title", True, "text"),
        ("board", 1.5, "text"),
        ("url", {}, "text"),
        ("post_id", 1.5, "a number or text"),
        ("number", "second", "a whole number"),
        ("date", "last Friday", "a date"),
        ("date", float("nan"), "a date"),
        ("date", True, "a date"),
        ("date", 10**400, "a date"),
        ("quotes", 5, "a list such as"),
        ("quotes", [5], "a list such as"),
        ("quotes", [{"post_id": []}], "a list such as"),
        ("images", 5, "a list of addresses"),
        ("images", [None], "a list of addresses"),
    ],
)
def test_a_field_that_is_something_else_is_told_with_its_line(tmp_path, field, value, must_be):
    path = written(tmp_path, {"thread_id": 7, "text": "x"}, {"thread_id": 7, "text": "x", field: value})
    with pytest.raises(BadPosts, match=rf"line 2: {field} is .*; it must be {must_be}"):
        find_posts(path)


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("author", 17, "17"),
        ("author", 0, "0"),
        ("author", "jo\ud83d", "jo\ufffd"),
        ("date", 1369440000, "2013-05-25T00:00:00+00:00"),
        ("date", "1369440000", "2013-05-25T00:00:00+00:00"),
        ("date", 1369440000.5, "2013-05-25T00:00:00.500000+00:00"),
        ("date", "2013-05-25 10:00", "2013-05-25 10:00"),
        ("date", "", None),
        ("post_id", "", None),
        ("number", "7", 7),
        ("post_id", 10**30, int(sha256(b"1" + b"0" * 30)[:12], 16)),
        ("quotes", None, []),
        ("quotes", [{"post_id": "4", "author": 17}], [{"post_id": 4, "author": "17"}]),
    ],
)
def test_a_value_is_read_for_what_it_is(tmp_path, field, value, read):
    (row,) = rows(written(tmp_path, {"thread_id": 1, "text": "x", field: value}))
    assert row["posts"][0][field] == read
    json.dumps(row, ensure_ascii=False).encode()


def test_one_address_is_a_list_of_one_and_a_title_may_be_a_number(tmp_path):
    line = {"thread_id": 1, "text": "Half \ud800", "title": 7, "images": "http://b/1.jpg"}
    (row,) = rows(written(tmp_path, line))
    assert (row["title"], row["posts"][0]["text"]) == ("7", "Half \ufffd")
    assert [image["url"] for image in row["posts"][0]["images"]] == ["http://b/1.jpg"]


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadPosts, match="mend --posts"):
        Vlm3(config_name="threads", posts=tmp_path / "none.jsonl")
