"""A term is found as the word it is, however it is hyphenated, and never inside another."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.scorers import anls
from evaluation.scorers.keywords import places, present, score

TIGHTEN = {"any": ["tighten", "torque down"], "verb": True}
NOT_GIVEN = {"any": ["give", "given"], "polarity": "negated", "instead": "specification"}
NOT_BEND = {"any": ["bend"], "polarity": "negated", "verb": True}
BEND = {"any": ["bend"], "polarity": "affirmed", "verb": True}


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("flywheel", "Clean the Fly-wheel."),
        ("fly wheel", "flywheels"),
        ("guide bush", "new guide bushes"),
        ("pulley", "both pulleys"),
        ("battery", "two batteries"),
        ("bolts", "one bolt"),
        ("sump|oil pan", "Remove the oil-pan."),
        ("timing chain", "the **timing chain**"),
        ("timing chain", "timing‑chain tensioner"),
        ("piston", "the piston's crown"),
        ("Molykote", "MOLYKOTE paste"),
        ("special tool 11 2 010", "pull it with Special Tool 11 2 010."),
        (TIGHTEN, "after tightening"),
        (TIGHTEN, "it is torqued down"),
        ({"any": ["fit"], "verb": True}, "was fitted"),
        ({"any": ["apply"], "verb": True}, "is applied"),
        (NOT_BEND, "Do not bend the pipe."),
        (NOT_BEND, "The pipe mustn't be bended."),
        (NOT_BEND, "Remove without bending."),
        (BEND, "Bend the tab; do not reuse it."),
        (BEND, "It is not hot, bend it."),
        (NOT_GIVEN, "See Specifications."),
        (NOT_GIVEN, "The value is not given."),
    ],
)
def test_present(term, answer):
    assert present(term, answer)


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("ring", "bearing"),
        ("valve", "valved"),
        ("seat", "seating"),
        ("bush", "ambush"),
        ("rocker arm", "arm of the rocker"),
        ("rocker arm", "rocker. Arm the alarm."),
        ("oil pan", "oil the pan"),
        ("special tool 11 2 010", "special tool 11 20 10"),
        ("tighten", "tightening"),
        (NOT_BEND, "Bend the tab."),
        (NOT_BEND, "Not hot: bend it."),
        (NOT_BEND, "Do not clean but bend it."),
        (BEND, "Never bend it."),
        (NOT_GIVEN, "It is given in the table."),
        ("grease", ""),
    ],
)
def test_absent(term, answer):
    assert not present(term, answer)


def test_places_are_those_of_the_original_text():
    answer = "Both ½ **crank-shafts**"
    assert [answer[start:end] for start, end in places("crankshaft", answer)] == ["crank-shafts"]


def test_forbidden_terms_lower_the_score():
    assert score(["grease", "seal"], "Grease it.") == 1 / 2
    assert score(["grease"], "Grease it with sealant.", forbid=["sealant"]) == 1 / 2
    assert score(["grease"], "Grease it.", forbid=["sealant"]) == 1
    assert score([], "Grease it.", forbid=["grease"]) is None


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_raises(term, answer):
    for start, end in places(term, answer):
        assert answer[start:end]


@settings(deadline=None)
@given(st.from_regex(r"[a-z]{3,9}( [a-z]{3,9}){0,2}", fullmatch=True))
def test_a_term_is_found_in_a_sentence_that_holds_it(term):
    assert present(term, f"See the {term.upper()}.")
    assert present(term.replace(" ", "-"), term)


@pytest.mark.parametrize(
    ("reference", "answer", "points"),
    [
        ("24 Nm", "24 NM", 1),
        ("24 Nm", "25 Nm", 0.8),
        ("abcd", "abxy", 0),  # a distance of exactly the threshold
        ("24 Nm", "The torque is 24 Nm.", 0),
        (["24 Nm", "18 ft-lb"], "18 ft-lb", 1),
        ("", "", 1),
        ([], "24 Nm", 0),
    ],
)
def test_anls(reference, answer, points):
    assert anls.score(reference, answer) == pytest.approx(points)


def test_an_answer_that_is_far_too_long_is_not_aligned(monkeypatch):
    monkeypatch.setattr(anls, "_distance", lambda *_: pytest.fail("letters were compared"))
    assert anls.score("24 Nm", "x" * 5000) == 0
    assert anls.score("ab", "abcd") == 0  # a distance of the threshold at least


@given(st.text("ab", min_size=1, max_size=9), st.text("ab", max_size=9))
def test_anls_is_what_its_formula_says(reference, answer):
    distance = anls._distance(reference, answer) / max(len(reference), len(answer))
    assert anls.score(reference, answer) == (1 - distance if distance < 0.5 else 0)


@pytest.mark.real
def test_the_agreed_table(shared):
    lines = (shared / "cases" / "keyword.jsonl").read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    assert len(cases) >= 37
    assert [case for case in cases if present(case["term"], case["answer"]) != case["present"]] == []
