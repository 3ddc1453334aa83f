"""The right deed in the right order, also where nobody has written terms down."""

import pytest

from evaluation.scorers.identifiers import score
from evaluation.scorers.procedure.actions import steps

BLEEDING = "Bleed in the order rear right, rear left, front right, front left."
BOLTS = "Tighten bolts 2, 4, 1, 3 in this order."
LOOSEN = "First loosen the nut, then pull out the distributor."


@pytest.mark.parametrize(
    ("reference", "answer", "question", "points"),
    [
        (BLEEDING, "rear right, rear left, front right, front left", "", 1),
        (BLEEDING, "right rear, left rear, right front and left front last", "", 1),
        (BLEEDING, "front left, front right, rear left, rear right", "", 0),
        ("rear right, rear left, front right", "rear left, rear right, front right", "In which order is it bled?", 0),
        ("rear right, rear left, front right", "right rear, left rear, right front", "In which order is it bled?", 1),
        ("rear right, rear left, front right", "rear left, rear right, front right", "Which have pads?", 1),
        (BOLTS, "bolts 2, 4, 1, 3", "", 1),
        (BOLTS, "2 → 4 → 1 → 3", "", 1),
        (BOLTS, "1. Bolt 2. 2. Bolt 4. 3. Bolt 1. 4. Bolt 3.", "", 1),
        (BOLTS, "In 3 stages: 2-4-1-3", "", 1),
        (BOLTS, "bolts 1, 2, 3, 4", "", 0),
        ("Remove screws (3) and (4), then ring (2).", "Remove ring (2) after screws (3) and (4).", "", 1),
        (BOLTS, "4 → 2 → 1 → 3", "", 0),
        (LOOSEN, "Loosen the nut and pull the distributor out.", "", 1),
        (LOOSEN, "Pull out the distributor after loosening the nut.", "", 1),
        (LOOSEN, "Before pulling out the distributor, loosen the nut.", "", 1),
        (LOOSEN, "Pull out the distributor, then loosen the nut.", "", 0),
        (LOOSEN, "Loosen the nut after pulling out the distributor.", "", 0),
        (LOOSEN, "Use a 13 mm spanner.", "", 0),
        (LOOSEN, "Undo the nut and work the distributor free.", "", 1),
        ("Do not grease the cone.", "The cone has to stay free of grease.", "", 1),
        ("Work from the middle outwards.", "Work from the inside to the outside.", "", 1),
        ("Work from the middle outwards.", "Work from the edges to the middle.", "", 0),
        ("The arrow faces up.", "The arrow must point down.", "", 0),
        ("Tighten to 40 Nm, then turn by 80°.", "Stage 1: 40 Nm. Stage 2: 80°.", "", 1),
        ("Tighten to 40 Nm, then turn 80° and again 80°.", "1. 40 Nm\n2. 80°\n3. 80°", "", 1),
        (LOOSEN, "Loosen the nut.", "", 1),
        (LOOSEN, "Undo the nut, then withdraw the distributor.", "How is the distributor removed?", 1),
        (LOOSEN, "Withdraw the distributor, then undo the nut.", "How is the distributor removed?", 0),
        (LOOSEN, "Pull it out.", "What comes before pulling it out?", 0),
        ("Never reuse the bolts.", "Do not reuse the bolts.", "", 1),
        ("Never reuse the bolts.", "The bolts must not be reused.", "", 1),
        ("Never reuse the bolts.", "Fit new ones.", "", 1),
        ("Never reuse the bolts.", "Reuse the bolts.", "", 0),
        ("Never reuse the bolts.", "It is on the left.", "", 0),
        ("Never lubricate the seal.", "Fit the seal dry.", "", 1),
        ("Never lubricate the seal.", "Do not put any grease on the seal.", "", 1),
        ("Never lubricate the seal.", "Never fit the seal dry.", "", 0),
        ("Never lubricate the seal.", "Oil the seal.", "", 0),
        ("The seal is not oiled.", "Put no oil on the seal.", "", 1),
        ("The seal is not oiled.", "Oil the seal.", "", 0),
        ("On the left remove bolts (1) and (2).", "On the left install bolts (1) and (2).", "", 2 / 3),
        ("On the left remove bolts (1) and (2).", "Take out bolts (1) and (2) on the left.", "", 1),
        ("On the left remove bolts (1) and (2).", "Fit a socket to bolts (1) and (2) on the left, undo them.", "", 1),
        ("On the left install bush (4).", "Remove bush (4) on the left.", "", 1 / 2),
        ("On the left install bush (4).", "Remove the old bush on the left and fit a new one (4).", "", 1),
        ("Never crank the engine.", "Not after removing the chain.", "May one crank the engine?", 1),
        ("Use new bolts (2).", "Never use new bolts.", "", 0),
        ("First press it in, loosen it, then turn it.", "Press it in, then turn it without slackening it.", "", 0),
        ("First press it in, loosen it, then turn it.", "Press it in, slacken it, turn it.", "", 1),
        ("First oil the threads, then fit and press it.", "Fit and press it. Do not oil the threads.", "", 0),
        ("Use new bolts (2).", "Use new bolts, do not use the old ones.", "", 1),
        ("On the left unscrew the nut.", "Screw the nut on.", "", 0),
        ("On the left unscrew the nut.", "Remove the screw in the left housing.", "", 1),
        ("On the left, connect the plug to the sensor.", "Disconnect the plug of the sensor.", "", 0),
        ("On the left disconnect the plug.", "Disconnect the plug that connects it to the sensor.", "", 1),
        ("Work from the inside to the outside.", "From the outside to the inside", "", 0),
        ("Work from the inside to the outside.", "Outwards from the centre", "", 1),
        ("Cut from the top to the bottom.", "Start at the bottom and work to the top.", "", 0),
        ("Never lubricate the seal.", "Put a little grease on it.", "May the seal be lubricated?", 0),
        ("Never lubricate the seal.", "No, it stays dry.", "May the seal be lubricated?", 1),
        ("Never reuse it: it stretches.", "It stretches.", "Why must it never be reused?", 1),
        ("Disconnect the hose before removing the tank.", "Leave the hose connected and take the tank out.", "", 0),
        ("Disconnect the hose before removing the tank.", "Disconnect the hose, then take the tank out.", "", 1),
        ("First disconnect the negative lead.", "First the minus lead", "Which lead first?", 1),
        ("First disconnect the negative lead.", "First the plus lead", "Which lead first?", 0),
        ("The open side faces away from the front.", "The open side faces the front.", "", 0),
        ("The open side faces away from the front.", "It faces the rear.", "", 1),
        ("Check it with the engine cold.", "Check it at operating temperature.", "", 0),
        ("On the left side", "It is beside the engine.", "Which side is the pump?", 0),
        ("Pull it to the left", "Pull it off.", "How is it removed?", 1),
    ],
)
def test_score(reference: str, answer: str, question: str, points: float):
    assert score(reference, answer, question=question) == points


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LOOSEN, ["loosen", "pull"]),
        ("Retorque the bolts after loosening them.", ["loosen", "retorque"]),
        ("Grease it; it must not get warm.", []),
        ("The value must not exceed 42 Nm.", []),
    ],
)
def test_steps(text: str, expected: list[str]):
    assert steps(text) == expected


def test_a_bound_is_no_deed():
    assert score("The drop must not exceed 0.5 bar.", "0.5 bar at most") is None
    assert score("Do not turn it by more than 85°.", "85° at most") is None
