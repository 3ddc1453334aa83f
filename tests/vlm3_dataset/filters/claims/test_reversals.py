"""What an owner said is never told the other way round, and other words for it pass."""

import pytest

from vlm3_dataset.filters.claims import claims
from vlm3_dataset.schema import QA, Claim, Post, Thread

QUESTION = "What did an owner of an S14 find?"


def verdict(post, told, quote=None):
    claim = Claim(told, 2, quote or post, "first-hand", "", "2010-05-01")
    posts = (
        Post(1, "Owner 1", "2010-05-01", "What did you do about it?"),
        Post(2, "Owner 2", "2010-05-01", post),
    )
    qa = QA(QUESTION, told, claim.quote, "troubleshooting", "claude", "m", "v", claims=(claim,))
    return claims.refuse(qa, Thread("b", 1, "Engine", "Advice on the S14", "", posts))


SIDE, VALUE_SIDE = "a quote says the opposite side", "a value is told of the opposite side"
DENIED, DENIAL = "a value is told that its quote denies, or the other way", "a denial is lost or added"
SWAPPED, ANOTHER = (
    "two values of a quote have changed their places",
    "a value is told of what another value of the quote is said of",
)
SLIDER = "It was the front slider on the arm that broke, the rear one was fine."
CLAUSE_SIDE, BOUND = "a clause of a quote says the opposite side", "a bound of a quote is turned round"
CAUSE, EXCHANGED = "what cured it is told as its cause", "two clauses of a quote have exchanged a word"
UNSAID = "a side is told of which its post says nothing"
ORDER = "steps are in another order than in the quote"
STRANGE = "a part is in the answer but not in the thread"
STRAP = "Check the left engine ground strap, mine read 4.2 Ohm instead of 0.1 Ohm."
LASH = "I set 0.30 mm on the exhaust and 0.28 mm on the intake, cold, with the engine off overnight."
COVER = "Tighten the cam cover to 9 Nm, not 15 Nm."
BEARINGS = "Main bearings 60 Nm, rod bearings 30 Nm."
BOLTS = "Wheel bolts 100 Nm, hub nut 250 Nm, caliper bolts 67 Nm."
POWER = "Stock is 192 hp at 6750 rpm, mine made 215 hp at 7200 rpm."
STEPS = "1. Drain the oil. 2. Pull the plug. 3. Turn the engine over."
HOSE = "Drain the coolant, then pull the hose, finally remove the housing."
RELAY = "I replaced the fuel pump relay under the rear seat and it never came back."


@pytest.mark.parametrize(
    ("post", "told", "reason"),
    [
        (STRAP, "The right engine ground strap read 4.2 Ohm.", SIDE),
        (STRAP, "The left engine ground strap read 0.1 Ohm instead of 4.2 Ohm.", DENIED),
        (LASH, "0.28 mm is set on the exhaust and 0.30 mm on the intake, cold.", VALUE_SIDE),
        (LASH, "0.30 mm is set on the intake, cold.", VALUE_SIDE),
        (LASH, "0.30 mm is set on the exhaust and 0.28 mm on the intake, hot.", SIDE),
        (COVER, "Tighten the cam cover to 15 Nm, not 9 Nm.", DENIED),
        (COVER, "Tighten the cam cover to 15 Nm.", DENIED),
        (COVER, "Loosen the cam cover to 9 Nm, not 15 Nm.", SIDE),
        ("Turn the engine clockwise only.", "Turn the engine counterclockwise only.", SIDE),
        ("Remove the plugs first.", "Install the plugs first.", SIDE),
        ("Remove the plugs first.", "Never remove the plugs first.", DENIAL),
        ("The old relay had a cracked joint.", "The new relay had a cracked joint.", SIDE),
        ("It was not the relay.", "It was the relay.", DENIAL),
        ("Mine squeal unless the upper pin is greased.", "Mine squeal if the upper pin is greased.", DENIAL),
        (RELAY, "The fuel pump relay under the rear seat was replaced and it came back.", DENIAL),
        (RELAY, "The fuel pump relay under the front seat was replaced and it never came back.", SIDE),
        (RELAY, "The fuel pump fuse under the rear seat was replaced and it never came back.", STRANGE),
        ("The reference sensor had a corroded plug.", "The camshaft sensor had a corroded plug.", STRANGE),
        (BEARINGS, "Main bearings 30 Nm, rod bearings 60 Nm.", SWAPPED),
        ("Gearbox takes 1.25 l and the diff 1.7 l.", "The gearbox takes 1.7 l and the diff 1.25 l.", SWAPPED),
        ("Pin 1 is 12 V, pin 3 is 5 V.", "Pin 1 is 5 V, pin 3 is 12 V.", SWAPPED),
        ("M6 takes 10 Nm, M8 takes 24 Nm.", "M6 takes 24 Nm, M8 takes 10 Nm.", SWAPPED),
        ("2.0 bar at 900 rpm and 4.0 bar at 5000 rpm.", "4.0 bar at 900 rpm and 2.0 bar at 5000 rpm.", SWAPPED),
        (POWER, "192 hp at 7200 rpm, and 215 hp at 6750 rpm.", SWAPPED),
        ("It used 12 l before the swap, 10 l after it.", "It used 10 l before the swap, 12 l after it.", SWAPPED),
        (BOLTS, "Wheel bolts 67 Nm, hub nut 100 Nm, caliper bolts 250 Nm.", SWAPPED),
        (BOLTS, "The hub nut takes 100 Nm.", ANOTHER),
        (STEPS, "1. Drain the oil. 2. Turn the engine over. 3. Pull the plug.", ORDER),
        (STEPS, "Pull the plug, then drain the oil, then turn the engine over.", ORDER),
        (HOSE, "Remove the housing, then pull the hose, finally drain the coolant.", ORDER),
        ("The seal was not bad.", "The seal was bad.", DENIAL),
        ("The ticking has not gone away though so it wasnt the tappets", "The ticking has gone away.", DENIAL),
        (
            "I did not replace the timing chain, guide rails only.",
            "The timing chain and the rails were replaced.",
            DENIAL,
        ),
        (
            "No cracks in my boots, went over all four with a mirror.",
            "He found cracks in the boots with a mirror.",
            DENIAL,
        ),
        ("Clip the cable with a bit of slack or it breaks", "Clip the cable without slack, or it breaks.", DENIAL),
        ("Dont fit lithium ones, the board charges them", "Fit lithium ones, since the board charges them.", DENIAL),
        (SLIDER, "The rear slider on the arm broke and the front one was fine.", CLAUSE_SIDE),
        ("It only failed when hot, cold it clicked", "It only failed when cold, and clicked when hot.", CLAUSE_SIDE),
        ("change it if it holds less than 2.2 bar", "Change it if it holds more than 2.2 bar.", BOUND),
        ("I change the fluid every year at least", "He changes the fluid once a year at most.", BOUND),
        (
            "squealed cold, I changed both idlers and the squeal went",
            "The squeal was brought on by both idlers.",
            CAUSE,
        ),
        ("Sync them at idle, then recheck at 3000", "Sync them at 3000, then recheck at idle.", EXCHANGED),
        ("Put a dab into the corners of the half moons", "Put a dab into the corners of the front half moons.", UNSAID),
    ],
)
def test_what_is_turned_round_is_caught(post, told, reason):
    assert verdict(post, told) == reason
    assert verdict(post, post) is None


