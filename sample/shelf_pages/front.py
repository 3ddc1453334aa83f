"""The cover and index sheet: what a reader sees first, and nothing that a question could be made of."""

from sample.press.records import Column, Gap, Heading, Page, Steps, Text

COVER = Page(
    "1",
    (
        Column(
            90,
            480,
            (
                Gap(90),
                Heading("SAMPLE ROADSTER", size=46),
                Heading("Workshop Manual", size=34),
                Gap(16),
                Text("with M-4 sample engine and gearbox G5", size=19),
                Gap(250),
                Text("(c) the vlm3 authors. Licensed under the Apache License, Version 2.0.", size=13),
                Text("No such car was ever built. Do not repair a real one by this book.", size=13),
            ),
        ),
        Column(
            660,
            420,
            (
                Gap(90),
                Heading("CONTENTS", size=22),
                Text("Maintenance", size=18),
                Text("Torque Specifications", size=18),
                Text("Engine", size=18),
                Text("Engine Electrical Equipment", size=18),
                Text("Fuel System", size=18),
                Text("Clutch", size=18),
                Text("Brakes", size=18),
                Text("Electrical Troubleshooting Manual", size=18),
                Gap(30),
                Heading("HOW TO READ A PAGE NUMBER", size=15.5),
                Steps(("The first figure is the main group.", "The second is the page in that group, ascending.")),
            ),
        ),
    ),
)
