"""A value speaks about its own subject, and never about the next thing that is called nearly the same."""

import pytest

from tests.vlm3_dataset.filters.confidence.test_confidence import manual_of, told
from vlm3_dataset.filters.confidence import confidence
from vlm3_dataset.filters.confidence.subjects import alternatives, subject
from vlm3_dataset.schema import Dropped

# What the manual prints, and what an owner means by nearly the same words.
NEAR = [
    ("Valve spring free length", "Tensioner spring free length", "mm"),
    ("Brake disc, minimum thickness, front", "Brake disc, minimum thickness, rear", "mm"),
    ("Brake disc, minimum thickness", "Clutch disc, minimum thickness", "mm"),
    ("Oil pan drain plug", "Oil filter drain plug", "Nm"),
    ("Oil drain plug", "Oil filter drain plug", "Nm"),
    ("Gearbox drain plug", "Gearbox filler plug", "Nm"),
    ("Coolant drain plug", "Oil drain plug", "Nm"),
    ("Valve clearance, intake", "Valve clearance, exhaust", "mm"),
    ("Valve clearance", "Piston clearance", "mm"),
    ("Piston ring gap", "Spark plug gap", "mm"),
    ("Oil pump bolts", "Water pump bolts", "Nm"),
    ("Fuel pump pressure", "Oil pump pressure", "bar"),
    ("Fuel pressure", "Oil pressure", "bar"),
    ("Camshaft bearing cap nuts", "Connecting rod bearing cap nuts", "Nm"),
    ("Main bearing cap bolts", "Camshaft bearing cap bolts", "Nm"),
    ("Front wheel bearing nut", "Rear wheel bearing nut", "Nm"),
    ("Front caliper bracket bolts", "Front caliper guide bolts", "Nm"),
    ("Brake caliper bolts", "Brake caliper bleed screw", "Nm"),
    ("Clutch slave cylinder bolts", "Clutch master cylinder bolts", "Nm"),
    ("Upper strut nut", "Lower strut nut", "Nm"),
    ("Temperature sensor in cylinder head", "Oil temperature sensor in cylinder head", "Nm"),
    ("Exhaust manifold nuts", "Intake manifold nuts", "Nm"),
    ("Drive shaft flange bolts", "Propeller shaft flange bolts", "Nm"),
    ("Timing chain cover bolts", "Valve cover bolts", "Nm"),
    ("Flywheel bolts", "Crankshaft pulley bolts", "Nm"),
    ("Crankshaft end float", "Camshaft end float", "mm"),
    ("Inner tie rod nut", "Outer tie rod nut", "Nm"),
    ("Valve clearance, cold", "Valve clearance, warm", "mm"),
    ("Connecting rod cap nuts", "Tie rod cap nuts", "Nm"),
]
VALUES = {"mm": ("0.48 mm", "0.61 mm"), "Nm": ("48 Nm", "61 Nm"), "bar": ("3.0 bar", "4.5 bar")}
SAID = (
    "{0}: {1}",
    "I measured {1} for the {0}.",
    "The {0} is {1} on mine.",
    "The brake hose takes 7 Nm, the {0} {1}.",
)


def level(label, value, statement, question="What do owners of an S14 give?", title="Figures"):
    found = confidence.weigh(*told(statement, question, title=title), manual_of({label: value}))
    return "differs" if isinstance(found, Dropped) else found.confidence


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize(("one", "other", "unit"), NEAR)
def test_a_near_subject_says_nothing(one, other, unit, said):
    for printed, meant in ((one, other), (other, one)):
        for value in VALUES[unit]:
            assert level(printed, VALUES[unit][0], said.format(meant, value)) == "one owner", (printed, meant)


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize(("label", "unit"), sorted({(label, unit) for *pair, unit in NEAR for label in pair}))
def test_its_own_subject_is_confirmed_or_contradicted(label, unit, said):
    right, wrong = VALUES[unit]
    assert level(label, right, said.format(label, right)) == "manual agrees"
    assert level(label, right, said.format(label, wrong)) == "differs"


