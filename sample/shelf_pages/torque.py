"""The torque tables. They lie in a folder of their own, yet belong to the group that each one names."""

from sample.press.records import Column, Heading, Page, Table, Text
from sample.press.units import nm

COLUMNS = ("Connection", "Thread", "Tightening torque")
WIDTHS = (360.0, 130.0, 420.0)

ENGINE = Page(
    "11-1",
    (
        Column(
            140,
            920,
            (
                Heading("11  ENGINE - TIGHTENING TORQUES", size=19),
                Text("M-4 sample engine. Threads clean and oiled unless the table says otherwise."),
                Table(
                    COLUMNS,
                    WIDTHS,
                    (
                        ("Cylinder head bolts", "M11x1.5", "1st stage 30 Nm, 2nd stage 60 Nm, then 25°"),
                        ("Main bearing cap bolts", "M11x1.5", nm("60 + 5")),
                        ("Connecting rod bolts", "M9x1.25", "1st stage 20 Nm, 2nd stage 40 Nm, then 70°"),
                        ("Flywheel bolts, with locking compound", "M12x1.5", nm("105-120")),
                        ("Vibration damper hub bolt", "M18x1.5", nm("430 + 20")),
                        ("Camshaft bearing cap nuts", "M7x1.0", nm("14 - 1")),
                        ("Camshaft sprocket bolts", "M6x1.0", nm("10")),
                        ("Chain tensioner plug", "M22x1.5", nm("40")),
                        ("Oil pan bolts", "M6x1.0", nm("9-11")),
                        ("Oil drain plug", "M12x1.5", nm("33")),
                        ("Oil filter bracket bolts", "M10x1.5", nm("47")),
                        ("Oil pressure switch", "M14x1.5", nm("30-34")),
                        ("Coolant pump bolts", "M8x1.25", nm("22")),
                        ("Intake manifold nuts", "M8x1.25", nm("20-24")),
                        ("Exhaust manifold nuts, copper", "M8x1.25", nm("24")),
                        ("Spark plugs, dry", "M14x1.25", nm("23-27")),
                        ("Engine mount to bracket", "M10x1.5", nm("45")),
                    ),
                ),
            ),
        ),
    ),
)

CLUTCH = Page(
    "21-1",
    (
        Column(
            140,
            920,
            (
                Heading("21  CLUTCH, 23  MANUAL TRANSMISSION - TIGHTENING TORQUES", size=19),
                Text("Gearbox G5. Replace self-locking nuts every time."),
                Table(
                    COLUMNS,
                    WIDTHS,
                    (
                        ("Clutch cover to flywheel, grade 8.8", "M8x1.25", nm("24")),
                        ("Clutch cover to flywheel, grade 10.9", "M8x1.25", nm("34")),
                        ("Slave cylinder to bell housing", "M8x1.25", nm("22")),
                        ("Master cylinder to pedal bracket", "M8x1.25", nm("9")),
                        ("Clutch hose union", "M10x1.0", nm("13-16")),
                        ("Clutch bleeder screw", "M8x1.25", nm("7 + 2")),
                        ("Bell housing to engine, long bolts", "M12x1.75", nm("66-82")),
                        ("Bell housing to engine, short bolts", "M10x1.5", nm("42-47")),
                        ("Output flange collar nut", "M30x1.5", "1st stage 170 Nm, loosen, 2nd stage 120 Nm"),
                        ("Gearbox oil drain plug", "M22x1.5", nm("50 + 10")),
                        ("Gearbox cross member to body", "M8x1.25", nm("21")),
                        ("Reversing light switch", "M18x1.5", nm("25")),
                    ),
                ),
                Text("Read the grade on the head of the bolt before tightening.", bold=True),
            ),
        ),
    ),
)
