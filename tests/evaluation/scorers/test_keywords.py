"""A term is found as the word it is, however it is hyphenated, and never inside another."""

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.scorers import anls
from evaluation.scorers.keywords import present, score, term_spans

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
    assert [answer[start:end] for start, end in term_spans("crankshaft", answer)] == ["crank-shafts"]


def test_forbidden_terms_lower_the_score():
    assert score(["grease", "seal"], "Grease it.") == 1 / 2
    assert score(["grease"], "Grease it with sealant.", forbid=["sealant"]) == 1 / 2
    assert score(["grease"], "Grease it.", forbid=["sealant"]) == 1
    assert score([], "Grease it.", forbid=["grease"]) is None


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_raises(term, answer):
    for start, end in term_spans(term, answer):
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
        ("24 Nm", "x" * 5000, 0),
        ("ab", "abcd", 0),
    ],
)
def test_anls(reference, answer, points):
    assert anls.score(reference, answer) == pytest.approx(points)


@given(st.text("ab", min_size=1, max_size=9), st.text("ab", max_size=9))
def test_anls_is_what_its_formula_says(reference, answer):
    """The distance by its definition, without a table of what is known already."""

    @cache
    def distance(one, other):
        if not (one and other):
            return len(one + other)
        kept = distance(one[1:], other[1:]) + (one[0] != other[0])
        return min(kept, distance(one[1:], other) + 1, distance(one, other[1:]) + 1)

    share = distance(reference, answer) / max(len(reference), len(answer))
    assert anls.score(reference, answer) == (1 - share if share < 0.5 else 0)


@pytest.mark.real
def test_the_agreed_table(shared):
    files = [shared / "cases" / name for name in ("keyword.jsonl", "keyword_2.jsonl")]
    cases = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    assert len(cases) >= 72
    assert [case for case in cases if present(case["term"], case["answer"]) != case["present"]] == []


