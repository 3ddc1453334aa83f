"""What reviewers decided, carried out: it wins over the filter, and never over the split."""

from dataclasses import replace

import pytest

from tests.vlm3_dataset.hub.test_emit import entry
from vlm3_dataset.review.decided import Stays, one_sided, pairs_that_stay, tally
from vlm3_dataset.review.decisions import Decision, subject
from vlm3_dataset.review.pairs import Pair
from vlm3_dataset.schema import QA

PAGE = entry("21-03", "train").page
KEPT = QA("Torque of the cover?", "24 Nm", "Cover 24 Nm", "torque", "claude", "m", "p-1", "verified", "agrees")
DROPPED = replace(KEPT, question="What does this page show?", numbers_grounded="none")


def pair(qa, reason="", like=""):
    return Pair("key", subject(PAGE, qa), PAGE, qa, reason, like)


PAIRS = [pair(KEPT), pair(DROPPED, "means nothing")]


def decided(qa, verdict, **fields):
    return {subject(PAGE, qa): Decision(subject(PAGE, qa), verdict, "anna", "2026-11-27T10:00:00+00:00", **fields)}


def staying(standing):
    return pairs_that_stay(
        PAIRS,
        standing,
        lambda qa: replace(qa, numbers_grounded="unconfirmed" if "25" in qa.answer else "verified", place="1,2,3,4"),
    )


@pytest.mark.parametrize(
    ("standing", "stays"),
    [
        ({}, [Stays(KEPT)]),
        (decided(KEPT, "accept"), [Stays(replace(KEPT, reviewed="accepted"))]),
        (decided(KEPT, "reject"), []),
        (decided(DROPPED, "reject"), [Stays(KEPT)]),
        (
            decided(DROPPED, "accept"),
            [
                Stays(KEPT),
                Stays(
                    replace(DROPPED, reviewed="accepted", numbers_grounded="verified", place="1,2,3,4"), by_hand=True
                ),
            ],
        ),
        (
            decided(KEPT, "edit", question="Torque?", answer="25 Nm"),
            [
                Stays(
                    replace(
                        KEPT,
                        question="Torque?",
                        answer="25 Nm",
                        reviewed="edited",
                        numbers_grounded="unconfirmed",
                        second_reader="not asked",
                        place="1,2,3,4",
                    ),
                    by_hand=True,
                )
            ],
        ),
    ],
)
def test_a_reviewer_wins_over_the_filter(standing, stays):
    assert staying(standing) == stays


@pytest.mark.parametrize(
    "changed",
    [
        replace(PAGE, sha256="another picture"),
        replace(PAGE, page_id="21-04"),
    ],
)
def test_a_decision_about_another_picture_or_page_does_nothing_and_is_counted(changed):
    about = subject(changed, KEPT)
    standing = {about: Decision(about, "reject", "anna", "2026-11-27T10:00:00+00:00")}
    assert staying(standing) == [Stays(KEPT)]
    assert str(tally(PAIRS, standing)) == "1 undecided; 1 void, as page or pair has changed"


@pytest.mark.parametrize(("reason", "like"), [("", ""), ("as on 21-09", "21-09")])
def test_what_the_second_reader_has_verified_stays_so_where_a_reviewer_accepts_it(reason, like):
    read = replace(KEPT, place="5,6,7,8")  # whatever the page's words alone would say of it now
    accept = decided(read, "accept")
    (stays,) = pairs_that_stay([pair(read, reason, like)], accept, lambda qa: replace(qa, numbers_grounded="none"))
    assert stays.qa == replace(read, reviewed="accepted")


def test_a_decision_about_another_answer_does_nothing():
    assert staying(decided(replace(KEPT, answer="26 Nm"), "reject")) == [Stays(KEPT)]


def test_the_tally_counts_verdicts_and_what_is_left():
    standing = decided(KEPT, "edit") | decided(DROPPED, "accept")
    assert str(tally(PAIRS, standing)) == "1 accepted, 1 edited, 0 undecided"


SIDES = {"a": "train", "b": "val", "c": None}


@pytest.mark.parametrize(
    ("stay", "held_back"),
    [
        ({"a": [Stays(KEPT)], "b": [Stays(DROPPED)]}, 0),
        ({"a": [Stays(KEPT)], "b": [Stays(KEPT, by_hand=True)]}, 1),
        ({"a": [Stays(KEPT, by_hand=True)], "b": [Stays(KEPT)]}, 1),  # the filter's own stays, wherever it stands
        ({"a": [Stays(KEPT, by_hand=True)], "b": [Stays(KEPT, by_hand=True)]}, 1),
        ({"a": [Stays(KEPT), Stays(KEPT, by_hand=True)]}, 0),
        ({"a": [Stays(KEPT)], "b": [Stays(DROPPED, by_hand=True, like="a")]}, 1),
        ({"a": [Stays(KEPT), Stays(DROPPED, by_hand=True, like="a")]}, 0),
        ({"a": [Stays(KEPT)], "c": [Stays(KEPT, by_hand=True)]}, 0),  # c is left out as a whole
        ({"a": [Stays(KEPT)], "b": [Stays(replace(KEPT, answer="24  nm."), by_hand=True)]}, 1),
    ],
)
def test_what_is_brought_back_stays_out_where_the_other_side_says_it(stay, held_back):
    pairs, count = one_sided(stay, SIDES)
    assert count == held_back
    assert sum(map(len, pairs.values())) == sum(map(len, stay.values())) - held_back
    assert all(each.qa in pairs[page_id] for page_id, found in stay.items() for each in found if not each.by_hand)
