"""The version and the changelog, by what came, went and changed since the last release."""

from dataclasses import replace

import pytest

from tests.vlm3_dataset.hub.test_emit import entry
from vlm3_dataset.hub.changelog import FIRST, compare, next_version, pairs_of, release

OLD = [entry("21-03", "train", ("24 Nm", "34 Nm")), entry("33-01", "val")]
LAST = release(None, OLD)


def test_the_first_release():
    assert LAST.version == FIRST
    assert "first release" not in LAST.changelog  # a folder made anew knows of none before it
    assert "## 1.0.0\n\n3 pairs on 2 pages." in LAST.changelog


def test_a_question_with_two_answers_is_two_pairs():
    one, other = entry("21-03", "train", ("24 Nm", "34 Nm")).pairs
    twice = replace(OLD[0], pairs=(one, replace(other, question=one.question)))
    assert "2 pairs on 1 pages." in release(None, [twice]).changelog


def test_the_same_pairs_are_the_same_release():
    assert release(LAST, OLD) == LAST


def test_new_pages_are_named_with_their_pairs_and_nothing_else_is():
    new = [entry(f"11-{number:02d}", "train", ("7 mm",) * 2) for number in range(50)]
    now = release(LAST, [*OLD, *new])
    assert now.version == "1.1.0"
    said = now.changelog.split("## ")[1]
    assert said.startswith("1.1.0\n\n- 100 pairs added on 50 pages: 11-00 (2), 11-01 (2), ")
    assert ("removed" in said, "changed" in said, "21-03" in said) == (False, False, False)
    assert "## 1.0.0" in now.changelog


@pytest.mark.parametrize(
    ("now", "version", "said"),
    [
        ([OLD[0]], "1.0.1", "1 pairs removed on 1 pages: 33-01 (1)"),
        ([OLD[0], entry("33-01", "val", ("25 Nm",))], "1.0.1", "1 pairs changed on 1 pages: 33-01 (1)"),
        ([OLD[0], replace(OLD[1], side="train")], "1.0.1", "1 pairs changed on 1 pages: 33-01 (1)"),
        ([OLD[0], entry("33-02", "val")], "1.1.0", "1 pairs added on 1 pages: 33-02 (1)"),
    ],
)
def test_what_changed(now, version, said):
    made = release(LAST, now)
    assert (made.version, said in made.changelog) == (version, True)


def test_other_columns_are_a_new_major_version():
    made = release(replace(LAST, version="1.4.2", columns="others"), OLD)
    assert made.version == "2.0.0"
    assert "the columns of a row are others" in made.changelog


def test_a_new_column_changes_no_row_of_the_last_release():
    """Both digests are as they were written before `place` came."""
    assert pairs_of([OLD[1]], without=("place",)) == {"33-01: Torque 0 of 33-01?": "c9271627a30a0d29200d9362d4803a16"}
    before = replace(LAST, columns="11c38cb865f30f0e3fba17999bfe7ddf", pairs=pairs_of(OLD, without=("place",)))
    made = release(before, OLD)
    assert (made.version, made.changelog.split("## ")[1]) == ("1.1.0", "1.1.0\n\n- new in a row: place\n\n")
    again = release(made, OLD)
    assert again == made
    mended = release(before, [OLD[0], entry("33-01", "val", ("25 Nm",))])
    assert "- new in a row: place\n- 1 pairs changed on 1 pages: 33-01 (1)\n" in mended.changelog


def test_emitting_often_before_a_release_is_one_entry():
    draft = release(LAST, [*OLD, entry("11-01", "train")])
    final = release(LAST, [*OLD, entry("11-02", "train")])
    assert draft.version == final.version == "1.1.0"
    assert "11-01" not in final.changelog


def test_no_changes_are_no_changes():
    assert not compare(LAST.pairs, LAST.pairs)
    assert next_version("1.9.9", compare({}, {"a: b": "c"}), ()) == "1.10.0"
