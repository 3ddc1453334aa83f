"""What a line says of one thing verifies no answer about another."""

import pytest

from tests.vlm3_dataset.filters.grounding.test_grounding import judged

LINES = """Care of the winch
Oil the drum and grease the ratchet.
The front cable lifts the hook, and the brake holds the load.
Take off the lid, renew the wick, and rinse the bowl.
Undo the pawl with a hook and lock it with a wedge.
If the drum slips, change the band; if it squeals, change the shoe.
Shake the jar. Seal the lid with putty.
All screws except the pivot screw take 11 Nm.
Inner band screws: 14 Nm.
Five screws hold the lid and three screws hold the foot.
Never soak the wick in water.
Pull it back in the order of left rear, right rear, left front, right front.
Fill the bowl with 2.0 l (2.1 US qt).
Play of the pawl: 0.35 mm (0.014 ").
The claws of the foot: 4.5 l (4.8).

The gauge shows a deflection at full load and no deflection at rest.
Wedge thickness: A - B + 0.45 mm.
If side play is more than 0.6 mm, fit a thinner washer.
The pin marked P is for the long chain, marked Q for the short rope.
All clamps apart from the rim clamps: 21 Nm.
Mast ring clamps: 23 Nm.
Scrap worn hooks, but recoat dull hooks.
Swing stop: 16 Nm.
Swing the crane by 4 mm.
Swing arm of the crane | on the mast

Oils that are not allowed:
Ricinol

Oils that are allowed:
Petrol 40

With a counterweight:
The cone takes 13 Nm.
"""


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("What is oiled?", "The drum", ["The ratchet"]),
        ("What lifts the hook?", "The front cable", ["The brake"]),
        ("What is done with the wick?", "Renew it", ["Take it off", "Rinse it", "Rinse the wick"]),
        ("With what do you undo the pawl?", "A hook", ["A wedge"]),
        ("With what is the pawl locked?", "A wedge", ["A hook"]),
        ("With what is the pawl undone?", "", ["A wedge"]),
        ("What is changed if the drum slips?", "The band", ["The shoe"]),
        ("With what is the lid sealed?", "Putty", []),
        ("With what is the jar sealed?", "", ["Putty"]),
        ("How tight is the pivot screw?", "", ["11 Nm"]),
        ("How tight are all screws except the pivot screw?", "11 Nm", ["14 Nm"]),
        ("What is the torque of the inner band screws?", "14 Nm", ["11 Nm"]),
        ("What is the torque of the outer band screws?", "", ["14 Nm"]),
        ("What is the torque of the toe band screws?", "", ["14 Nm"]),
        ("How many screws hold the foot?", "", ["Five", "Five screws"]),
        ("May the wick be soaked in water?", "No, never soak it in water", ["Soak it in water", "No, soak it"]),
        ("What is the wick never soaked in?", "Water", ["Oil"]),
        (
            "In what order is it pulled back?",
            "left rear, right rear, left front, right front",
            ["right rear, left rear, left front, right front", "left rear, right rear, right front, left front"],
        ),
        ("How much goes into the bowl?", "2.0 l (2.1 US qt)", ["2.1 l (2.0 US qt)", "2.0 US qt (2.1 l)"]),
        ("What is the play of the pawl?", '0.35 mm (0.014 ")', ['0.35 "', '0.014 mm (0.35 ")', "0.35 in"]),
        ("What do the claws of the foot take?", "4.5 l", ["4.8 l (4.8 qt)"]),
        ("What does the gauge show at full load?", "", ["No deflection"]),
        ("What does the gauge show at rest?", "", ["A deflection"]),
        ("What is the wedge thickness?", "A - B + 0.45 mm", ["0.45 mm"]),
        ("What is done if side play is more than 0.6 mm?", "Fit a thinner washer", ["Fit a thicker washer"]),
        ("For what is the pin marked P?", "", ["The short rope", "The rope"]),
        ("What is the torque of the rim clamps?", "", ["21 Nm"]),
        ("What is the torque of the winch ring clamps?", "", ["23 Nm"]),
        ("What is the torque of the mast ring clamps?", "23 Nm", ["21 Nm"]),
        ("What is done with dull hooks?", "Recoat them", ["Scrap them"]),
        ("Which hooks are recoated?", "Dull hooks", ["Worn hooks"]),
        ("How tight is the swing stop?", "16 Nm", ["4 mm"]),
        ("What about the claws of the stop?", "", ["4 mm"]),
        ("Where is the swing arm of the crane?", "", ["4 mm"]),
        ("Which oil is allowed?", "Petrol 40", ["Ricinol"]),
        ("Which oil is not allowed?", "Ricinol", ["Petrol 40"]),
        ("What does the cone take with a counterweight?", "13 Nm", []),
        ("What does the cone take without a counterweight?", "", ["13 Nm"]),
    ],
)
def test_what_is_said_of_another_thing_is_no_answer(question, right, wrong):
    assert not right or judged(question, right, LINES).numbers_grounded == "verified"
    assert [answer for answer in wrong if judged(question, answer, LINES).numbers_grounded == "verified"] == []


VERBLESS = """Seal lip faces the inside, spring side out.

Oil level at round mark, coolant at square.

Thick rope in the block, wire in the drum and chain on the hook.

Pull part A toward the wall.

Pull part C.
"""


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("Which side does the seal lip face?", "The inside", ["Out"]),
        ("Which way does the spring side face?", "Out", ["Inside"]),
        ("Which side does the spring face?", "", ["Inside", "The inside"]),
        ("Where does the spring go?", "", ["Inside"]),
        ("At which mark is the oil level?", "", ["Square"]),
        ("What is at the square mark?", "The coolant", ["The oil level"]),
        ("What is at the round mark?", "The oil level", ["The coolant"]),
        ("Where is the wire?", "In the drum", ["In the block", "On the hook"]),
        ("What is on the hook?", "The chain", ["The wire", "Thick rope"]),
        ("What is in the block?", "Thick rope", ["Wire", "Chain"]),
        ("Toward what is part A pulled?", "The wall", []),
        ("Toward what is part C pulled?", "", ["The wall"]),
    ],
)
def test_a_clause_without_a_verb_speaks_of_its_own_thing(question, right, wrong):
    assert not right or judged(question, right, VERBLESS).numbers_grounded == "verified"
    assert [answer for answer in wrong if judged(question, answer, VERBLESS).numbers_grounded == "verified"] == []
