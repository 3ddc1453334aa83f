"""The labeler of threads without a key: verbatim and few."""

import pytest

from vlm3_dataset.filters import claims
from vlm3_dataset.labelers.thread_rules import label
from vlm3_dataset.schema import Post, Thread
from vlm3_dataset.sources.worth import resolution, score


def thread(title, *posts):
    written = tuple(Post(n, who, "2012-01-01", text) for n, (who, text) in enumerate(posts, 1))
    return Thread("b", 1, "Engine", title, "", written)


def solved(last, *between):
    opening = ("ann", "It cranks but will not start, no spark at any plug. What would you check?")
    return thread("Cranks, no spark", opening, ("bob", "The reference sensor."), *between, ("ann", last))


@pytest.mark.parametrize(
    ("last", "answer"),
    [
        ("It was the reference sensor. Starts at once now.", "It was the reference sensor. Starts at once now."),
        ("Tried the relay first. Turned out to be the sensor cable.", "Turned out to be the sensor cable."),
        ("Found it! The plug of the sensor was loose.", "Found it! The plug of the sensor was loose."),
        ("New sensor in, runs fine now. Does anybody need the old one?", "New sensor in, runs fine now."),
        ("Replaced the sensor. Problem solved.", "Replaced the sensor. Problem solved."),
    ],
)
def test_what_it_turned_out_to_be_in_its_authors_words(last, answer):
    (pair,) = label(solved(last)).pairs
    assert pair.answer == answer
    assert pair.question.endswith("Cranks, no spark: what did it turn out to be?")
    assert claims.refuse(pair, solved(last)) is None


@pytest.mark.parametrize(
    "last",
    [
        "I hope it was the sensor.", "Was it the sensor?", "Maybe the problem is the relay.", "It wasn't the relay.",
        "Still no spark.", "Thanks, I will try that.", "Problem solved.", "I think it was the sensor, not sure.",
    ],
)  # fmt: skip
def test_a_hope_a_guess_and_a_question_are_none(last):
    assert label(solved(last)).pairs == ()


def test_only_its_author_knows_what_it_was():
    found = thread("Cranks, no spark", ("ann", "No spark at all, what now?"), ("bob", "It was the relay on mine."))
    assert label(found).pairs == ()


def test_numbered_steps_of_one_author():
    steps = "1. Drain the oil.\n2. Take off the pan.\n3. Fit the gasket."
    (pair,) = label(thread("DIY: oil pan gasket", ("ann", f"Here we go:\n{steps}"))).pairs
    assert (pair.question, pair.answer) == ("oil pan gasket: what are the steps, as an owner did it?", steps)


def test_steps_with_a_gap_are_none():
    assert label(thread("DIY: oil pan gasket", ("ann", "1. Drain it.\n2. Open it.\n4. Close it."))).pairs == ()


def test_a_figure_on_a_line_of_its_own():
    found = thread("Spark plugs", ("ann", "What torque, dry?"), ("bob", "Look here.\nSpark plugs, dry: 25 Nm\nAlways."))
    (pair,) = label(found).pairs
    assert (pair.answer, pair.claims[0].post) == ("Spark plugs, dry: 25 Nm", 2)


def test_a_figure_that_two_posts_give_differently_is_none():
    found = thread("Plugs", ("ann", "Torque?"), ("bob", "Spark plugs, dry: 25 Nm"), ("cyd", "Spark plugs, dry: 30 Nm"))
    assert label(found).pairs == ()


def test_the_last_word_counts():
    found = solved("It was the coil after all.", ("ann", "It was the sensor."))
    assert resolution(found).number == 4


def test_a_solved_thread_with_figures_scores_more():
    chat = thread("Chips", ("ann", "Which chip do you like?"), ("bob", "The second one, of course."))
    told = solved("It was the sensor, 960 ohm instead of 540 ohm, part 12 14 1 708 620. Fixed.", ("cyd", "Same here."))
    assert score(chat) < 0.1
    assert score(told) > 0.5
