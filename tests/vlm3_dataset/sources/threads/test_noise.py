"""What says nothing goes with its reason; what answers stays, however short."""

import pytest

from vlm3_dataset.schema import Post, Thread
from vlm3_dataset.sources.threads.noise import refuse_post, refuse_thread
from vlm3_dataset.sources.threads.rebuild import thread_row
from vlm3_dataset.threads import clean

REPLY = Post(2, "b", "", "Check the reference sensor at the bell housing first.")


def thread(title, opening="It will not start when it is warm. What would you check?", forum="Engine", posts=(REPLY,)):
    return Thread("b", 1, forum, title, "", (Post(1, "a", "", opening), *posts))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("It was the reference sensor.", ""),
        ("24 Nm", ""),
        ("Left one is reverse thread.", ""),
        ("No, clockwise.", ""),
        ("Yes, the relay.", ""),
        ("Both", ""),
        ("dizzy cap", ""),
        ("ccw", ""),
        ("I would look at the wiring behind the cluster before anything else.", ""),
        ("here are a few more\nhttp://wood.example/plans", "links alone"),
        ("Thanks!", "social"),
        ("bump", "social"),
        ("+1", "social"),
        ("Subscribed.", "social"),
        ("Nice car, congrats! :)", "social"),
        ("Thank you so much for the great write-up guys!!", "social"),
        ("PM sent", "social"),
        ("lol", "social"),
        ("Any updates?", "social"),
        ("Same here", "social"),
        ("Hm, okay then", "short"),
        ("interesting", "short"),
        ("http://a.example/x", "links alone"),
        ("Look here: https://a.example/long/path/page.html", "links alone"),
        ("", "no words"),
        ("...", "no words"),
    ],
)
def test_posts(text, reason):
    assert refuse_post(Post(1, "a", "", text)) == reason


@pytest.mark.parametrize(
    ("before", "text", "reason"),
    [
        ("Would you fit Koni or Bilstein?", "Koni i think", ""),
        ("Would you fit Koni or Bilstein?", "Nice car", "social"),
        ("I like Koni or Bilstein.", "Koni i think", "short"),
        ("Did you see it at the lake?", "at the lake", "short"),
    ],
)
def test_a_word_of_the_alternatives_asked_about_is_an_answer(before, text, reason):
    assert refuse_post(Post(2, "b", "", text), before) == reason


def test_a_word_of_the_question_that_a_post_quotes_is_an_answer_too():
    posts = [
        {"post_id": 10, "number": 1, "author": "a", "text": "Would you fit Koni or Bilstein? It clunks over bumps."},
        {"post_id": 11, "number": 2, "author": "b", "text": "Look at the upper mounts first, mine had come off."},
        {"post_id": 12, "number": 3, "author": "c", "text": "> Koni or Bilstein\nKoni i think"},
    ]
    quoting = posts[2] | {"quotes": [{"post_id": 10, "author": "a"}]}
    kept = [clean(thread_row("b", 1, {"title": "Clunk"}, [*posts[:2], last])) for last in (quoting, posts[2])]
    assert [one.noise for one in kept] == [(), ((3, "short"),)]


def test_a_question_without_an_end_is_read_in_no_time():
    assert refuse_post(Post(2, "b", "", "Koni i think"), "this or that " * 40_000) == "short"  # from each place once


def test_pictures_and_quotes_alone():
    assert refuse_post(Post(1, "a", "", "", shows=2)) == "pictures alone"
    assert refuse_post(Post(1, "a", "", "", quotes=(1,))) == "a quote without a word"
    assert refuse_post(Post(1, "a", "", "was deleted", kind="deleted")) == "deleted"


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (thread("No start when warm"), ""),
        (thread("Torque of the head bolts"), ""),
        (thread("FT lbs for the flywheel"), ""),
        (thread("ISO 4156 spline?"), ""),
        (thread("Wanted to ask about shims"), ""),
        (thread("Vintage oil for the S14?"), ""),
        (thread("Newbie question, stalls when warm"), ""),
        (thread("The Vintage 2015"), "memberships and meets"),
        (thread("New member from Ohio"), "memberships and meets"),
        (thread("FS: wheels"), "for sale or wanted"),
        (thread("WTB front spoiler"), "for sale or wanted"),
        (thread("[WTS] engine, complete"), "for sale or wanted"),
        (thread("Parting out 1988 car"), "for sale or wanted"),
        (thread("Engine", forum="For Sale - Parts"), "for sale or wanted"),
        (thread("Engine", "Selling my engine, $4000 plus shipping, PayPal."), "for sale or wanted"),
        (thread("Wanted clearance of the valves?"), ""),
        (thread("What did you pay for shipping the head?"), ""),
        (thread("Summer meet at the lake"), "memberships and meets"),
        (thread("New member from Oslo"), "memberships and meets"),
        (thread("Membership renewal"), "memberships and meets"),
        (thread("Does it meet the spec?"), ""),
        (thread("Hello", forum="Introductions"), "memberships and meets"),
        (thread("Our old chairman has died", "RIP Mr. Aldous. http://news.example/obit"), "memberships and meets"),
        (thread("Dies at 40"), ""),
        (
            thread("Dusk", "Just a picture from yesterday evening, the light was good and so was the beer."),
            "no real question",
        ),
        (thread("Hm", "What is it?", posts=()), "no reply"),
        (
            thread("Rattle at start", posts=(Post(2, "a", "", "It still rattles this morning, two seconds."),)),
            "no reply",
        ),
    ],
)
def test_threads(found, reason):
    assert refuse_thread(found, found.posts) == reason


def test_a_how_to_needs_no_reply():
    steps = "1. Drain it.\n2. Take the pan off.\n3. Clean the faces.\n4. Fit the gasket."
    found = thread("DIY oil pan gasket", steps, posts=())
    assert refuse_thread(found, found.posts) == ""


def test_nothing_is_left():
    found = thread("No start when warm", "Help?")
    assert refuse_thread(found, []) == "no post is left"
