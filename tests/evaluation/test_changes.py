"""The changes by which the scores are tried say something else than the answer."""

import pytest

from tests.evaluation.changes import Row, insertions, opposites, orders, tried


@pytest.mark.parametrize(
    ("change", "answer", "changed"),
    [
        (insertions, "The nut is tight.", {"The nut is not tight."}),
        (insertions, "Remove the nut.", {"Do not remove the nut."}),
        (insertions, "It is not tight.", set()),
        (opposites, "Remove the nut; heat it.", {"Install the nut; heat it."}),
        (opposites, "Heat it, then drain the oil.", {"Heat it, then fill the oil."}),
        (opposites, "The drain plug has an M8 screw.", set()),
        (orders, "Loosen the nut, then pull out the rotor.", {"Pull out the rotor, then loosen the nut."}),
    ],
)  # fmt: skip
def test_a_change_says_something_else(change, answer: str, changed: set[str]):
    assert {text for _, text in tried([Row("What is done?", answer)], change, seed=0, most=9)} == changed
