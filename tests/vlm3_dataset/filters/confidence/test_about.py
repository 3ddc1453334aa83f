"""Owners leave out what everybody knows, and call a thing by the names of their trade; a near thing is another."""

from dataclasses import replace

import pytest

from tests.vlm3_dataset.filters.confidence.test_confidence import manual_of, told
from vlm3_dataset.filters.confidence import confidence
from vlm3_dataset.schema import Dropped

DIMENSIONS = "torque", "mass", "rotation", "speed", "pressure", "length", "volume", "temperature"


def level(table, statement, question="What do owners use?", title="Figures", before=""):
    qa, thread = told(statement, question, title=title)
    asked, said = thread.posts
    thread = replace(thread, posts=(asked, replace(said, text=f"{before} {said.text}".strip())))
    by_table = [manual_of({label: value}) for label, value in table.items()]
    manual = {dimension: [one for each in by_table for one in each.get(dimension, [])] for dimension in DIMENSIONS}
    found = confidence.weigh(qa, thread, manual)
    return "differs" if isinstance(found, Dropped) else found.confidence


@pytest.mark.parametrize(
    ("printed", "statement", "question", "expected"),
    [
        # A thing with a name of its own needs no place, and its bolts may be named or not.
        ("Heater valve to bulkhead", "The heater valve takes 48 Nm.", "", "manual agrees"),
        ("Heater valve to bulkhead", "The heater valve bolts take 61 Nm.", "", "differs"),
        ("Heater valve bolts", "The heater valve goes on with 61 Nm.", "", "differs"),
        ("Heater valve bolts", "The heater valve nuts take 48 Nm.", "", "one owner"),
        ("Alternator on console", "The alternator takes 48 Nm.", "", "manual agrees"),
        ("Heater valve to front bulkhead", "The heater valve takes 48 Nm.", "", "manual agrees"),
        # A part has none.
        ("Bracket to bulkhead", "The bracket takes 48 Nm.", "", "one owner"),
        ("Bracket to bulkhead", "The bracket on the bulkhead takes 48 Nm.", "", "manual agrees"),
        ("Clamping bolt on lever", "The clamping bolt takes 48 Nm.", "", "one owner"),
        ("Drain plug for coolant on block", "The coolant drain plug takes 61 Nm.", "", "one owner"),
        # What hangs on it, what it hangs on, and another bolt of it.
        ("Heater valve to bulkhead", "The heater valve bracket takes 48 Nm.", "", "one owner"),
        ("Heater valve to bulkhead", "The hose on the heater valve takes 61 Nm.", "", "one owner"),
        ("Heater valve to bulkhead", "The muffler to the heater valve takes 61 Nm.", "", "one owner"),
        ("Heater valve to bulkhead", "The heater valve lever takes 61 Nm.", "", "one owner"),
        ("Heater valve to bulkhead", "The heater valve motor takes 61 Nm.", "", "one owner"),
        ("Heater valve to bulkhead", "The bulkhead takes 61 Nm.", "What of the bulkhead?", "one owner"),
        ("Heater valve bolts", "The heater valve lock bolts take 61 Nm.", "", "one owner"),
        # Its other end.
        ("Hoses to heater valve", "The hoses at the heater valve take 61 Nm.", "", "differs"),
        ("Hoses to heater valve", "The heater valve hoses at the pump take 61 Nm.", "", "one owner"),
        ("Heater valve to bulkhead", "The heater valve on its M6 studs takes 61 Nm.", "", "differs"),
        # A note in brackets, if it names no part and no side.
        ("Glow plugs (greased)", "The glow plugs take 48 Nm.", "", "manual agrees"),
        ("Heater valve (cover)", "The heater valve takes 48 Nm.", "", "one owner"),
        ("Heater valve (with tap)", "The heater valve takes 48 Nm.", "", "one owner"),
        ("Heater blower on console, coupling nut", "The heater blower nut takes 48 Nm.", "", "manual agrees"),
        ("Heater blower on console, coupling nut", "The heater blower bolts take 61 Nm.", "", "one owner"),
        # Words of the trade.
        ("Cylinder head cover", "The valve cover bolts take 61 Nm.", "", "differs"),
        ("Clutch to flywheel", "Pressure plate bolts: 48 Nm", "", "manual agrees"),
        ("Clutch to flywheel", "Clutch slave bolts: 48 Nm", "", "one owner"),
        ("Expansion tank to body", "Expansion tank screws: 61 Nm", "", "differs"),
        ("Drain plug on radiator", "The rad drain plug takes 48 Nm.", "", "manual agrees"),
        ("Slave cylinder to housing", "The clutch slave gets 48 Nm.", "", "one owner"),
        ("Clutch slave cylinder to housing", "The clutch slave gets 48 Nm.", "", "manual agrees"),
        ("Center mount to body", "The center support bearing nuts are 61 Nm.", "", "differs"),
        ("Main bearing bolts", "The main cap bolts are 48 Nm.", "", "manual agrees"),
        ("Camshaft bearing cap", "The cam caps get 48 Nm.", "", "manual agrees"),
        ("Connecting rod bolts", "The rod cap bolts get 61 Nm.", "", "differs"),
        ("Connecting rod bolts", "The tie rod bolts get 61 Nm.", "", "one owner"),
        ("Exhaust manifold to cylinder head", "Exhaust header nuts: 61 Nm", "", "differs"),
        ("Exhaust manifold to cylinder head", "The header tank takes 61 Nm.", "Exhaust?", "one owner"),
        ("Exhaust manifold to cylinder head", "The headers take 48 Nm.", "", "manual agrees"),
        ("Seat belt on body", "The safety belts bolt to the floor with 48 Nm.", "", "manual agrees"),
        ("Differential bolts", "The final drive bolts are 61 Nm.", "", "differs"),
        ("Differential bolts", "The rear end cover bolts are 61 Nm.", "", "one owner"),
        ("Differential cover bolts", "The rear diff bolts are 61 Nm.", "", "one owner"),
        ("Temperature sensor - oil", "The oil temp sensor takes 48 Nm.", "", "manual agrees"),
        ("Wheel bolts", "Lug nuts get 48 Nm.", "", "manual agrees"),
        ("Wheel nuts", "I torque the lugs to 61 Nm.", "", "differs"),
        ("Wheel bolts", "The lugs of the bracket take 61 Nm.", "", "one owner"),
        ("Wheel bolts", "The steering wheel nut takes 61 Nm.", "", "one owner"),
        ("Wheel bolts", "I do the wheel bolts up to 48 Nm.", "", "manual agrees"),
        ("Wheel bolts", "The wheel bolts came off with over 48 Nm.", "", "one owner"),
        ("Intake manifold to cylinder head", "Inlet mani nuts: 61 Nm", "", "differs"),
        ("Intake manifold to cylinder head", "Exhaust mani nuts: 61 Nm", "", "one owner"),
        ("Caliper guide bolts", "Caliper slide pins take 61 Nm.", "", "differs"),
        ("Caliper guide bolts", "The slide pins of the caliper take 61 Nm.", "", "differs"),
        ("Caliper guide bolts", "Caliper bracket bolts: 48 Nm", "", "one owner"),
        ("Thermostat cover", "T-stat cover: 61 Nm", "", "differs"),
        ("Tie rod to arm", "Track rod on the arm: 61 Nm", "", "differs"),
        ("Distributor clamp", "Dizzy clamp: 61 Nm", "", "differs"),
        ("Shock absorber to body", "Shocks to the body: 61 Nm", "", "differs"),
        ("Connecting rod nut", "The strut rod nut takes 61 Nm.", "", "one owner"),
        ("Strut rod nut", "The rod nuts are 61 Nm.", "And the strut?", "one owner"),
        ("Rocker bolts, first stage", "For the first pass the rocker bolts get 48 Nm.", "", "manual agrees"),
        ("Rocker bolts, first stage", "The second pass of the rocker bolts is 61 Nm.", "", "one owner"),
        ("Wheel bearing collar nut", "The wheel bearing nut gets 61 Nm.", "", "differs"),
        ("Starter motor to bracket", "The starter gets 61 Nm.", "", "differs"),
        ("Crankshaft bearing bolts", "The main cap bolts get 61 Nm.", "", "differs"),
        ("Camshaft bearing bolts", "The main cap bolts get 61 Nm.", "", "one owner"),
        ("Camshaft bearing bolts", "Tighten the bolts of the mains to 48 Nm.", "", "one owner"),
        ("Spacer to rear axle carrier", "The spacer on the rear subframe takes 61 Nm.", "", "differs"),
        ("Spacer to rear axle carrier", "The spacer on the front subframe takes 61 Nm.", "", "one owner"),
        ("Fan clutch to pump", "The viscous coupling takes 61 Nm.", "", "differs"),
        ("Clutch cover", "The viscous clutch cover takes 61 Nm.", "", "one owner"),
        ("Bleed screw on caliper", "The caliper bleed nipple takes 48 Nm.", "", "manual agrees"),
        ("Bleed screw on caliper", "The caliper bleed nipple cap takes 48 Nm.", "", "one owner"),
        ("Caliper bracket", "Caliper carrier bolts: 61 Nm", "", "differs"),
        ("Caliper guide bolts", "Caliper carrier bolts: 61 Nm", "", "one owner"),
        ("Oil temperature sensor", "The oil temp sender takes 61 Nm.", "", "differs"),
        ("Oil temperature sensor", "The oil pressure sender takes 61 Nm.", "", "one owner"),
        # One word or two, and as it is often spelled.
        ("Coolant pump bolts", "The waterpump bolts are 61 Nm.", "", "differs"),
        ("Spark plugs", "The sparkplugs are 48 Nm.", "", "manual agrees"),
        ("Drive shaft to flange", "Driveshaft on the flange: 61 Nm", "", "differs"),
        ("Camshaft sprocket", "The cam shaft sprocket takes 61 Nm.", "", "differs"),
        ("Camshaft sprocket", "The drive shaft sprocket takes 61 Nm.", "", "one owner"),
        ("Flywheel bolts", "The fly wheel bolts take 61 Nm.", "", "differs"),
        ("Flywheel bolts", "The wheelbolts take 48 Nm.", "", "one owner"),
        ("Brake caliper bolts", "The brake calliper bolts take 61 Nm.", "", "differs"),
        # Threads and grades as far as they are told.
        ("Spark plugs, M12x1.25", "M12 spark plugs get 61 Nm.", "", "differs"),
        ("Spark plugs, M12x1.25", "M14 spark plugs get 61 Nm.", "", "one owner"),
        ("Spark plugs, M12x1.25", "M12x1.5 spark plugs get 61 Nm.", "", "one owner"),
        ("Clutch to flywheel, M8 10.9", "10.9 pressure plate bolts get 61 Nm.", "", "differs"),
        ("Clutch to flywheel, M8 10.9", "8.8 pressure plate bolts get 61 Nm.", "", "one owner"),
        # Engines and cars of a list.
        ("Rocker bolts, M21/S14/S38 B 35", "The rocker bolts of an S14 get 61 Nm.", "", "differs"),
        ("Rocker bolts, M3/M5", "The rocker bolts of my M3 get 61 Nm.", "", "differs"),
        ("Rocker bolts, E99 M3", "The rocker bolts of my M3 get 61 Nm.", "", "one owner"),
        # Asked and denied, it is not said.
        ("Rocker bolts", "The rocker bolts 48 Nm?", "", "one owner"),
        ("Rocker bolts", "The rocker bolts are not 48 Nm.", "", "one owner"),
    ],
)  # fmt: skip
def test_what_an_owner_may_leave_out(printed, statement, question, expected):
    assert level({printed: "48 Nm"}, statement, question) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("The heater valve takes 11 Nm.", "one owner"),  # at one of two places
        ("The heater valve takes 19 Nm.", "one owner"),
        ("The heater valve takes 30 Nm.", "differs"),
        ("The heater valve on the bulkhead takes 11 Nm.", "manual agrees"),
        ("The heater valve on the bulkhead takes 19 Nm.", "differs"),
    ],
)
def test_of_two_places_one_must_be_said(statement, expected):
    table = {"Heater valve to bulkhead": "11 Nm", "Heater valve to engine console": "19 Nm"}
    assert level(table, statement, title="Heater") == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("The knock sensor of the S14 takes 13 Nm.", "manual agrees"),
        ("The knock sensor of the S14 takes 29 Nm.", "one owner"),  # as that of all others
        ("The knock sensor of the M50 takes 29 Nm.", "manual agrees"),
    ],
)
def test_the_row_of_an_engine_goes_before_that_of_all_others(statement, expected):
    assert level({"Knock sensor, S14/S38": "13 Nm", "Knock sensor, All others": "29 Nm"}, statement) == expected


