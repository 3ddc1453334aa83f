"""A confirmation must be proved by words of the posts, and a refusal counts in any case."""

from dataclasses import replace

import pytest

from vlm3_dataset.filters.claims.second_opinion import opinion, pairs_to_check, stands, with_opinion
from vlm3_dataset.labelers.claude.thread_reader import Check, Passage
from vlm3_dataset.schema import QA, Dropped, Post, Thread

THREAD = Thread(
    "b",
    1,
    "Engine",
    "Plug torque?",
    "u",
    (
        Post(1, "Owner 1", "2012-01-01", "How tight is the drain plug?"),
        Post(2, "Owner 2", "2012-01-02", "I did mine with 25 Nm - it’s still dry. Gap < 0.7 mm."),
        Post(3, "Owner 3", "2012-01-03", "25 is too little, mine leaked."),
    ),
)
QUESTION, ANSWER = "How tight is the drain plug of an M3?", "One owner did his with 25 Nm."
PAIR = QA(QUESTION, ANSWER, "e", "torque", "claude", "m", "p", "quoted", confidence="one owner", owners=1)
HERE, THERE, NOWHERE = (2, "I did mine with 25 Nm"), (3, "25 is too little"), (2, "I did mine with 26 Nm")


def check(verdict, support=(), against=()):
    passages = ([Passage(post=post, words=words) for post, words in some] for some in (support, against))
    return Check(number=1, verdict=verdict, **dict(zip(("support", "against"), passages, strict=True)))


NOT_SAID = "a second reader finds no post that says so"
DISPUTED = "a second reader finds it disputed by another post"


@pytest.mark.parametrize(
    ("checks", "reason"),
    [
        ([check("said", [HERE])], ""),
        ([check("said", [HERE], [THERE])], ""),  # both sides are told
        ([check("said", [HERE], [NOWHERE])], ""),
        ([check("said", [HERE]), check("said", [HERE])], ""),
        ([check("said")], NOT_SAID),
        ([check("said", [(2, " ")])], NOT_SAID),
        ([check("said", [NOWHERE])], NOT_SAID),
        ([check("said", [HERE, NOWHERE])], NOT_SAID),
        ([check("said", [(3, HERE[1])])], NOT_SAID),
        ([check("said", [(9, HERE[1])])], NOT_SAID),
        ([], NOT_SAID),
        ([check("not said", [HERE])], NOT_SAID),
        ([check("said", [HERE]), check("not said")], NOT_SAID),
        ([check("said otherwise")], "a second reader finds it said otherwise"),
        ([check("said otherwise", [HERE])], f"a second reader finds it said otherwise: post 2 has: {HERE[1]}"),
        ([check("names someone", [HERE], [THERE])], "a second reader finds that it names somebody"),
        ([check("disputed", [HERE], [NOWHERE])], f"{DISPUTED}: post 2 has: {HERE[1]}"),
        ([check("disputed", [HERE], [THERE])], f"{DISPUTED}: post 3 has: {THERE[1]}"),
    ],
)  # fmt: skip
def test_what_a_check_makes_of_a_pair(checks, reason):
    after = with_opinion(PAIR, {(QUESTION, ANSWER): checks}, THREAD)
    if reason:
        assert after == Dropped(replace(PAIR, second_reader="disputes"), reason)
    else:
        assert after == replace(PAIR, second_reader="agrees")


def test_what_was_not_asked_stays_as_it_is():
    assert with_opinion(PAIR, {}, THREAD) == PAIR
    assert with_opinion(PAIR, {(QUESTION, "Another answer."): [check("disputed")]}, THREAD) == PAIR


@pytest.mark.parametrize(
    ("post", "words", "stand"),
    [
        (2, "i did mine with 25 nm", True),
        (2, '"I did mine with 25 Nm - it\'s still dry."', True),
        (2, "I did mine … it's still dry", True),
        (2, "Gap &lt; 0.7 mm", True),
        (1, "Plug torque? How tight", True),  # the title is the opening's
        (2, "I did mine with 2.5 Nm", False),
        (2, "I did mine ... wet", False),
        (2, "...", False),
        (2, "", False),
        (0, "I did mine", False),
    ],
)
def test_words_stand_in_their_post_or_not(post, words, stand):
    assert stands(Passage(post=post, words=words), THREAD) is stand


def test_a_verdict_carries_only_words_that_stand():
    assert opinion([check("disputed", [], [NOWHERE])], THREAD) == ("disputed", None)


@pytest.mark.parametrize(
    ("again", "read"),
    [("all", {"manual agrees", "several owners", "one owner", "disputed"}), ("doubtful", {"one owner", "disputed"})],
)
def test_what_is_read_again(again, read):
    pairs = [replace(PAIR, confidence=each) for each in ("manual agrees", "several owners", "one owner", "disputed")]
    assert {qa.confidence for qa in pairs_to_check(pairs, again)} == read
