"""Places and directions are compared in plain English, whatever an answer calls them."""

import pytest

from evaluation.scorers.identifiers import score
from evaluation.scorers.reading.places import plain_places

FILL = "On the right of the gearbox, above the drain plug."
ROUND = "Rear left, rear right, front left, front right."
START = "At which corner do you start to grease the joints?"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("RL, then FR", "rear left, then front right"),
        ("the left-hand rear door", "the rear left door"),
        ("vorne rechts, hinten links", "front right, rear left"),
        ("Hebel links am Getriebe", "Hebel left am Getriebe"),
        ("the links of a chain", "the links of a chain"),
        ("Schraube linksherum drehen", "Schraube  counterclockwise drehen"),
        ("on the left side - no, on the right one", " on the right one"),
        ("on the left side - no washer on the right one", "on the left side - no washer on the right one"),
        ("on the left rather than on the right", "on the left rather than on the right"),
    ],
)
def test_places_in_plain_english(text: str, plain: str) -> None:
    assert plain_places(text) == plain


@pytest.mark.parametrize(
    ("reference", "answer", "question", "right"),
    [
        (FILL, "Rechts am Getriebe, oberhalb der Ablassschraube.", "Where is it?", True),
        (FILL, "Links am Getriebe, oberhalb der Ablassschraube.", "Where is it?", False),
        (FILL, "On the right of the gearbox; the drain plug is the one which is below it.", "Where is it?", True),
        (FILL, "On the right of the gearbox; the drain plug is the one which is above it.", "Where is it?", False),
        (FILL, "On the right of the gearbox (sorry, on the left), above the plug.", "Where is it?", False),
        (ROUND, "RL, RR, FL, FR", START, True),
        (ROUND, "RL, RR, FR, FL", START, False),
        (ROUND, "left rear, right rear, left-hand front and right-hand front", START, True),
        (ROUND, "hinten rechts, hinten links, vorne links, vorne rechts", START, False),
        ("From the edges to the centre.", "Edges → centre", "In what order?", True),
        ("From the edges to the centre.", "Centre → edges", "In what order?", False),
        ("From the edges to the centre.", "von außen nach innen", "In what order?", True),
        ("From the edges to the centre.", "von der Mitte nach außen", "In what order?", False),
        ("Turn the stud anticlockwise.", "Turn the stud to the left.", "Which way is it turned?", True),
        ("Turn the stud anticlockwise.", "Turn the stud to the right.", "Which way is it turned?", False),
    ],
)
def test_a_place_in_other_words(reference: str, answer: str, question: str, right: bool) -> None:
    assert (score(reference, answer, question=question) == 1) is right
