"""Which way a part is turned: what it faces may be any other part."""

import pytest

from evaluation.scorers.identifiers import score

COLLAR = "The collar of the bush faces the flywheel."


@pytest.mark.parametrize(
    ("reference", "answer", "passes"),
    [
        (COLLAR, "Collar towards the flywheel", True),
        (COLLAR, "The bush goes in with the collar to the flywheel.", True),
        (COLLAR, "Its collar must be on the flywheel side.", True),
        (COLLAR, "Collar facing the flywheel, chamfer facing away from the flywheel", True),
        (COLLAR, "The collar faces away from the flywheel.", False),
        (COLLAR, "The collar must not face the flywheel.", False),
        (COLLAR, "The collar is on the side opposite the flywheel.", False),
        (COLLAR, "The collar is directed away from the end where the flywheel is.", False),
        (COLLAR, "The bush has its back to the flywheel.", False),
        (COLLAR, "The collar of the bush faces the gearbox.", False),
        ("Fit it with the collar on the pump side.", "The collar points towards the pump.", True),
        ("Fit it with the collar on the pump side.", "The collar is on the belt side.", False),
        ("Fit it with the collar on the pump side.", "Clean the face of the pump; collar on the pump side", True),
        ("Slot away from the pump", "The slot points away from the pump.", True),
        ("Slot away from the pump", "The slot does not face the pump.", True),
        ("Slot away from the pump", "Slot towards the pump", False),
        ("Slot away from the pump", "The slot looks at the pump.", False),
        ("Der Bund zeigt zum Getriebe.", "Der Bund weist zum Getriebe.", True),
        ("Der Bund zeigt zum Getriebe.", "Der Bund zeigt vom Getriebe weg.", False),
        ("Arrow towards the front of the car", "The arrow points away from the rear of the car.", True),
        ("Arrow towards the front of the car", "The arrow points away from the front of the car.", False),
        ("Flange side up", "Flange side down", False),
        ("Flange side up", "with the flange facing upwards", True),
    ],
)
def test_a_part_turned_the_other_way_is_wrong(reference: str, answer: str, passes: bool):
    assert (score(reference, answer, question="How is it fitted?") == 1) is passes


def test_what_tells_no_direction_is_not_scored_for_it():
    assert score("Fit the cover on the pump.", "Fit the cover on the pump.") is None
