"""Clutch and brakes: a section with callouts, a sparse page, a troubleshooting table, specifications, a procedure."""

from sample.press.drawings import bleeding, brake_disc, clutch_cover, clutch_section
from sample.press.records import Column, Drawing, Fact, Gap, Heading, Page, Specs, Steps, Table, Text
from sample.press.units import bar, litres, mm, nm

CLUTCH_LAYOUT = Page(
    "21-1",
    (
        Column(
            50,
            320,
            (
                Drawing(clutch_section, 410, "SR 21 003"),
                Text("Clutch in section", bold=True),
                Steps(
                    ("Crankshaft", "Flywheel", "Drive plate", "Pressure plate", "Diaphragm spring", "Release bearing")
                ),
            ),
            y=75,
        ),
        Column(
            430,
            720,
            (
                Heading("CHECKING DRIVE PLATE", "21 21 110"),
                Text(
                    "Hold the drive plate between centres and measure lateral runout at the outer edge. Measure "
                    "thickness at three places. Replace the plate if the linings carry oil or a rivet is loose."
                ),
                Specs(
                    (
                        Fact("Drive plate diameter", mm("228 - 1")),
                        Fact("Drive plate thickness, new", mm("9.1 - 0.4")),
                        Fact("Drive plate thickness, minimum", mm("7.5")),
                        Fact("Lateral runout, maximum", mm("0.6")),
                        Fact("Rivet depth, minimum", mm("0.3")),
                    ),
                    tab=290,
                ),
                Gap(30),
                Heading("CHECKING PRESSURE PLATE AND RELEASE", "21 21 140"),
                Text(
                    "Lay a straightedge over the pressure plate. Hollow of the face and the height of the spring tips "
                    "must be within these values."
                ),
                Specs(
                    (
                        Fact("Hollow of pressure plate, maximum", mm("0.25")),
                        Fact("Height difference of spring tips", mm("0.8")),
                        Fact("Pedal travel", mm("162-168")),
                        Fact("Slave cylinder stroke", mm("15.5 + 1.5")),
                        Fact("Flywheel runout, maximum", mm("0.10")),
                        Fact("Clamping force", "6400 + 600 N"),
                    ),
                    tab=290,
                ),
                Text("Note:\nThe pedal is not adjustable. Wear shortens the stroke of the release bearing (6)."),
            ),
            y=75,
        ),
    ),
)

CLUTCH_INSTALLING = Page(
    "21-3",
    (
        Column(24, 290, (Drawing(clutch_cover, 290, "SR 21 009"),)),
        Column(
            330,
            290,
            (
                Heading("INSTALLING CLUTCH", "21 21 000"),
                Text("Centre the drive plate with a mandrel."),
                Text("Fit the cover over the dowels and tighten the bolts crosswise, one turn at a time."),
                Text("Tightening torque*"),
                Text("Remove the mandrel. Grease the splines thinly."),
            ),
        ),
    ),
    footnote="* See Specifications",
)

CLUTCH_TROUBLE = Page(
    "21-5",
    (
        Column(
            60,
            1090,
            (
                Heading("CLUTCH TROUBLESHOOTING", size=19),
                Gap(8),
                Table(
                    ("Fault", "Cause", "Remedy"),
                    (190, 380, 510),
                    (
                        ("Clutch slips", "Lining worn", "Replace drive plate below 7.5 mm, 21 21 110"),
                        ("", "Lining oily", "Replace drive plate and crankshaft seal, 11 14 151"),
                        ("", "Diaphragm spring tired", "Replace clutch cover, 21 21 140"),
                        ("", "Slave cylinder does not return", "Clean guide and grease the push rod, 21 52 010"),
                        ("Clutch drags", "Air in the hydraulic line", "Bleed at 2 bar, 21 52 500"),
                        ("", "Fluid low in the reservoir", "Fill up to MAX and look for leaks"),
                        ("", "Drive plate bent", "Replace above 0.6 mm of runout, 21 21 110"),
                        ("", "Splines dry or rusty", "Clean the input shaft and grease it thinly"),
                        ("Clutch judders", "Pressure plate hollow", "Replace above 0.25 mm, 21 21 140"),
                        ("", "Engine mount soft", "Replace both mounts, 11 81 010"),
                        ("", "Flywheel has hot spots", "Replace flywheel above 0.10 mm of runout, 11 22 500"),
                        ("Clutch is noisy", "Release bearing dry", "Replace bearing, do not grease it, 21 51 500"),
                        ("", "Torsion spring broken", "Replace drive plate, 21 21 110"),
                        ("Pedal heavy", "Push rod seized", "Free the push rod and replace its boot, 21 52 010"),
                        ("Pedal stays down", "Master cylinder cup turned", "Replace master cylinder, 21 52 100"),
                    ),
                    label=1,
                ),
            ),
        ),
    ),
)

