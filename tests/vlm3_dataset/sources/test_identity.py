"""Ids tell pages apart, whatever their files are called, and stay while files come and go."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm3_dataset.files import write_csv
from vlm3_dataset.sources.identity import KEPT, Name, assign, before

MANUALS = [
    "E30/21 - Clutch/21-01.png", "E36/21 - Clutch/21-01.png", "21 - Clutch/21-01.tif", "21 - Clutch/21-01.jpg",
    "a/Page 1.jpg", "a/Page-1.jpg", "A/b/1.jpg", "A-b/1.jpg", "Motronic ML 3-1/1.jpg", "old/Motronic ML 3.1/1.jpg",
    f"{'long name ' * 7}volume 1.jpg", f"{'long name ' * 7}volume 2.jpg",
    "1988 Electrical Troubleshooting Manual/0670-01.jpg", "1990 Electrical Troubleshooting Manual/0670-01.jpg",
]  # fmt: skip


def file(path, pages=1):
    return Name(path, f"bytes of {path}", pages, path)


def ids(names, files):
    here = {each.source for each in files}
    return {name.source: frozenset(name.ids()) for name in names if name.source in here}


def assert_apart(found):
    every = [page_id for one in found.values() for page_id in one]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize(("one", "other"), [*zip(MANUALS[::2], MANUALS[1::2], strict=True)])
def test_two_that_would_share_an_id_both_say_whose_they_are(one, other):
    found = ids(assign([file(one), file(other)], []), [file(one), file(other)])
    assert_apart(found)
    assert found == ids(assign([file(other), file(one)], []), [file(one), file(other)])


def test_the_one_that_was_there_first_keeps_the_plain_id_for_good():
    first, second = map(file, MANUALS[:2])
    alone = assign([first], [])
    both = assign([second, first], alone)
    assert ids(both, [first]) == {first.source: {"21-01"}}
    assert assign([second], both)[0] == next(name for name in both if name.source == second.source)
    assert ids(assign([first, second], assign([second], both)), [first]) == {first.source: {"21-01"}}


def test_two_documents_of_one_known_book_are_told_apart():
    files = [file("getrag 265 a.pdf", 3), file("getrag 265 b.pdf", 3)]
    assert_apart(ids(assign(files, []), files))


def test_a_file_that_is_called_like_anothers_tag():
    first, second = map(file, MANUALS[:2])
    (taken,) = ids(assign([first, second], []), [first])[first.source]
    third = file(f"21 - Clutch/{taken}.jpg")
    assert_apart(ids(assign([first, second, third], []), [first, second, third]))


def test_an_id_that_a_post_has_is_nobody_elses():
    (name,) = assign([file("post-s14-7-abcdef.jpg")], [], ["post-s14-7-abcdef"])
    assert name.tag


def test_a_copy_that_comes_before_the_original_has_its_ids():
    """The original is then left out as a repeat."""
    before = assign([file("21 - Clutch/21-01.jpg")], [])
    copy = replace(file("00 copies/x.jpg"), sha256=before[0].sha256)
    (name,) = assign([copy], before)
    assert name.ids() == {"21-01"}
    assert assign([file("21 - Clutch/21-01.jpg")], [name])[0].ids() == {"21-01"}


@given(st.lists(st.sets(st.sampled_from(MANUALS)), min_size=1, max_size=6), st.randoms())
def test_files_come_and_go_and_no_id_changes(shelves, chance):
    names, known = [], {}
    for shelf in shelves:
        files = [file(path) for path in shelf]
        chance.shuffle(files)
        names = assign(files, names)
        found = ids(names, files)
        assert_apart(found)
        assert all(known.setdefault(source, one) == one for source, one in found.items())


@pytest.mark.parametrize("sign", ["\r", "\n", "\r\n", '"', ",", "\t", "\x0b", "\x1c", "\u2028", "\\"])
def test_the_next_run_reads_the_names_whatever_signs_they_have(tmp_path, sign):
    found = assign([file(f"a{sign}b.jpg"), file("c.jpg"), file(sign), file(f"{sign}d.jpg{sign}")], ())
    write_csv(tmp_path / KEPT, found, Name)
    assert before(tmp_path) == found
