"""A post that is only polite goes, however long it is; one that begins politely and tells something stays."""

import time

import pytest

from vlm3_dataset.schema import Post
from vlm3_dataset.sources.threads.noise import refuse_post
from vlm3_dataset.sources.threads.social import is_social


@pytest.mark.parametrize(
    "text",
    [
        "Thanks guys, I'll give it a try over the weekend and report back.",
        "Wow what a great looking car, love the wheels and stance!!",
        "Following along, I want to see how this turns out for you",
        "Looks awesome mate, cannot wait to see it at the next meet!",
        "I would love to have one of these some day, lucky you.",
        "Sorry to hear about your accident, hope you are okay.",
        "PM sent, please check your inbox when you get time",
        "Great write up, thanks for taking the time to post this.",
        "Anyone got an update on this? I am in the same boat.",
        "Sent you a message about the wheels, still for sale?",
        "There are lots of threads on this already, please use the search button.",
        "Absolutely stunning car, thanks for sharing those pictures with us.",
        "Thank you all so much for the kind words, it means a lot!",
        "Good morning everyone, hope you all have a great weekend.",
        "Very nice work on the interior mate, looks amazing.",
        "Congratulations on the new arrival, enjoy every minute of it!",
        "Sorry for your loss, that was a lovely car.",
        "Great photos as always, keep them coming please!",
        "I really love the colour and the stance of it, well done.",
        "Haha yeah, so true mate, so true.",
        "Sub'd! Looking forward to the rest of this story.",
        "You have a PM from me, please read when you have a moment.",
        "Merry Christmas to all of you and your families.",
        "Awesome thread, thanks to everybody who took part.",
        "That is a really cool story, thanks for posting it here.",
        "Lucky guy, I wish I had one of those in my garage.",
        "Thanks a million, I'll let you know how it goes.",
    ],
)
def test_a_polite_post_of_any_length_goes(text):
    assert len(text) > 30
    assert refuse_post(Post(2, "b", "", text)) == "social"


@pytest.mark.parametrize(
    "text",
    [
        "Thanks to the colder weather it pulls harder than in August.",
        "I like the Koni more than the Bilstein on the street.",
        "Love the ATE ones, they bite from cold.",
        "Yes it looks perfect from outside, the rust sits below the mat.",
        "Hope you kept the old one, the housing is different inside.",
        "Great idea, I soaked it overnight in vinegar and it came free.",
        "Nice work, mine went together the other way round though.",
        "Sorry to hear that, mine cracked in the same corner.",
        "Thanks, turning the key twice before cranking does the trick.",
        "Hi compression versions have a dome on top of them.",
        "Good luck, the last one is always seized in the block.",
        "Welcome to the club, they all crack there sooner or later.",
        "I will try that, but with the lights off first.",
        "Congrats, you have found the one that never got galvanised.",
        "Looks like a great candidate for a vacuum test.",
        "Happy to help, the trick is to heat the housing evenly.",
        "Glad it wasn't the head, those warp when overheated.",
        "What a great way to ruin a thread, use two hands to start it.",
        "Awesome, so the long one goes on the outside.",
        "Following your advice I swapped the two on top.",
        "Cool, then the earlier version has no vent on the side.",
        "Can't wait to see it without the undertray, mine rattled there.",
        "Wow, I never knew the lip faces inward on these.",
        "True, the later cars have it under the dash.",
        "I'll report back once the shop has pressed them in from the back.",
        "Thanks for the photo, the arrow on yours points down.",
        "Anyone got news on this? Mine still hunts after a minute.",
        "This is a great tip if you keep it away from rubber.",
        "Hope it helps: the clip slides toward the firewall.",
        "Nice one. Which paint did you pick for the calipers?",
        "That is what did it on mine, thanks for the tip with the mirror.",
    ],
)
def test_a_post_that_begins_politely_and_tells_or_asks_something_stays(text):
    assert refuse_post(Post(2, "b", "", text)) == ""


def test_a_long_post_is_read_in_no_time():
    started = time.process_time()
    assert not is_social("very so nice great thanks you all what a " * 2_000 + "end")
    assert time.process_time() - started < 1
