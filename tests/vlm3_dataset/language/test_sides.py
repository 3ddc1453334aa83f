"""Words that change everything: each stretch of a text names one side, once."""

from collections import Counter

import pytest

from vlm3_dataset.language.sides import _OPPOSITES, conflicts, stated

WORDS = [
    (pair, side, word)
    for pair in range(len(_OPPOSITES))
    for side in (0, 1)
    for word in _OPPOSITES[pair][side].split("|")
]


@pytest.mark.parametrize(("pair", "side", "word"), WORDS)
def test_every_word_names_one_side(pair: int, side: int, word: str):
    assert stated(f"It is {word}, as shown.") == Counter({(pair, side): 1})


@pytest.mark.parametrize(
    ("reference", "answer", "found"),
    [
        ("Turn it clockwise.", "Turn it counterclockwise.", ["clockwise"]),
        ("Turn it clockwise.", "Turn it counter clockwise.", ["clockwise"]),
        ("Turn it in a clockwise direction.", "Turn it in an anticlockwise direction.", ["clockwise"]),
        ("The lips are facing inward.", "The lips are facing outward.", ["inner"]),
        ("The flange must point in.", "Flange pointing out.", ["inner"]),
        ("The flange must point in.", "The flange points inwards.", []),
        ("Letters up", "letters must be down", ["upward"]),
        ("Letters up", "Letters up, not down", []),
        ("the links of the chain", "the chain to the right", []),
        ("nach links drehen", "nach rechts drehen", ["left"]),
        ("Fit it with the rubber insert up.", "Fit it with the rubber insert down.", ["upward"]),
        ("Fit it with the rubber insert up.", "With the rubber insert facing upwards.", []),
        ("Fit it with the key, then fill it up.", "Fit it with the key and tie it down.", []),
        ("Letters up", "The letters face not down", []),
        ("Face to face, up to 3 mm", "Face down to 3 mm", []),
        ("Die Kerbe zeigt nach unten.", "Kerbe nach oben", ["downward"]),
        ("Spring behind the convex face", "Spring behind the concave face", ["convex"]),
        ("short leg in front", "long leg in front", ["short side"]),
        ("on the left front wheel", "on the right front wheel", ["left"]),
        ("at the right time", "on the left", []),
        ("you were right about the bushings", "the left bushing", []),
        ("on the left", "on the engine", []),
        ("Switch the fan on.", "Switch the fan off.", ["switched on"]),
        ("12 V with the ignition on", "12 V with the ignition switched off", ["switched on"]),
        ("4 V with the fan on, 2 V with it off", "With it on 4 V, off 2 V", []),
        ("the fan on the left", "the fan off", []),
        ("Pull it out of the hub.", "Press it into the hub.", ["out of"]),
        ("out of round by 1 mm", "pressed into the hub", []),
        ("Turn it clockwise.", "gegen den Uhrzeigersinn", ["clockwise"]),
        ("0.25 mm with the engine cold", "0.25 mm with the engine warm", ["cold"]),
        ("with a cold engine", "until the engine is warm", []),
        ("opens at 80 °C", "closes at 80 °C", ["open"]),
        ("opens at 80 °C", "open from 80 °C, close to the block", []),
        ("5° before TDC", "5° ATDC", ["btdc"]),
        ("5° BTDC", "5° before top dead centre", []),
        ("5.25 l with filter", "5.25 l without the filter", ["with filter"]),
        ("5.25 l with filter", "5.25 l if the filter is not changed", ["with filter"]),
        ("5.25 l with filter", "5.25 l when you don't replace the filter", ["with filter"]),
        ("5.25 l with filter", "5.25 l if the filter is changed", []),
        ("5 l without filter", "5 l when changing the filter", ["without filter"]),
        ("5 l without filter", "5.25 l if you change the filter, 5 l if not", []),
        ("5.25 l with filter", "5.25 l including a new one, without the cooler", []),
        ("5.25 l with filter, 5 l without filter", "5 l without filter, 5.25 l including the filter", []),
        ("5.25 l with filter, 5 l without", "5 l without filter change, 5.25 l with", []),
        ("Drive it without the belt.", "Drive it with the belt.", ["without belt"]),
    ],
)
def test_conflicts(reference: str, answer: str, found: list[str]):
    assert conflicts(reference, answer) == found
