"""Owners' values against real pages of the manual: right ones, wrong ones, and equal numbers of something else.

Of the forty some are another engine's, another size's, the other side's, the warm engine's, or some stages of several.
"""

import pytest

from tests.vlm3_dataset.filters.confidence.test_confidence import level_of, told
from vlm3_dataset.filters.confidence import confidence, manual_facts
from vlm3_dataset.schema import Page, Reading
from vlm3_dataset.sources.pages import html, pdf, readings

pytestmark = pytest.mark.real

BOOK = "00 - Torque Specs/BMW_Torque_Specs.pdf"
BOOK_PAGES = (11, 19, 21, 25, 29, 32, 36, 40, 52, 63, 86, 88, 92, 93, 95, 102, 123, 127, 135)
SHEET, SHEET_PAGES = "M3-techspec.html", (1, 2, 3, 4)  # by an enthusiast; where it differs the manual's own has it
SCANS = ("11 - Engine/11-51.jpg", "11 - Engine/11-65.jpg", "11 - Engine/11-72.jpg", "11 - Engine/11-73.jpg")

AGREE = (
    ("Water pump", "How tight are the M8 water pump bolts?", "The M8 bolts of the water pump go to 22 Nm."),
    ("Clutch job", "Clutch cover bolts?", "Pressure plate to flywheel bolts grade 8.8 get 24 Nm."),
    ("Clutch slave", "Slave bolts?", "Slave cylinder to the bellhousing is 22 Nm."),
    ("Rod bolts", "S14 rod bolts?", "New oiled S14 rod bolts 55 Nm."),
    ("Crank hub", "S14 hub bolt?", "The S14 vibration damper hub is 440 Nm, scary tight."),
    ("Tensioner plug", "S14 chain tensioner plug?", "The plug for the chain tensioner is 40 Nm on the S14."),
    ("Head bolts", "S14 head bolts?", "S14 cylinder head bolts: 50 Nm, 80 Nm, wait 15 min, 100 Nm."),
    ("Main bearings", "S14 mains?", "S14 main bearing bolts 20 Nm then 50 degrees."),
    ("Spark plugs?", "Spark plug torque on the S14?", "I do the M14 spark plugs dry at 30 Nm."),
    ("Oil pressure switch", "S14 oil pressure switch?", "S14 oil pressure switch: 20 Nm."),
    ("Valve adjustment", "S14 valve clearance cold?", "Valve clearance is 0.26 to 0.35 mm cold on the S14."),
    ("Warm valve clearance", "Valve clearance warm?", "Checked warm the valve clearance is 0.31 to 0.40 mm."),
    ("Compression", "S14 compression?", "Compression pressure should be 10 to 11 bar on the S14."),
    ("S14 tensioner", "Tensioner spring?", "The spring of the chain tensioner is 159 mm long when new."),
    ("Piston clearance", "S14 pistons?", "Piston installed clearance is 0.03 to 0.06 mm."),
    ("Gearbox oil", "How much in the dogleg?", "The dogleg takes 1.25 litres."),
    ("Tyre pressures", "What do you run?", "Tyre pressure front 2.0 bar says the sticker."),
    ("Coolant change", "How much coolant?", "The cooling system takes 9.0 litres without A/C."),
    ("Air con recharge", "How much R12?", "A/C charge with R12 is 875 grams."),
    ("Seat belts", "Seat belt bolts?", "I torqued the seat belt on the B-pillar to 31 Nm."),
)
DIFFER = (
    # A value that nothing of the manual has.
    ("Water pump", "How tight are the M8 water pump bolts?", "The M8 bolts of the water pump go to 32 Nm."),
    ("Rod bolts", "S14 rod bolts?", "New oiled S14 rod bolts 65 Nm."),
    ("Compression", "S14 compression?", "Compression pressure should be 8 bar on the S14."),
    ("Head bolts", "S14 head bolts?", "S14 cylinder head bolts: 40 Nm, 70 Nm, wait 15 min, 90 Nm."),
    ("Main bearings", "S14 mains?", "S14 main bearing bolts 60 Nm."),
    ("Valve adjustment", "S14 valve clearance cold?", "I set the valve clearance to 0.45 mm cold."),
    ("Air con recharge", "How much R12?", "A/C charge with R12 is 1200 grams."),
    # The value of another thing.
    ("Clutch slave", "Slave bolts?", "The clutch slave cylinder takes 10 Nm."),  # the master cylinder to the pedals
    ("Center bearing", "Center mount bolts?", "The centre bearing to the body takes 42 Nm."),  # the gearbox's mounts
    ("Radiator swap", "Radiator drain plug?", "Drain plug on the radiator gets 25 Nm."),  # the oil pan's
    ("Gearbox oil", "How much in the dogleg?", "The dogleg takes 1.7 litres."),  # the differential
    # The other side, state or size.
    ("Warm valve clearance", "Valve clearance warm?", "Checked warm the valve clearance is 0.26 mm."),  # cold
    ("Tyres", "Rear pressures?", "Rear tyre pressure should be 2.0 bar."),  # front
    ("Oil change", "How much oil with filter?", "Oil change with filter takes 4.1 litres on the S14."),  # without
    ("Seat belts", "Seat belt bolts?", "I torqued the seat belt on the B-pillar to 48 Nm."),  # elsewhere on the body
    ("Water pump", "Water pump M6?", "The M6 bolts of the water pump get 22 Nm."),  # M8
    # Another engine's.
    ("Crank hub", "S14 hub bolt?", "The S14 vibration damper hub is 410 Nm, scary tight."),
    ("Oil pressure switch", "S14 oil pressure switch?", "S14 oil pressure switch: 40 Nm."),
    ("Head", "S14 head bolts?", "S14 head bolts: 20 Nm, then 60 degrees, then 70 degrees."),
    ("Mains", "S14 mains?", "S14 main bearing bolts: 20 Nm and then 70 degrees."),
)
# Equal numbers of things that the manual says nothing about, and one stage of several.
NEITHER = (
    ("Sump guard", "How tight is the sump guard?", "Sump guard bolts 24 Nm."),
    ("Seat rails", "Seat rail bolts?", "Seat rails to floor, 25 Nm."),
    ("Strut brace", "Strut brace?", "Strut brace nuts at 22 Nm."),
    ("Wiper", "Wiper arm nut?", "Wiper arm nut, 10 Nm."),
    ("Head bolts", "S14 head bolts?", "S14 cylinder head bolts take 80 Nm."),
    ("Spark plugs?", "Spark plug torque on the S14?", "I do the M14 spark plugs dry at 20 Nm."),  # another page has it
)


@pytest.fixture(scope="module")
def manual(shared):
    folder = shared / "data_src"
    sheet = html.lay_out((folder / SHEET).read_bytes())
    printed = [(f"techspec-p{n}", "", pdf.sheet(sheet, n).text, "html") for n in SHEET_PAGES]
    printed += [(f"torque-p{n}", "Torque Specs", pdf.sheet(folder / BOOK, n).text, "text layer") for n in BOOK_PAGES]
    read = [(page_id, section, Reading(engine, found)) for page_id, section, found, engine in printed]
    read += [(scan, "Engine", readings.ocr((folder / scan).read_bytes())) for scan in SCANS]
    return manual_facts.by_dimension(
        fact
        for page_id, section, reading in read
        for fact in manual_facts.facts(Page(page_id, page_id, 1, "image", "", section, "g"), reading, ())
    )


@pytest.mark.parametrize(
    ("level", "title", "question", "statement"),
    [
        (level, *told_there)
        for level, values in (("manual agrees", AGREE), ("differs", DIFFER), ("one owner", NEITHER))
        for told_there in values
    ],
)
def test_an_owner_is_rated_by_the_real_manual(manual, level, title, question, statement):
    assert level_of(confidence.weigh(*told(statement, question, title=title), manual)) == level
