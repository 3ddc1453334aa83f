"""The Electrical Troubleshooting Manual: a fuse table and a wiring diagram, numbered in its own way from page 0."""

from sample.press.records import Column, Drawing, Fact, Page, Specs, Table, Text
from sample.press.wiring import start_circuit

COLUMNS = ("CIRCUIT", "FUSE", "SIZE")
WIDTHS = (345.0, 70.0, 85.0)

FUSES = Page(
    "0670-1",
    (
        Column(
            70,
            510,
            (
                Text("FUSE TABLE, FRONT BOX", bold=True, size=17),
                Table(
                    COLUMNS,
                    WIDTHS,
                    (
                        ("Low beam, left", "F1", "7.5 A"),
                        ("Low beam, right", "F2", "7.5 A"),
                        ("High beam, left", "F3", "7.5 A"),
                        ("High beam, right", "F4", "7.5 A"),
                        ("Engine cooling fan", "F5", "30 A"),
                        ("Start relay, ignition switch", "F6", "20 A"),
                        ("Horn", "F7", "15 A"),
                        ("Wiper and washer", "F8", "25 A"),
                        ("Fuel pump", "F9", "15 A"),
                        ("Engine control unit", "F10", "10 A"),
                        ("Fog lights", "F11", "20 A"),
                    ),
                ),
            ),
            y=100,
        ),
        Column(
            630,
            510,
            (
                Text("FUSE TABLE, FOOTWELL BOX", bold=True, size=17),
                Table(
                    COLUMNS,
                    WIDTHS,
                    (
                        ("Radio", "F21", "5 A"),
                        ("Interior light, clock", "F22", "7.5 A"),
                        ("Power windows", "F23", "30 A"),
                        ("Heated rear window", "F24", "25 A"),
                        ("Instrument cluster", "F25", "10 A"),
                        ("Stop lights, cruise control", "F26", "15 A"),
                        ("Turn and hazard lights", "F27", "15 A"),
                        ("Cigar lighter", "F28", "20 A"),
                        ("Seat heating", "F29", "20 A"),
                        ("Not used", "F30", "-"),
                    ),
                ),
                Text(
                    "Replace a blown fuse once by one of the same size. If it blows again, look for the short circuit."
                ),
            ),
            y=100,
        ),
    ),
    title="POWER DISTRIBUTION",
)

START = Page(
    "1240-0",
    (
        Column(60, 1080, (Drawing(start_circuit, 730),), y=85),
        Column(
            850,
            300,
            (
                Text("TEST VALUES", bold=True),
                Specs(
                    (
                        Fact("Starter current", "145-175 A"),
                        Fact("Voltage while cranking", "over 9.6 V"),
                        Fact("Cranking speed", "220 rpm"),
                        Fact("Relay K3 coil", "75-95 ohm"),
                    ),
                ),
            ),
            y=690,
        ),
    ),
    title="START",
)