@pytest.mark.parametrize(
    ("printed", "statement", "question", "title", "expected"),
    [
        # The question or the title says which; a bare noun is nobody's.
        ("Valve spring free length", "Free length of the spring: 0.61 mm", "", "Timing chain tensioner", "one owner"),
        ("Valve spring free length", "Free length of the spring: 0.61 mm", "", "Head with new valves", "differs"),
        ("Valve spring free length", "Spring free length: 0.48 mm", "What of the tensioner spring?", "", "one owner"),
        ("Valve spring free length", "0.48 mm", "What is the free length of the valve spring?", "", "manual agrees"),
        ("Tensioner spring free length", "Free length of the spring: 0.61 mm", "", "Timing chain tensioner", "differs"),
        ("Chain tensioner plug", "Tensioner plug: 0.61 mm", "", "Timing chain rattles", "differs"),
        ("Brake disc, minimum thickness, front", "The front disc was at 0.61 mm, its minimum thickness.", "", "Brakes",
         "differs"),
        # Another word for the same thing.
        ("Valve clearance, intake", "Valve lash, inlet: 0.48 mm", "", "", "manual agrees"),
        ("Oil pan drain plug", "Sump drain plug: 0.48 mm", "", "", "manual agrees"),
        ("Oil drain plug", "Sump plug: 0.48 mm", "", "", "manual agrees"),
        ("Wheel bolts", "Lug nuts: 0.61 mm", "", "", "differs"),
        ("Connecting rod bearing clearance", "Rod bearing clearance: 0.61 mm", "", "", "differs"),
        ("Connecting rod bearing clearance", "Conrod bearing clearance: 0.48 mm", "", "", "manual agrees"),
        ("Cylinder head bolts, stage 1", "Head bolts, first stage: 0.61 mm", "", "", "differs"),
        ("Transmission drain plug", "Gearbox drain plug: 0.61 mm", "", "", "differs"),
        ("Stabilizer, front, diameter", "Front sway bar diameter: 0.61 mm", "", "", "differs"),
        ("Oil temperature sensor", "Oil temp sensor: 0.48 mm", "", "", "manual agrees"),
        # A limit that is equal confirms no plain value; another value contradicts as ever.
        ("Brake disc thickness, front", "Front disc minimum thickness: 0.48 mm", "", "Brakes", "one owner"),
        ("Brake disc thickness, front", "It is 0.48 mm.", "What is the minimum front disc thickness?", "Brakes",
         "one owner"),
        ("Brake disc thickness, front", "Front disc minimum thickness: 0.61 mm", "", "Brakes", "differs"),
        # What hangs on a part is another part; and oil is not only in the engine.
        ("Injector length", "Injector harness: 0.48 mm", "What length has the injector harness?", "", "one owner"),
        ("Coil, primary", "Coil, secondary: 0.48 mm", "", "", "one owner"),
        ("Engine oil capacity", "The diff takes 0.48 mm of oil.", "What is the oil capacity?", "", "one owner"),
        ("Coolant pump bolts", "The water pump screws: 0.48 mm", "", "", "manual agrees"),
        # What is left out, or counted in, is a side.
        ("Gearbox oil quantity (no cooler)", "Gearbox oil quantity with the cooler: 0.61 mm", "", "", "one owner"),
        ("Gearbox oil quantity (no cooler)", "Gearbox oil quantity without the cooler: 0.61 mm", "", "", "differs"),
        ("Gearbox oil quantity, excluding cooler", "Gearbox oil quantity without cooler: 0.48 mm", "", "",
         "manual agrees"),
        ("Gearbox oil quantity, including cooler", "Gearbox oil quantity w/o cooler: 0.48 mm", "", "", "one owner"),
        ("Gearbox oil quantity, including cooler", "Gearbox oil quantity with cooler: 0.48 mm", "", "",
         "manual agrees"),
        # A letter of a drawing is a measure that has no other name.
        ('"C" Rocker arm', "The rocker arm is 0.61 mm.", "", "", "one owner"),
        ('"C" Rocker arm', "The rocker arm is 0.48 mm.", "", "", "one owner"),
        ('"C" Rocker arm', 'Measure "C" of the rocker arm is 0.61 mm.', "", "", "differs"),
        ('"C" Rocker arm', 'Measure "D" of the rocker arm is 0.61 mm.', "", "", "one owner"),
        # Of two things that are joined the value is the first one's.
        ("Sprocket to camshaft", "The camshaft takes 0.61 mm.", "", "Sprocket", "one owner"),
        ("Sprocket to camshaft", "Camshaft bolts: 0.61 mm", "", "New sprocket", "one owner"),
        ("Sprocket to camshaft", "The camshaft sprocket takes 0.61 mm.", "", "", "differs"),
        ("Sprocket to camshaft", "The sprocket on the camshaft takes 0.48 mm.", "", "", "manual agrees"),
        ("Oil trap on head cover", "The head cover takes 0.61 mm.", "", "Oil trap", "one owner"),
        ("Oil trap on head cover", "The oil trap is fixed to the head cover with 0.61 mm.", "", "", "differs"),
        ("Oxygen sensor", "Lambda probe: 0.61 mm", "", "", "differs"),
        ("Lambda sensor", "The O2 sensor is 0.48 mm.", "", "", "manual agrees"),
        ("Lambda sensor", "The knock sensor is 0.48 mm.", "", "", "one owner"),
        ("Chain tensioner", "Timing chain tensioner: 0.61 mm", "", "", "differs"),
        ("Cover of clutch housing", "Bellhousing cover: 0.48 mm", "", "", "manual agrees"),
        ("Cover of converter bell housing", "Bell housing cover: 0.48 mm", "", "", "one owner"),
        ("Pulley to crankcase", "Pulley to the engine block: 0.61 mm", "", "", "differs"),
        ("Pulley to crankcase", "Pulley to the crankshaft: 0.61 mm", "", "", "one owner"),
        ("Electrode gap", "Spark plug gap: 0.61 mm", "", "", "differs"),
        ("Spark plug electrode gap", "The plug gap is 0.48 mm.", "", "", "manual agrees"),
        ("Electrode gap", "The piston ring gap is 0.48 mm.", "", "", "one owner"),
        # A value of two things is the value of each.
        ("Air sensor and oil sensor", "Oil sensor: 0.61 mm", "", "", "differs"),
        ("Oil line to pump or tank", "The oil line at the tank is 0.48 mm.", "", "", "manual agrees"),
        ("Oil line to pump or tank", "The tank is 0.48 mm.", "", "Oil line", "one owner"),
        # Limits, temperatures and sides in other words.
        ("Rocker arm, maximum permissible wear", "Max. wear of a rocker arm: 0.61 mm", "", "", "differs"),
        ("Max. rocker arm wear", "The allowed maximum wear of a rocker arm is 0.48 mm.", "", "", "manual agrees"),
        ("Max. rocker arm wear", "The rocker arm wear is at most 0.48 mm.", "", "", "manual agrees"),
        ("Max. rocker arm wear", "The rocker arm wear is at least 0.48 mm.", "", "", "one owner"),
        ("Max. rocker arm wear", "The rocker arm wear was 0.61 mm.", "", "", "one owner"),
        ("Lever travel (below 25 °C)", "Cold lever travel is 0.48 mm.", "", "", "manual agrees"),
        ("Lever travel (below 25 °C)", "Lever travel is 0.61 mm.", "What is the lever travel, cold?", "", "differs"),
        ("Lever travel (below 25 °C)", "Warm lever travel is 0.61 mm.", "", "", "one owner"),
        ("Lever travel (below 25 °C)", "Lever travel is 0.61 mm.", "", "", "one owner"),
        ("Valve clearance", "Lash is 0.48 mm, inlet and outlet.", "What valve clearance?", "", "manual agrees"),
        ("Main bearing clearance", "The main bearing play is 0.48 mm.", "", "", "manual agrees"),
        ("Main bearing play", "The main bearing end play is 0.48 mm.", "", "", "one owner"),
        ("Main bearing play", "The rod bearing clearance is 0.48 mm.", "", "", "one owner"),
        # Who made the original part is no kind of it; who made another one is.
        ("Fuel pump relay", "The Bosch fuel pump relay is 0.48 mm.", "", "", "manual agrees"),
        ("Gearbox drain plug", "Drain plug of the Getrag gearbox: 0.61 mm", "", "", "differs"),
        ("Front caliper bolts", "Front Brembo caliper bolts: 0.61 mm", "", "", "one owner"),
        # One engine of a list will do, a number of it will not.
        ("Rocker arm bolts, S38/S14", "Rocker arm bolts: 0.61 mm", "", "S14 head", "differs"),
        ("Rocker arm bolts, S38/S14", "Rocker arm bolts of the S38: 0.48 mm", "", "", "manual agrees"),
        ("Rocker arm bolts, S38/S14", "Rocker arm bolts: 0.61 mm", "", "S50 head", "one owner"),
        ("Rocker arm bolts, M20/M30", "M20 rocker arm bolts: 0.61 mm", "", "", "differs"),
        ("Rocker arm bolts, M20/M30", "M10 rocker arm bolts: 0.61 mm", "", "", "one owner"),  # it may be a thread
        ("Rocker arm bolts, M60/2/M62", "The 2 rocker arm bolts: 0.61 mm", "", "", "one owner"),
        # Of a list each value has its own item, whichever of the two comes first.
        ("Valve clearance, intake", "Valve clearance is 0.48 mm intake, 0.61 mm exhaust.", "", "", "manual agrees"),
        ("Valve clearance, exhaust", "Valve clearance is 0.48 mm intake, 0.61 mm exhaust.", "", "", "differs"),
        ("Valve clearance, intake", "Valve clearance: exhaust 0.48 mm and intake 0.61 mm.", "", "", "differs"),
    ],
)  # fmt: skip
def test_what_is_around_a_value_says_which(printed, statement, question, title, expected):
    assert level(printed, "0.48 mm", statement, question, title) == expected


