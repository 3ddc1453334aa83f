"""Answers of a labeler about twenty threads of ours: good ones pass, and each planted fault is caught."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.vlm3_dataset.answers import FAULTS, GOOD, faulty, good
from vlm3_dataset.filters import claims


@pytest.mark.parametrize("number", range(len(GOOD)))
def test_a_good_answer_passes(number):
    qa, thread = good(number)
    assert claims.refuse(qa, thread) is None


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught(name):
    found = [each for number in range(len(GOOD)) if (each := faulty(name, number))]
    missed = [qa.answer for qa, thread in found if claims.refuse(qa, thread) is None]
    assert found
    assert len(missed) <= 0.1 * len(found), missed


def test_of_all_faults_together_hardly_any_passes():
    found = [each for name in FAULTS for number in range(len(GOOD)) if (each := faulty(name, number))]
    assert sum(claims.refuse(*each) is not None for each in found) >= 0.95 * len(found)


def test_it_says_which_rule_was_broken():
    reasons = Counter(
        claims.refuse(*each) for number in range(len(GOOD)) if (each := faulty("quote of another post", number))
    )
    assert reasons.most_common(1)[0][0] == "a quote is of another post"


@pytest.mark.parametrize(
    "answer", ["I am unable to see it; refer to the specifications.", "The image does not show it, see the manual."]
)
def test_talk_about_what_cannot_be_seen_is_a_reason_too(answer):
    qa, thread = good(0)
    assert claims.refuse(replace(qa, answer=answer), thread) == "a refusal or talk about the image"