@pytest.mark.parametrize(
    ("printed", "statement", "question", "expected"),
    [
        ("Weight: 1100 kg", "It weighs 1300 kg.", "What is the curb weight?", "differs"),
        ("Weight: 1100 kg", "The flywheel has a weight of 9 kg.", "What is its weight?", "one owner"),
        ("Max rev count: 7100 rpm", "The rev limiter cuts in at 7100 rpm.", "", "manual agrees"),
        ("Max rev count: 7100 rpm", "Its rev count was 3000 rpm.", "", "one owner"),
        ("Maximum speed: 210 km/h", "Top speed is 230 km/h.", "", "differs"),
        ("Tyre pressure, front: 1.9 bar", "The front tires get 2.4 bar.", "What tire pressure?", "differs"),
        ("Tyre pressure, front: 1.9 bar", "The front tires were at 2.4 bar hot.", "What tire pressure?", "one owner"),
        ("Wheelbase: 2510 mm", "The wheels are 410 mm.", "", "one owner"),
        ("A/C charge: 800 g", "The AC takes 800 g.", "How much refrigerant goes into the AC?", "manual agrees"),
        ("Gearbox oil quantity: 1.4 litres", "The trans takes 1.4 L.", "How much fluid does it take?", "manual agrees"),
        ("Gearbox oil quantity: 1.4 litres", "1.9 L.", "How much gear lube goes into the gearbox?", "differs"),
        ("Power steering fluid quantity: 0.9 litres", "0.9 L.", "How much power steering fluid?", "manual agrees"),
        ("Oil quantity: 5.2 litres", "The trans takes 1.4 L.", "How much fluid does it take?", "one owner"),
        # The unit tells the measure, if it is said what a thing takes, and not what is in it or what it did.
        ("Washer tank capacity: 3.1 litres", "The washer tank holds 4.4 l.", "", "differs"),
        ("Washer tank capacity: 3.1 litres", "The washer tank is 3.1 litres.", "", "manual agrees"),
        ("Washer tank capacity: 3.1 litres", "I put 2 litres into the washer tank.", "", "one owner"),
        ("Washer tank capacity: 3.1 litres", "There are 2 litres in the washer tank.", "", "one owner"),
        ("Washer tank capacity: 3.1 litres", "The washer tank is 2 litres when the lamp comes on.", "", "one owner"),
        ("Washer tank capacity: 3.1 litres", "The washer tank reserve takes 1 l.", "", "one owner"),
        ("Washer tank capacity: 3.1 litres", "The overflow tank takes 3.1 l.", "And the washer tank?", "one owner"),
        ("Flap opening temperature: 71 °C", "The flap opens at 60 °C.", "", "differs"),
        ("Flap opening temperature: 71 °C", "The flap was at 60 °C.", "", "one owner"),
        ("Flap closing temperature: 71 °C", "The flap closes at 71 °C.", "", "manual agrees"),
        ("Idle speed: 830 rpm", "It should idle at 950 rpm.", "", "differs"),
        ("Idle speed: 830 rpm", "The tickover should be 830 rpm.", "", "manual agrees"),
        ("Idle speed: 830 rpm", "The fast idle should be 1100 rpm.", "", "one owner"),
        ("Idle speed: 830 rpm", "It idles at 1500 rpm when cold.", "", "one owner"),
        ("Electrode gap: 0.9 mm", "Gap on the plugs is 1.2 mm.", "", "differs"),
        ("Electrode gap: 0.9 mm", "Gap on the points is 1.2 mm.", "Plugs?", "one owner"),
        ("Disc thickness: 9 mm", "The discs are 7 mm.", "How thick are the discs?", "differs"),
        ("Valve clearance (below 35 °C): 0.21 mm", "I shim the valves to 0.21 mm cold.", "", "manual agrees"),
        ("Electrode gap: 0.9 mm", "I gap the plugs to 1.2 mm.", "", "differs"),
    ],
)
def test_what_is_measured(printed, statement, question, expected):
    label, _, value = printed.partition(": ")
    assert level({label: value}, statement, question) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("Rocker bolts next.", "manual agrees"),
        ("Rocker shafts next.", "one owner"),
        ("", "one owner"),
    ],
)
def test_them_is_what_the_sentence_before_names(before, expected):
    assert level({"Rocker bolts": "48 Nm"}, "I torqued them to 48 Nm.", "What torque?", before=before) == expected