def test_a_denial_that_the_quote_cuts_off_counts():
    post = "It is old. Do not use DOT 5 with the brakes."
    assert verdict(post, "Use DOT 5 with the brakes.", "use DOT 5 with the brakes.") == DENIAL


@pytest.mark.parametrize(
    ("post", "told"),
    [
        ("It doesn't leak any more since I changed the seal.", "The leak was gone after the seal was changed."),
        ("My car would not start until I replaced the relay.", "The car started only once the relay was replaced."),
        ("I have poly bushes in my car & no squeak at all.", "One has poly bushes in his car and no squeak at all."),
        ("There was rust under the stat housing.", "There was rust under the thermostat housing."),
        ("No more noise with the new tensioner.", "A new tensioner cured the noise."),
        ("Don't overtighten the plugs, 25 Nm is enough.", "25 Nm is enough for the plugs; do not overtighten them."),
        ("The idle is not stable when the valve is dirty.", "A dirty valve makes the idle unstable."),
        ("Put the arrow to the front, the open end to the rear.", "The arrow goes to the front, the open end rear."),
        ("Nothing is wrong with the AFM, it was a leak at the boot.", "A leak at the boot was it; the AFM was fine."),
        (
            "It is not the clutch but the bearing that squeals.",
            "The bearing squeals, not the clutch.",
        ),
        ("Not only the seal but also the bearing was worn.", "The seal and the bearing were worn."),
        ("The pan comes off, no need to drop the subframe.", "The pan comes off without dropping the subframe."),
        ("Cold it starts fine, hot it will not start.", "It starts fine cold but does not start hot."),
        ("Turn the crank clockwise, never counterclockwise.", "The crank is turned clockwise, never anticlockwise."),
        ("I can't remove the box without the special tool.", "The special tool is needed to remove the box."),
        (BEARINGS, "30 Nm for the rod bearings, 60 Nm for the main bearings."),
        ("2.0 bar at 900 rpm and 4.0 bar at 5000 rpm.", "It makes 4.0 bar at 5000 rpm and 2.0 bar at 900 rpm."),
        (POWER, "215 hp at 7200 rpm, where stock has 192 hp at 6750 rpm."),
        ("It used 12 l before the swap, 10 l after it.", "It used 10 l after the swap, and 12 l before."),
        (BOLTS, "The hub nut takes 250 Nm, the caliper bolts 67 Nm."),
        ("Front and rear springs are 80 and 60 N/mm.", "The front springs are 80 N/mm, the rear springs 60 N/mm."),
        ("Torque in steps: 50 Nm, then 80 Nm, then 100 Nm.", "The steps are 50 Nm, 80 Nm and 100 Nm."),
        (STEPS, "Drain the oil, then pull the plug, then turn the engine over."),
        ("First drain the coolant, then pull the hose.", "The hose is pulled after the coolant was drained."),
        ("went back to the old ones, quiet since", "Going back to the old ones, it has been quiet since."),
        ("Front diff vent was bent, sent it back", "The vent of the front diff was bent and was sent back."),
        ("Dont touch the screws unless you have gauges", "Leave the screws alone unless there are gauges."),
        ("dont solder on the cell, the heat kills it", "He advises against soldering on the cell, as heat kills it."),
        ("It measured 1.2 kOhm at the coil.", "A resistance of 1.2 kOhm was measured at the coil."),
    ],
)
def test_other_words_for_the_same_pass(post, told):
    assert verdict(post, told) is None
