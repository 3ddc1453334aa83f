"""What a name serves, and the condition of a value, belong to it though they have neither digit nor unit."""

import pytest

from evaluation.scorers import identifiers, numeric

FUSES = "Fuse 4 protects the seat heating and the mirror, fuse 6 the wiper."
PARTS = "(1) washer, (2) bush, (3) lever"
RELAYS = "The fan relay is on the left, the mirror heating relay on the right."
LEADS = "The plus lead goes to the coil, the minus lead to the breaker."
LITRES = "3.5 l (3.7 US qt), or 4.0 l (4.2 US qt) on cars with a trailer hitch."
INJECTORS = "Pin 21 serves cylinders 1, 4 and 6, pin 22 serves cylinders 2, 3 and 5."
CASES = [  # reference, answer, whether it passes
    (FUSES, "The wiper is on fuse 6, the mirror and seat heating on fuse 4.", True),
    (FUSES, "Fuse 4 protects the wiper and fuse 6 the seat heating and the mirror.", False),
    (FUSES, "| Fuse | Circuit |\n|---|---|\n| 6 | wiper |\n| 4 | seat heating, mirror |", True),
    (FUSES, "| Fuse | Circuit |\n|---|---|\n| 4 | wiper |\n| 6 | seat heating, mirror |", False),
    (FUSES, "- Seat heating and mirror: fuse 4\n- Wiper: fuse 6", True),
    (FUSES, "- Seat heating and mirror: fuse 6\n- Wiper: fuse 4", False),
    (FUSES, "Seat heating and mirror: fuse 6, wiper: fuse 4", False),
    (FUSES, "Seat heating and mirror: fuse 4, wiper: fuse 6", True),
    (FUSES, "Seat heating, mirror: 6. Wiper: 4.", False),
    (FUSES, "Seat heating, mirror: 4. Wiper: 6.", True),
    (
        "The plus lead goes to the coil, the minus lead to the breaker.",
        "The coil takes the plus lead, the breaker the minus lead.",
        True,
    ),
    (
        "The plus lead goes to the coil, the minus lead to the breaker.",
        "The minus lead goes to the coil and the plus lead to the breaker.",
        False,
    ),
    (RELAYS, "Fan relay right, mirror heating relay left", False),
    (RELAYS, "On the left sits the mirror heating relay, on the right the fan relay.", False),
    (RELAYS, "Left: fan relay; right: mirror heating relay", True),
    (RELAYS, "The mirror heating relay is on the right and the fan relay on the left.", True),
    (
        "The upper hose goes to the pump, the lower hose to the tank.",
        "Upper hose to the tank, lower to the pump",
        False,
    ),
    ("The upper hose goes to the pump, the lower hose to the tank.", "Lower hose to the tank, upper to the pump", True),
    ("Left arm: yellow dot, right arm: blue dot", "Yellow dot on the right, blue dot on the left", False),
    ("Left arm: yellow dot, right arm: blue dot", "Blue dot on the right, yellow dot on the left", True),
    ("Pin 2 white, pin 6 grey, pin 8 black", "White sits in 8, grey in 6, black in 2", False),
    ("Pin 2 white, pin 6 grey, pin 8 black", "White sits in 2, grey in 6, black in 8", True),
    ("At least 1.2 bar hot, 4.5 bar at 5000 rpm", "4.5 bar hot, at least 1.2 bar at 5000 rpm", False),
    ("10° with the vacuum hose disconnected", "10° with the vacuum hose connected", False),
    ("10° with the vacuum hose disconnected", "10°, vacuum hose not connected", True),
    ("Relay K3 switches the pump, relay K6 the fan.", "K6 is for the fan; K3 is for the pump.", True),
    ("Relay K3 switches the pump, relay K6 the fan.", "Relay K6 switches the pump and K3 the fan.", False),
    (PARTS, "1. washer\n2. bush\n3. lever", True),
    (PARTS, "1. bush\n2. washer\n3. lever", False),
    (PARTS, "washer (1), bush (2) and lever (3)", True),
    (PARTS, "bush (1), washer (2) and lever (3)", False),
    (PARTS, "(1) washer (2) bush (3) lever", True),
    (PARTS, "(1) lever (2) bush (3) washer", False),
    (PARTS, "(1) lever\n(2) bush\n(3) washer", False),
    (PARTS, "washer (1) bush (2) lever (3)", True),
    (PARTS, "lever (1) bush (2) washer (3)", False),
    (PARTS, "1. washer 2. bush 3. lever", True),
    (PARTS, "1. lever 2. bush 3. washer", False),
    (PARTS, "1 Lever 2 Bush 3 Washer", False),
    (INJECTORS, "Cylinders 1, 4 and 6 are on pin 21, cylinders 2, 3 and 5 on pin 22.", True),
    (INJECTORS, "Cylinders 1, 4 and 6 are on pin 22, cylinders 2, 3 and 5 on pin 21.", False),
    (INJECTORS, "Pin 22 serves cylinders 1, 4 and 6, pin 21 serves cylinders 2, 3 and 5.", False),
    (INJECTORS, "Pin 21: 1, 4, 6. Pin 22: 2, 3, 5.", True),
    (INJECTORS, "Pin 22: 1, 4, 6. Pin 21: 2, 3, 5.", False),
    (INJECTORS, "| Pin | Cylinders |\n|---|---|\n| 21 | 1, 4, 6 |\n| 22 | 2, 3, 5 |", True),
    (INJECTORS, "| Pin | Cylinders |\n|---|---|\n| 22 | 1, 4, 6 |\n| 21 | 2, 3, 5 |", False),
    ("Relay K3 feeds fuses 1 and 4, K6 fuses 2 and 5.", "K6: F1, F4; K3: F2, F5", False),
    ("Relay K3 feeds fuses 1 and 4, K6 fuses 2 and 5.", "K3: F1, F4; K6: F2, F5", True),
    (LITRES, "Cars with a trailer hitch take 4.0 l, all others 3.5 l.", True),
    (LITRES, "3.5 l (with a trailer hitch: 4.0 l)", True),
    (LITRES, "3.5 litres; 4 litres if the car has a trailer hitch", True),
    (LITRES, "4.0 l (4.2 US qt), or 3.5 l (3.7 US qt) on cars with a trailer hitch.", False),
    (LITRES, "With a trailer hitch 3.5 l, otherwise 4.0 l.", False),
    ("Fill in 3.5 l, or 4.0 on cars with a hitch.", "Fill in 4.0 l, or 3.5 on cars with a hitch.", False),
    ("6.5 mm (new: 8.3 mm)", "New 8.3 mm, worn out at 6.5 mm", True),
    ("6.5 mm (new: 8.3 mm)", "8.3 mm (new: 6.5 mm)", False),
    ("0 Ω means a short, ∞ a break", "An infinite reading means a break, 0 ohms a short.", True),
    ("0 Ω means a short, ∞ a break", "∞ means a short, 0 Ω a break", False),
    ("18 Nm on the B21 engine and 27 Nm on the V60 engine", "On the V60 it is 27 Nm, on the B21 18 Nm.", True),
    ("18 Nm on the B21 engine and 27 Nm on the V60 engine", "B21: 27 Nm, V60: 18 Nm", False),
    ("Up to May 1984 18 Nm, from then on 27 Nm", "18 Nm until 5/84, after that 27 Nm", True),
    ("Up to May 1984 18 Nm, from then on 27 Nm", "27 Nm until 5/84, after that 18 Nm", False),
    ("Red shims go to the block, blue ones to the cap.", "The cap gets blue shims, the block red ones.", True),
    ("Red shims go to the block, blue ones to the cap.", "Blue shims go to the block, red ones to the cap.", False),
    ("K4411 is for the mirrors, K44 for the seats.", "Mirrors: K4411. Seats: K44.", True),
    ("K4411 is for the mirrors, K44 for the seats.", "K44 is for the mirrors, K4411 for the seats.", False),
    ("5 V with the pump on, 1 V with it off", "With the pump off 1 V, with it on 5 V", True),
    ("5 V with the pump on, 1 V with it off", "1 V with the pump on, 5 V with it off", False),
    ("front 1.8 bar, rear 2.5 bar", "Vorderachse 2,5 bar, Hinterachse 1,8 bar", False),
    ("At most 31.5 mm, at least 29 mm", "Between 29 and 31.5 mm", True),
    ("At most 31.5 mm, at least 29 mm", "Between 29 and 35.1 mm", False),
    ("Wait at least 5 seconds, then wait a minute.", "Wait 5 seconds or more; then one minute.", True),
    ("Seat the plug; do not use a sealer.", "Seat the plug without a sealer.", True),
    ("Seat the plug; do not use a sealer.", "Seat the plug and use a sealer.", False),
    ("Every 20,000 km, in dusty areas every 8,000 km", "In dusty areas every 8,000 km, else every 20,000 km", True),
    ("Every 20,000 km, in dusty areas every 8,000 km", "Every 8,000 km, in dusty areas every 20,000 km", False),
    ("It begins to close at 60 °C and is fully shut at 70 °C.", "Starts at 60 °C; it is fully shut at 70 °C.", True),
    ("Stage 1: 15 Nm, stage 2: 35 Nm after 5 minutes", "15 Nm, wait 5 minutes, then 35 Nm", True),
    ("Stage 1: 15 Nm, stage 2: 35 Nm after 5 minutes", "35 Nm, wait 5 minutes, then 15 Nm", False),
]


@pytest.mark.parametrize(("reference", "answer", "passes"), CASES)
def test_what_stands_by_a_name_or_value_is_its_own(reference: str, answer: str, passes: bool):
    scores = [one.score(reference, answer) for one in (numeric, identifiers)]
    assert ({one for one in scores if one is not None} == {1}) is passes