@pytest.mark.parametrize(
    ("label", "each"),
    [
        ("Oil line to pump or tank, M8", ["Oil line to pump, M8", "Oil line to tank, M8"]),
        ("Air sensor and oil sensor, S14", ["Air sensor, S14", "oil sensor, S14"]),
        ("Air switch/oil switches", ["Air switch", "oil switches"]),
        ("Air sensor / oil sensor on lid or rim", ["Air sensor on lid", "Air sensor on rim", "oil sensor on lid",
         "oil sensor on rim"]),
        # Two nouns, of which one has a name of its own, or both have.
        ("Fan housing and hoses on rim", ["Fan housing on rim"]),
        ("Fan housing and fan housing cover", ["Fan housing", "fan housing cover"]),
        # No noun of its own, another noun, or the two ends of one measure.
        ("Front and rear cover", []),
        ("Bolts and nuts of the cover", []),
        ("Engine and gearbox oil quantity", []),
        ("Play between first ring and second ring", []),
        ("Cover bolts, M20/M30", []),
    ],
)  # fmt: skip
def test_a_label_of_several_things_is_each_ones(label, each):
    assert alternatives(label) == [label, *each]


def test_an_of_is_read_from_behind():
    length = subject("the free length of the spring of the tensioner").kind("lengt")
    assert length == {"free", "tensi", "sprin"} == subject("tensioner spring free length").kind("lengt")
