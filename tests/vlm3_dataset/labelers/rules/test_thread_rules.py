"""The labeler of threads without a key: verbatim and few."""

import pytest

from vlm3_dataset.filters.claims import claims
from vlm3_dataset.labelers.rules.thread_rules import label
from vlm3_dataset.schema import Post, Thread
from vlm3_dataset.sources.threads.worth import resolution, score


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
        "Bob nailed it.", "Case closed, folks.",
    ],
)  # fmt: skip
def test_a_hope_a_guess_and_a_question_are_none(last):
    assert label(solved(last)).pairs == ()


@pytest.mark.parametrize(
    "last",
    [
        "Case closed, folks. The plug of the sensor was loose.",
        "Update. The culprit: the plug of the sensor, finger loose.",
        "Bob nailed it. The sensor read nothing when hot.",
        "It ended up being the sensor after all.",
        "Bob nailed it. The pin of the sensor had backed out maybe 2 mm.",
    ],
)
def test_its_author_has_his_own_words_for_it(last):
    (pair,) = label(solved(last)).pairs
    assert "sensor" in pair.answer


@pytest.mark.parametrize(
    "later",
    [
        ("ann", "Sigh, spoke too soon. It died again today."),
        ("ann", "It came right back after the longer drive."),
        ("ann", "Nope, back again this morning."),
        ("ann", "Back to the drawing board."),
        ("bob", "Do NOT do this, anybody reading."),
        ("bob", "That is dangerous."),
    ],
)
def test_what_a_later_post_takes_back_or_warns_of_is_none(later):
    found = solved("It was the reference sensor. Starts at once now.")
    told = thread(found.title, *((post.author, post.text) for post in found.posts), later)
    assert label(told).pairs == ()


@pytest.mark.parametrize("later", [("ann", "Thanks all, it is back on the road."), ("bob", "Mine was back again.")])
def test_what_sounds_like_it_takes_nothing_back(later):
    found = solved("It was the reference sensor. Starts at once now.")
    told = thread(found.title, *((post.author, post.text) for post in found.posts), later)
    assert len(label(told).pairs) == 1


def test_a_reply_may_have_the_steps_that_were_asked_for():
    steps = "1) Clamp both hoses.\n2) Undo the two screws.\n3) Pull out the pipes."
    asked = ("ann", "How do you change the heater valve, must the dash come out?")
    (pair,) = label(thread("Heater valve leaks", asked, ("bob", f"Did mine last month:\n{steps}"))).pairs
    assert (pair.answer, pair.claims[0].post) == (steps, 2)


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


@pytest.mark.parametrize(
    ("opening", "about"),
    [("Which torque do the spark plugs take?", "Which torque do the spark plugs take"), ("Thanks!", None)],
)
def test_a_title_that_says_nothing_leaves_the_subject_to_the_opening(opening, about):
    pairs = label(thread("Help!!!", ("ann", opening), ("bob", "Spark plugs, dry: 25 Nm"))).pairs
    asked = [f"{about}: what does an owner give for Spark plugs, dry?"] if about else []
    assert [pair.question for pair in pairs] == asked


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
