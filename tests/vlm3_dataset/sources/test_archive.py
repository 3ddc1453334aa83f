"""The words around a picture go out without the people in them."""

import tracemalloc

import pytest

from tests.vlm3_dataset.shelves import board, scan
from vlm3_dataset.sources import archive
from vlm3_dataset.sources.privacy.anonymise import pseudonyms, scrub


def test_context_is_title_question_and_post_without_names(tmp_path):
    opening = {
        "post_id": 1,
        "thread_id": 9,
        "text": "Which shim? mail me: jo@example.org",
        "author": "Jo",
        "images": [],
    }
    reply = {
        "post_id": 2, "thread_id": 9, "text": "> Jo wrote\nJo, look at this.", "author": "Wrench42", "images": [0],
        "quotes": [{"post_id": 1, "author": "Jo"}], "url": "http://board/2",
    }  # fmt: skip
    (picture,) = archive.pictures(board(tmp_path, "s14", [opening, reply], [scan()], {9: "Valve clearance"}))
    assert picture.context.startswith("Thread: Valve clearance\nQuestion: Which shim?")
    assert "Jo" not in picture.context
    assert "Owner 1, look at this." in picture.context
    assert "example.org" not in picture.context
    assert (picture.post_id, picture.thread_id, picture.url) == (2, 9, "http://board/2")


@pytest.mark.parametrize("digest", ["../../etc/passwd", "a" * 63, "A" * 64, ""])
def test_a_digest_that_is_none_names_no_file(tmp_path, digest):
    assert archive.media_file(tmp_path, digest) is None


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("write to m3.owner+parts@mail.example.co.uk please", "m3.owner"),
        ("chassis WBSAK05010AE33001 for sale", "WBSAK05010AE33001"),
        ("call +49 89 1234 5678 tonight", "1234"),
        ("call (555) 867-5309 tonight", "867-5309"),
        ("Tel. 089 / 1234567", "1234567"),
        ("mobil 0171-1234567", "1234567"),
        ("chassis wbsak05010ae33001", "wbsak05010ae33001"),
        ("seen in Munich, M-AB 1234, red", "AB 1234"),
        ("an old one, GAP-M3 and B-MW 320H", "B-MW 320H"),
        ("license plate is 7XYZ123", "7XYZ123"),
        ("Number plate: K123 ABC", "K123 ABC"),
        ("Kennzeichen M AB 1234", "AB 1234"),
    ],
)
def test_what_leads_to_a_person_is_removed(text, gone):
    assert gone not in scrub(text, {})


STAYS = """part 0 261 200 071
tool 11 2 010
job 12 31 691
torque 24 Nm, page 11-54
pressure plate 240 MM, clutch plate M8
GL-5 or ATF-D, 10W-60, ZF S5-16, 7X16 ET25, M10x1.5
relay K1, pin X2-87, part number 12 14 1 726 066"""


@pytest.mark.parametrize("text", STAYS.splitlines())
def test_what_belongs_to_the_car_stays(text):
    assert scrub(text, {}) == text


def test_everybody_in_a_thread_is_taken_out(tmp_path):
    posts = [
        {"post_id": n, "thread_id": 9, "text": text, "author": author, "images": images}
        for n, (author, text, images) in enumerate(
            [("Jo", "Which shim?", []), ("HansMueller", "The thick one.", []), ("Kim", "Thanks HansMueller", [0])], 1
        )
    ]
    (picture,) = archive.pictures(board(tmp_path, "s14", posts, [scan()], {9: "Shims"}))
    assert "HansMueller" not in picture.context


def test_no_stand_in_is_broken_by_a_name_inside_it():
    assert scrub("jules and owner, hi owner", pseudonyms(["jules", "owner"])) == "Owner 1 and owner, hi Owner 2"


def test_a_cut_export_names_the_file(tmp_path):
    folder = board(tmp_path, "s14", [], [], {9: "Shims"})
    (folder / "posts.jsonl").write_text('{"post_id": 1, "thr')
    with pytest.raises(archive.BrokenExport, match=r"posts\.jsonl is missing or cut; run e30crawl export s14 again"):
        archive.pictures(folder)


def test_a_board_that_was_not_exported_is_named_with_what_to_do(tmp_path, monkeypatch):
    """Its crawl was stopped, and only a complete one writes posts.jsonl."""
    monkeypatch.chdir(tmp_path)
    assert archive.to_export(archive.DEFAULT) == ""
    board(tmp_path / "forum_archive", "s14", [], [], {9: "Shims"})
    for name in ("s14", "stopped"):
        (tmp_path / "forum_archive" / name / "raw").mkdir(parents=True)
    told = "left out for want of a posts.jsonl: {0}/stopped; run e30crawl export stopped"
    assert archive.to_export(archive.DEFAULT) == told.format("forum_archive")
    elsewhere = (tmp_path / "forum_archive").rename(tmp_path / "old boards")
    assert archive.to_export(elsewhere) == f"{told.format(elsewhere)} --archive '{elsewhere}'"


def test_a_name_inside_a_word_is_no_name():
    assert scrub("Timo checked the timing", pseudonyms(["Timo"])) == "Owner 1 checked the timing"


def test_threads_without_a_picture_are_not_held_in_memory(tmp_path):
    posts = [
        {"post_id": n, "thread_id": n, "text": "Why does it leak? " * 600, "author": f"owner {n}", "images": []}
        for n in range(2_000)
    ]
    folder = board(
        tmp_path, "s14", [*posts, posts[7] | {"post_id": 2_000, "text": "Here.", "images": [0]}], [scan()], {}
    )
    tracemalloc.start()
    (picture,) = archive.pictures(folder)
    sources = archive.stored(folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sources == [picture.source]
    assert picture.context.startswith("Thread: \nQuestion: Why does it leak? Why")
    assert peak < 2_000_000  # the texts are 22 MB