FORMS = [
    (NOT_BEND, "it is not forbidden to bend the rod", False),
    (NOT_BEND, "bending the rod is not forbidden", False),
    ("stimulus", "stimuli", True),
    ("???", "It prints '???'.", True),
    ("???", "It prints nothing.", False),
    (NOT_BEND, "the rod does not twist and bends easily", False),
    (NOT_BEND, "the rod must be prevented from bending", True),
    (NOT_BEND, "nothing prevents you from bending the rod", False),
    (NOT_BEND, "there is no reason not to bend the rod", False),
    (NOT_BEND, "there is no need to bend the rod", True),
    (NOT_BEND, "do not, at any price, bend the rod", True),
    (NOT_BEND, "none of the rods may be bent", True),
    (NOT_BEND, "bending the rod is out of the question", True),
    ("odour", "a strong odor", True),
    ("tire", "the tyres", True),
    ("fibre", "fiber washer", True),
    ("vapour", "fuel vapor lock", True),
    ("gauge", "gage", True),
    ({"any": ["wear"], "verb": True}, "the pads are worn", True),
    ({"any": ["bleed"], "verb": True}, "after the brakes were bled", True),
    ({"any": ["drive"], "verb": True}, "driven shaft", True),
    ({"any": ["break"], "verb": True}, "a broken seal", True),
    ({"any": ["take"], "verb": True}, "was taken off", True),
    ({"any": ["grind"], "verb": True}, "ground down", True),
    ({"any": ["lubricate"], "verb": True}, "lubricating", True),
    ({"any": ["install"], "verb": True}, "reinstalled", True),
    ({"any": ["check"], "verb": True}, "recheck", True),
    ("labelled", "labeled", True),
    ("centre bearing", "center bearing", True),
    ("analyser", "exhaust gas analyzer", True),
    ("index", "indices", True),
    ("shelf", "shelves", True),
    ("tooth", "teeth", True),
    ("half", "both halves", True),
    ("113040", "tool 11 3 040", True),
    ("11 3 040", "113040", True),
    ("D", "bore D", True),
    ("D", "bore d", True),
    ("RD", "wire RD", True),
    ({"any": ["reuse"], "verb": True, "polarity": "negated"}, "The bolts must not be reused", True),
    ({"any": ["reuse"], "verb": True, "polarity": "negated"}, "Never reuse", True),
    ({"any": ["reuse"], "verb": True, "polarity": "negated"}, "reuse is not allowed", True),
    ({"any": ["reuse"], "verb": True, "polarity": "negated"}, "may not be reused", True),
    ({"any": ["start"], "verb": True, "polarity": "negated"}, "the engine is unable to start", True),
    ({"any": ["start"], "verb": True, "polarity": "negated"}, "the engine refuses to start", True),
    ({"any": ["start"], "verb": True, "polarity": "negated"}, "engine cannot be started", True),
    ({"any": ["bend"], "verb": True, "polarity": "negated"}, "avoid bending the pipe", True),
    ({"any": ["replace"], "verb": True, "polarity": "affirmed"}, "do not forget to replace the seal", True),
    ({"any": ["replace"], "verb": True, "polarity": "affirmed"}, "must not be reused and must be replaced", True),
    ({"any": ["replace"], "verb": True, "polarity": "affirmed"}, "never reuse, always replace", True),
    ({"any": ["replace"], "verb": True, "polarity": "affirmed"}, "not only clean but replace", True),
    ({"any": ["bend"], "verb": True, "polarity": "negated"}, "do not kink or bend the pipe", True),
    ({"any": ["bend"], "verb": True, "polarity": "negated"}, "bending is strictly forbidden", True),
    ({"any": ["oil"], "verb": True, "polarity": "negated"}, "The threads should not be oiled.", True),
    ({"any": ["oil"], "verb": True, "polarity": "affirmed"}, "oil the threads", True),
    ("colour", "Colours", True),
    ("aluminium", "aluminum-alloy", True),
    ("bearing", "bears", False),
    ("seal", "sealant", False),
    ({"any": ["use"], "verb": True}, "reuse", False),
    ({"any": ["place"], "verb": True}, "replace", False),
    ("filed", "filled", False),
    ("D", "d) remove it", False),
    ("10", "10 Nm", False),
    ("11 2 010", "11 20 10", False),
    ({"any": ["start"], "verb": True, "polarity": "negated"}, "does not stall and will start", False),
    ({"any": ["replace"], "verb": True, "polarity": "affirmed"}, "There is no need to replace it", False),
    ({"any": ["replace"], "verb": True, "polarity": "affirmed"}, "Replacement is not necessary", False),
    ({"any": ["reuse"], "verb": True, "polarity": "negated"}, "Reuse is permitted", False),
    ({"any": ["oil"], "verb": True, "polarity": "negated"}, "Oil it, do not grease it", False),
    ({"any": ["oil"], "verb": True, "polarity": "affirmed"}, "never oil the threads", False),
    ({"any": ["reuse"], "verb": True, "polarity": "negated"}, "do not forget to reuse", False),
]


@pytest.mark.parametrize(("term", "answer", "found"), FORMS)
def test_forms_spellings_and_negations(term, answer: str, found: bool):
    assert present(term, answer) is found


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        ("The ring, then the cap.", 1),
        ("The cap, then the ring.", 0),
        ("The ring.", 1 / 2),
        ("The ring, the cap and a shim.", 2 / 3),
    ],
)
def test_order_and_forbidden_terms(answer: str, points: float):
    assert score(["ring", "cap"], answer, forbid=["shim"], ordered=["ring", "cap"]) == pytest.approx(points)


def test_a_critical_case_has_no_part_points_for_what_is_wrong():
    fresh = {"any": ["new"], "polarity": "affirmed"}
    assert score([fresh, "bolt"], "new bolts, oiled", forbid=["oil"], critical=True) == 1
    assert score([fresh, "bolt"], "never new bolts", critical=True) == 0
    assert score([fresh, "bolt"], "bolts", critical=True) == 1 / 2
    assert score(["bolt"], "bolts with oil", forbid=["oil"], critical=True) == 0