BRAKE_SPECIFICATIONS = Page(
    "34-2",
    (
        Column(
            40,
            280,
            (
                Drawing(brake_disc, 300, "SR 34 005"),
                Text("T  Thickness of disc"),
                Text("D  Diameter of disc"),
                Text("L  Lining of pad"),
            ),
        ),
        Column(
            360,
            800,
            (
                Heading("BRAKE SPECIFICATIONS", "34 11 000"),
                Table(
                    ("Part", "Front axle", "Rear axle"),
                    (330, 225, 225),
                    (
                        ("Brake disc, design", "ventilated", "solid"),
                        ("Brake caliper, design", "floating, 1 piston", "floating, 1 piston"),
                    ),
                    label=None,
                ),
                Specs(
                    (
                        Fact("Front disc diameter D", mm("280")),
                        Fact("Front disc thickness T, new", mm("25.0 - 0.2")),
                        Fact("Front disc thickness T, minimum", mm("23.4")),
                        Fact("Rear disc diameter D", mm("282")),
                        Fact("Rear disc thickness T, new", mm("12.0 - 0.2")),
                        Fact("Rear disc thickness T, minimum", mm("10.4")),
                        Fact("Disc runout, fitted, maximum", mm("0.15")),
                        Fact("Pad lining L, new", mm("11.0")),
                        Fact("Pad lining L, minimum", mm("2.0")),
                        Fact("Front caliper piston", mm("54")),
                        Fact("Parking brake drum", mm("160")),
                    ),
                    tab=290,
                ),
                Gap(20),
                Heading("TIGHTENING TORQUES", "34 11 900"),
                Specs(
                    (
                        Fact("Front caliper bracket M12x1.5", nm("110 + 13")),
                        Fact("Rear caliper bracket M10x1.5", nm("60-67")),
                        Fact("Caliper guide pin M9x1.25", nm("30 + 5")),
                        Fact("Brake hose to caliper M10x1.0", nm("17 + 3")),
                        Fact("Wheel speed sensor M6x1.0", nm("8")),
                        Fact("Wheel bolts M12x1.5", nm("100 + 10")),
                    ),
                    tab=290,
                ),
            ),
        ),
    ),
)

BLEEDING = Page(
    "34-2/1",
    (
        Column(
            40,
            290,
            (
                Drawing(bleeding, 250, "SR 34 011"),
                Steps(("Bleeder screw", "Clear hose", "Bottle with brake fluid", "Caliper piston")),
            ),
        ),
        Column(
            370,
            360,
            (
                Heading("BLEEDING BRAKES", "34 00 050"),
                Steps(
                    (
                        "Fill the reservoir up to MAX.",
                        "Connect the bleeding unit to the reservoir.",
                        "Push hose (2) on bleeder (1) of the right rear wheel, its end under the fluid in bottle (3).",
                        "Open the bleeder, and press the pedal twelve times to the floor.",
                        "Close the bleeder when the fluid comes without bubbles.",
                        "Go on with left rear, right front, left front.",
                        "Switch off the bleeding unit, and take it off before opening the cap.",
                    )
                ),
                Text("Important!\nBrake fluid is poisonous and harms paint. Do not use it again."),
            ),
        ),
        Column(
            760,
            420,
            (
                Heading("VALUES FOR BLEEDING", "34 00 051"),
                Specs(
                    (
                        Fact("Bleeding pressure", bar("2.0")),
                        Fact("Bleeder screw torque", nm("5 + 1")),
                        Fact("Brake fluid, whole system", litres("0.9")),
                        Fact("Fluid per wheel, at least", litres("0.25")),
                        Fact("Change brake fluid every", "24 months"),
                        Fact("Pedal free play", mm("1.5-3.0")),
                    ),
                ),
            ),
        ),
    ),
)

# Printed for the broken scan: the upper part is seen in a viewer, the rest of the file is missing.
PARKING_BRAKE = Page(
    "34-3",
    (
        Column(40, 280, (Drawing(brake_disc, 300, "SR 34 020"),)),
        Column(
            360,
            800,
            (
                Heading("ADJUSTING PARKING BRAKE", "34 41 013"),
                Steps(
                    (
                        "Release the lever and take off one bolt of each rear wheel.",
                        "Turn the star wheel through the bolt hole until the disc locks.",
                        "Turn it back until the wheel is free.",
                        "Pull the lever to the first notch and set the cable nuts.",
                    )
                ),
            ),
        ),
    ),
)