@pytest.mark.parametrize(
    ("statement", "title", "expected"),
    [
        # Values of two dimensions are of two things, and neither lends the other a word.
        ("The tire bolts get 100 Nm, pressure 2.0 bar in the jack.", "Figures", "one owner"),
        ("The tire bolts get 100 Nm and the jack a pressure of 2.0 bar.", "Figures", "one owner"),
        ("The heater valve gets 48 Nm, the tires a pressure of 2.4 bar.", "Figures", "differs"),
        ("The jack pumps 2.0 bar, the heater valve takes 48 Nm.", "Figures", "manual agrees"),
        ("The jack lifts 2.0 bar, the heater valve takes 61 Nm.", "Figures", "differs"),
        ("Tire pressure 2.0 bar, jack bolts 48 Nm.", "Heater valve", "manual agrees"),  # of the tires
        ("Jack pressure 2.0 bar, tire bolts 48 Nm.", "Heater valve", "one owner"),
        ("At 3 bar, the heater valve takes 61 Nm.", "Figures", "differs"),
        ("The heater valve, cleaned at 3 bar, takes 61 Nm.", "Figures", "differs"),
        # What follows the value goes on about it, unless it says which.
        ("The heater valve takes 61 Nm, new crush washer every time.", "Figures", "differs"),
        ("The heater valve takes 48 Nm and then you paint the cap and wait.", "Figures", "manual agrees"),
        ("Heater valve 61 Nm (dab of sealing wax, green stuff).", "Figures", "differs"),
        ("The valve takes 61 Nm, on the gearbox.", "Heater", "one owner"),
        ("The valve takes 61 Nm, the gearbox one.", "Heater", "one owner"),
        ("The heater valve takes 61 Nm, gearbox side.", "Heater", "one owner"),
        ("The bolts take 61 Nm, heater valve bracket.", "Figures", "one owner"),
        ("Heater valve 61 Nm - don't overdo it, cheap alloy.", "Figures", "differs"),
        ("The heater valve goes on at 48 Nm with a bit of grease.", "Figures", "manual agrees"),
        ("Heater valve bolts 61 Nm, the top one is a pain.", "Figures", "differs"),
        # What is measured in a thing is measured of it.
        ("The pressure in the tire is 2.4 bar.", "Figures", "differs"),
        ("The pressure in the jack is 2.0 bar.", "Tires", "one owner"),
    ],
)
def test_a_value_is_of_what_stands_in_its_own_clause(statement, title, expected):
    assert level({"Heater valve to bulkhead": "48 Nm", "Tyre pressure": "2.0 bar"}, statement, title=title) == expected
