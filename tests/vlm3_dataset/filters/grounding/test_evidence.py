"""Where the evidence is printed: a row of a table, lines of one of two columns, or nowhere."""

import pytest

from vlm3_dataset.filters.grounding.evidence import evidence_boxes
from vlm3_dataset.schema import Segment


def piece(text, left, top):
    return Segment(text, (left, top, left + 9 * len(text), top + 20))


TABLE = [
    piece("Connection", 100, 50), piece("Thread", 500, 50), piece("Torque", 700, 50),
    piece("Oil drain plug", 100, 80), piece("M12x1.5", 500, 80), piece("25 Nm", 700, 80),
    piece("Flywheel bolts", 100, 110), piece("M12x1.5", 500, 110), piece("105 Nm", 700, 110),
    piece("Level plug", 100, 140), piece("M12x1.5", 500, 140), piece("25 Nm", 700, 140),
]  # fmt: skip
COLUMNS = [
    piece("Fit the cover over the dowels", 50, 100), piece("Bleed the brakes after every", 600, 100),
    piece("and tighten the bolts crosswise,", 50, 130), piece("repair. Fill the reservoir up", 600, 130),
    piece("one turn at a time.", 50, 160), piece("to the mark.", 600, 160),
    piece("34 Nm", 50, 190), piece("2 bar", 600, 190),
]  # fmt: skip
LEFT = """31 12 040 TAKING OUT LEFT ARM
For cars up to 1987:
Raise the car at the front.
Turn off the three nuts.
Push the arm out of its bush.
Clean the bush of the arm.""".splitlines()
RIGHT = """31 12 090 TAKING OUT RIGHT ARM
Take care!
The locking nuts of this arm will be hard to turn.
Then wait until the grease has become warm,
which takes 20 minutes. Use a long bar for these nuts.
Grease the new bush.""".splitlines()
# Two jobs side by side, whose titles are nearly the same; and parts of one quotation far from each other.
SIDES = [
    piece(text, edge, 100 + 30 * at) for edge, column in ((50, LEFT), (600, RIGHT)) for at, text in enumerate(column)
]
FAR = ["Coupe from 1987 on:", *["Turn the hub by hand."] * 14, "Play: 3 mm"]
APART = [piece(text, 50, 50 + 30 * at) for at, text in enumerate(FAR)]


@pytest.mark.parametrize(
    ("segments", "evidence", "texts"),
    [
        (TABLE, "Flywheel bolts M12x1.5 105 Nm", ["Flywheel bolts", "M12x1.5", "105 Nm"]),
        (TABLE, "Level plug: 25 Nm", ["Level plug", "25 Nm"]),  # and not the 25 Nm of the drain plug
        (TABLE, "Oil drain plug Level plug M12x1.5 25 Nm", ["Oil drain plug", "Level plug", "M12x1.5", "25 Nm"]),
        (TABLE, "flywheel BOLTS 105 Nm", ["Flywheel bolts", "105 Nm"]),
        (
            COLUMNS,
            "tighten the bolts crosswise, one turn at a time. 34 Nm",
            ["and tighten the bolts crosswise,", "one turn at a time.", "34 Nm"],
        ),
        (COLUMNS, "Fill the reservoir up to the mark", ["repair. Fill the reservoir up", "to the mark."]),
        (SIDES, "31 12 090 TAKING OUT RIGHT ARM", RIGHT[:1]),
        (SIDES, "Push the arm out of its bush.", LEFT[4:5]),
        (SIDES, "Then wait until the grease has become warm, which takes 20 minutes.", RIGHT[3:5]),  # with the value
        (APART, "Coupe from 1987 on: … Play: 3 mm", ["Coupe from 1987 on:", "Play: 3 mm"]),
        (TABLE, "Cylinder head cover nuts 10 Nm", []),
        (TABLE, "", []),
        (TABLE, "...", []),
        ([], "Flywheel bolts", []),
    ],
)
def test_the_print_of_the_evidence_is_found(segments, evidence, texts):
    boxes = {segment.box: segment.text for segment in segments}
    assert [boxes[box] for box in evidence_boxes(evidence, segments)] == texts
