"""The two documents that are not single scans: a PDF of text and scan, and an HTML table of technical data."""

from sample.press.drawings import bearing_press
from sample.press.hypertext import Row, Section
from sample.press.records import Column, Drawing, Fact, Gap, Heading, Page, Specs, Steps, Table, Text
from sample.press.units import litres, mm, nm

A4_LANDSCAPE = (842, 595)

GEARBOX_TEXT = Page(
    "G5 - 1",
    (
        Column(
            60,
            720,
            (
                Heading("GEARBOX G5, REBUILD DATA", size=18),
                Text("Measured on our bench. Turn every shaft by hand before the housing is closed."),
                Table(
                    ("Measurement", "Where", "Value"),
                    (290, 170, 260),
                    (
                        ("Input shaft end float", "dial gauge", mm("0.05-0.15")),
                        ("Countershaft preload", "shims", mm("0.02-0.06")),
                        ("Synchro ring gap, new", "feeler gauge", mm("1.2")),
                        ("Synchro ring gap, worn", "feeler gauge", mm("0.5")),
                        ("Selector fork clearance", "feeler gauge", mm("0.20-0.45")),
                        ("Output flange runout", "dial gauge", mm("0.07")),
                        ("Gearbox oil filling", "level plug", litres("1.25")),
                        ("Housing bolts M8x1.25", "crosswise", nm("25")),
                        ("Guide sleeve bolts M6x1.0", "with sealant", nm("10")),
                    ),
                ),
            ),
            y=66,
        ),
    ),
    size=A4_LANDSCAPE,
)

GEARBOX_SCAN = Page(
    "G5 - 2",
    (
        Column(
            60,
            300,
            (
                Drawing(bearing_press, 300, "SR 23 040"),
                Text("Pressing on the inner ring", bold=True),
                Steps(("Press sleeve", "Inner ring", "Shoulder", "Output shaft")),
            ),
        ),
        Column(
            420,
            720,
            (
                Heading("PRESSING ON BEARINGS", "23 21 600"),
                Steps(
                    (
                        "Heat the inner ring in an oven. Never use a flame.",
                        "Push the ring on the shaft against the shoulder and hold it until it has cooled.",
                        "Measure the gap to the shoulder and choose the shim.",
                    )
                ),
                Gap(20),
                Specs(
                    (
                        Fact("Heating temperature", "80-100 °C"),
                        Fact("Gap to shoulder, maximum", mm("0.05")),
                        Fact("Shim thickness, smallest", mm("0.30")),
                        Fact("Pressing force, maximum", "30 kN"),
                        Fact("Press sleeve bore", mm("28.0 + 0.1")),
                    ),
                    tab=290,
                ),
            ),
        ),
    ),
)

TECHNICAL_DATA = (
    Section(
        "Engine",
        (
            Row("Type", ("M-4 sample engine, four cylinders in line",)),
            Row("Displacement", ("2282 cm3",)),
            Row("Bore x stroke", (mm("93.0") + " x " + mm("84.0"),)),
            Row("Compression ratio", ("10.4 : 1",)),
            Row("Maximum power", ("138 kW at 6600 rpm",)),
            Row("Maximum torque", (nm("230") + " at 4700 rpm",)),
            Row("", ("Same as Sample Saloon",)),
            Row("Engine oil with filter", (litres("4.75"),)),
        ),
    ),
    Section(
        "Transmission",
        (
            Row("Gearbox", ("G5, five speeds",)),
            Row(
                "Gear ratios",
                ("1st gear: 3.72", "2nd gear: 2.40", "3rd gear: 1.77", "4th gear: 1.26", "5th gear: 1.00"),
            ),
            Row("", ("Reverse gear: 4.23",)),
            Row("Final drive ratio", ("3.25 : 1",)),
        ),
    ),
    Section(
        "Chassis",
        (
            Row("Wheelbase", ("2565 mm",)),
            Row("Kerb weight", ("1165 kg",)),
            Row("Drag coefficient", ("???",)),
            Row("Fuel tank", (litres("62"),)),
            Row("Tyre pressure, front", ("2.2 bar (32 psi)",)),
            Row("Tyre pressure, rear", ("2.4 bar (35 psi)",)),
            Row("Turning circle", ("10.4 m",)),
        ),
    ),
)
