"""One question stays one question; two that differ in a number, a side or an answer stay two."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vlm3_dataset.filters import named_pairs
from vlm3_dataset.filters import duplicates
from vlm3_dataset.filters.duplicates import Duplicate, Item
from vlm3_dataset.schema import QA


def item(question, answer="24 Nm", page_id="21-03", grounded="verified"):
    return Item(page_id, QA(question, answer, "e", "torque", "claude", "m", "v", grounded))


def alike(texts):
    """Vectors that call everything the same, so that only the guards decide."""
    return np.ones((len(texts), 4), np.float32) / 2


def unlike(texts):
    return np.eye(len(texts), dtype=np.float32)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Which tool is used in step 3?", "Which tool is used in step 4?"),
        ("Torque of the front hub nut?", "Torque of the rear hub nut?"),
        ("Clearance of the intake valve, cold?", "Clearance of the exhaust valve, cold?"),
        ("How is the clutch removed, remove first?", "How is the clutch fitted, install first?"),
        ("Part number KV381054S0?", "Part number KV381052S0?"),
        ("Torque in the 1st stage?", "Torque in the 2nd stage?"),
    ],
)
def test_numbers_and_opposites_keep_questions_apart(one, other):
    assert duplicates.duplicates([item(one), item(other)], alike) == {}


def test_the_same_meaning_and_answer_is_asked_once():
    items = [item("When must the belt be replaced?", "60,000 km"), item("At what mileage is it renewed?", "60,000 km")]
    assert duplicates.duplicates(items, alike) == {1: Duplicate("means the same as a question on 21-03", "21-03")}


def owners(question, answer, manual=""):
    found = item(question, answer, "thread-b-1", "quoted")
    return replace(found, qa=replace(found.qa, manual=manual))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the torque of the M8 cover bolts?", "24 Nm"),
        ("What is the torque of the M8 cover bolts?", "The cover bolts take 24 Nm."),
        ("What torque do owners use on the M8 cover bolts?", "Owners tighten them to 24 Nm (18 ft-lb)."),
        ("What torque do owners use on the M8 cover bolts?", "They take 18 ft-lb."),
    ],
)
def test_of_an_owners_pair_and_the_manuals_the_manuals_stays(question, answer):
    found = duplicates.duplicates([owners(question, answer), item("Torque of the M8 cover bolts?")], alike)
    assert {at: one.page_id for at, one in found.items()} == {0: "21-03"}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What torque do the M8 cover bolts take?", "They take 25 Nm."),
        ("What torque do the M8 cover bolts take?", "They take 24 Nm, and 34 Nm with 10.9."),
        ("What torque do the M10 cover bolts take?", "They take 24 Nm."),
        ("What pressure do the M8 cover bolts take?", "They take 24 bar."),
        ("Which M8 cover bolts leak?", "The upper ones."),
    ],
)
def test_what_an_owner_says_of_something_else_stays(question, answer):
    assert duplicates.duplicates([owners(question, answer), item("Torque of the M8 cover bolts?")], alike) == {}


def test_an_owners_pair_is_what_rules_ask_only_if_it_agrees_with_that_page():
    asked = item("Torque of temperature sensor, oil?", page_id="12-14")
    asked = replace(asked, qa=replace(asked.qa, labeler="rules"))
    for manual, gone in (("", []), ("12-15: 24 Nm", []), ("12-14: 24 Nm", [0])):
        pair = owners("What torque has the oil temperature sensor?", "It takes 24 Nm.", manual)
        assert list(duplicates.duplicates([pair, asked], alike)) == gone


def test_a_repeat_of_an_owners_pair_names_the_manuals_page_too():
    told = owners("What torque do owners use on the M8 cover bolts?", "They take 24 Nm.")
    found = duplicates.duplicates([told, told, item("Torque of the M8 cover bolts?")], alike)
    assert {at: one.page_id for at, one in found.items()} == {0: "21-03", 1: "21-03"}


def test_rules_that_ask_in_the_pages_words_mean_the_same_only_by_the_same_letters():
    def by_rules(question):
        return replace(item(question), qa=replace(item(question).qa, labeler="rules"))

    two_parts = [
        by_rules("Torque of temperature sensor, air (M14 x 1.5)?"),
        by_rules("Torque of temperature sensor, oil?"),
    ]
    assert duplicates.duplicates(two_parts, alike) == {}
    twice = [by_rules("Torque of plug (All, M14 x 1.5)?"), by_rules("torque of plug (All,M14×1.5)")]
    assert list(duplicates.duplicates(twice, unlike)) == [1]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("M14 x 1.5", "M14×1.5", True),
        ("Oil-pressure switch", "oil pressure switch", True),
        ("1.5 mm", "15 mm", False),
        ("a 0.25", "a 0,25", False),
    ],
)
def test_letters(one, other, same):
    assert (duplicates.without_signs(one) == duplicates.without_signs(other)) is same


def test_another_answer_is_another_question():
    assert (
        duplicates.duplicates([item("Torque of the bolt?", "24 Nm"), item("Torque of this bolt?", "42 Nm")], alike)
        == {}
    )


@pytest.mark.parametrize(("one", "other"), [("25 Nm", "25 N·m"), ("0,05 mm", "0.05 mm"), ("M10x1.5", "M10×1,5")])
def test_one_value_in_two_spellings_is_one_answer(one, other):
    assert list(duplicates.duplicates([item("Value of it?", one), item("Value for it?", other)], alike)) == [1]


@pytest.mark.parametrize(("one", "other"), [("25 Nm", "25 Nm and 90°"), ("max. 2 mm", "min. 2 mm"), ("2 mm", "2 bar")])
def test_what_a_value_is_keeps_answers_apart(one, other):
    assert duplicates.duplicates([item("Value of it?", one), item("Value for it?", other)], alike) == {}


def test_only_what_could_be_a_duplicate_is_given_a_vector():
    asked = []

    def embed(texts):
        asked.extend(texts)
        return alike(texts)

    items = [item(f"Torque of bolt {n}?") for n in range(50)] + [item("Torque of that bolt 7?")]
    assert len(duplicates.duplicates(items, embed)) == 1
    assert asked == ["Torque of bolt 7?", "Torque of that bolt 7?"]


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_every_row_that_goes_is_near_one_that_stays_and_none_else_goes(seed, count):
    """Against the plain way, a row at a time."""
    vectors = np.random.default_rng(seed).standard_normal((count, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    stay, plain = [], {}
    for row in range(count):
        first = next((kept for kept in stay if vectors[kept] @ vectors[row] >= duplicates.COSINE), None)
        if first is None:
            stay.append(row)
        else:
            plain[row] = first
    assert dict(duplicates._near(vectors)) == plain


def test_exact_repeats_need_no_vectors():
    items = [item("Torque of the bolt?"), item("torque of the  Bolt", "24 nm.", page_id="11-02")]
    assert duplicates.duplicates(items, unlike) == {1: Duplicate("the same question and answer as on 21-03", "21-03")}


def test_of_two_in_doubt_the_one_that_was_read_twice_stays():
    def doubt(second):
        return Item(second, replace(item("Torque?", grounded="unconfirmed").qa, second_reader=second))

    assert list(duplicates.duplicates([doubt("disputes"), doubt("agrees"), doubt("not asked")], unlike)) == [2, 0]


@pytest.mark.parametrize("second", ["verified", "none"])
def test_the_better_grounded_one_stays(second):
    items = [item("Torque?", grounded="unconfirmed"), item("Torque?", page_id="b", grounded=second)]
    assert list(duplicates.duplicates(items, unlike)) == [0]


def test_blocks_do_not_change_the_result(monkeypatch):
    items = [item(f"Question about part {n % 7}?", f"{n % 7} Nm") for n in range(40)]
    whole = duplicates.duplicates(items, alike)
    monkeypatch.setattr(duplicates, "BLOCK", 3)
    assert duplicates.duplicates(items, alike) == whole
    assert len(whole) == 33


@pytest.fixture(scope="module")
def embed():
    from vlm3_dataset.filters.embedding import Embedder

    return Embedder()


def found(pairs, embed):
    """How many of these pairs are taken for one question, by the real vectors and one answer for all."""
    items = [item(question, page_id=str(number)) for number, pair in enumerate(pairs) for question in pair]
    gone = duplicates.duplicates(items, embed)
    return sum(2 * number + 1 in gone and gone[2 * number + 1].page_id == str(number) for number in range(len(pairs)))


def test_what_looks_alike_is_kept_apart_and_what_means_the_same_is_joined(embed):
    """Two paraphrases lie at 0.77, below what other questions reach: they stay two, and that costs a question."""
    assert (len(named_pairs.APART), len(named_pairs.ONE)) == (12, 8)
    assert found(named_pairs.APART, embed) == 0
    assert found(named_pairs.ONE, embed) >= 6


def test_a_repeat_names_the_page_of_the_pair_that_stays():
    items = [
        item("Torque of the bolt?", "24 Nm", page_id="a"),
        item("Torque of this bolt?", "24 Nm", page_id="b"),
        item("Torque of this bolt?", "24 Nm", page_id="c"),
    ]
    said = Duplicate("means the same as a question on a", "a")
    assert duplicates.duplicates(items, alike) == {1: said, 2: said}


def test_nothing_to_compare():
    assert duplicates.duplicates([], alike) == {}
