"""What a deed led to, which of two things it was, and how many of them: an answer may not make more of it."""

import pytest

from tests.vlm3_dataset.filters.claims.test_claims import replied

CURE = "a cure is told where its quote has none"
NARROWED = "one of two things is told where its quote leaves it open"
ALL = "a part is told as the whole"


@pytest.mark.parametrize(
    ("quote", "answer", "reason"),
    [
        ("Replaced the ICV, no change", "Replacing the ICV cured it.", CURE),
        ("A new regulator did not help", "A new regulator solved it.", CURE),
        ("Cleaned the plugs against the misfire to no avail", "Cleaning the plugs fixed the misfire.", CURE),
        ("Walnut blasting helped mine a bit", "Walnut blasting cured it.", CURE),
        ("With new bushes the knock is less", "New bushes cured the knock.", CURE),
        ("Bled it twice, gone for a week", "Bleeding it twice cured it.", CURE),
        ("Replaced the ICV, no change. New boot, and it was cured.", "Replacing the ICV cured it.", CURE),
        ("Replaced the ICV, no change. New boot, and it was cured.", "A new boot cured it.", None),
        ("New boot helped, and after the clamp it is gone", "A new boot and a clamp fixed it.", None),
        ("Walnut blasting helped mine a bit", "Walnut blasting helped a bit.", None),
        ("Replaced the ICV, no change", "Replacing the ICV made no change.", None),
        ("New mounts and the knock is gone", "New mounts cured the knock.", None),
    ],
)
def test_no_more_is_cured_than_was(quote, answer, reason):
    assert replied(quote, answer) == reason


@pytest.mark.parametrize(
    ("quote", "answer", "reason"),
    [
        ("it was either the relay or the fuse", "It was the relay.", NARROWED),
        ("it was the relay or the fuse", "It was the fuse.", NARROWED),
        ("Replaced ICV and AFM, one of them did it", "Replacing the ICV cured it.", NARROWED),
        ("it was either the relay or the fuse", "It was the relay or the fuse.", None),
        ("either the relay or the fuse, and then the fuse had blown", "The fuse had blown.", None),
        ("Replaced ICV and AFM, one of them did it", "Replacing the ICV and the AFM cured it.", None),
        ("Take a 17 or a 19 socket", "A 19 socket is taken.", None),
    ],
)
def test_what_is_left_open_stays_open(quote, answer, reason):
    assert replied(quote, answer) == reason


@pytest.mark.parametrize(
    ("quote", "answer", "reason"),
    [
        ("most of mine were 0.30", "All were 0.30.", ALL),
        ("it usually leaks at the sender", "It always leaks at the sender.", ALL),
        ("half of the studs snapped", "Every stud snapped.", ALL),
        ("all of mine were 0.30", "All were 0.30.", None),
        ("most of mine were 0.30", "Most were 0.30.", None),
        ("some of the studs snapped, all at the rear", "The studs that snapped were all at the rear.", None),
    ],
)
def test_a_part_is_not_the_whole(quote, answer, reason):
    assert replied(quote, answer) == reason
