"""Engine: a specification sheet, a procedure, ignition and sensor values, and a sheet with decimal commas."""

from sample.press.drawings import chain_tensioner, connector, cylinder_head, piston, sensor_curve, valve
from sample.press.records import Column, Drawing, Fact, Gap, Heading, Page, Specs, Steps, Table, Text
from sample.press.units import bar, litres, mm, nm

INCH_MARK = '"'

SPECIFICATIONS = Page(
    "11-14",
    (
        Column(24, 280, (Drawing(valve, 290, "SR 11 014"), Gap(60), Drawing(piston, 240, "SR 11 016"))),
        Column(
            330,
            850,
            (
                Heading("VALVES", "11 34 210"),
                Text("Measure with the valve removed and clean. Replace a valve that is below any of the limits."),
                Specs(
                    (
                        Fact("Inlet valve head diameter D", mm("36.5 - 0.1", INCH_MARK)),
                        Fact("Exhaust valve head diameter D", mm("31.0 - 0.1", INCH_MARK)),
                        Fact("Inlet valve stem diameter S", mm("6.975 - 0.015", INCH_MARK)),
                        Fact("Exhaust valve stem diameter S", mm("6.960 - 0.015", INCH_MARK)),
                        Fact("Minimum edge thickness E, inlet", mm("0.60", INCH_MARK)),
                        Fact("Minimum edge thickness E, exhaust", mm("1.05", INCH_MARK)),
                        Fact("Valve seat angle", "45°"),
                        Fact("Valve clearance, cold, inlet", mm("0.26-0.30", INCH_MARK)),
                        Fact("Valve clearance, cold, exhaust", mm("0.31-0.35", INCH_MARK)),
                    ),
                    tab=300,
                ),
                Gap(38),
                Heading("PISTONS AND CYLINDERS", "11 25 120"),
                Text("Measure P at distance M from the lower edge, at right angles to the pin."),
                Specs(
                    (
                        Fact("Piston diameter P", mm("92.97 - 0.01", INCH_MARK)),
                        Fact("Measuring height M", mm("14", INCH_MARK)),
                        Fact("Cylinder bore", mm("93.00 + 0.01", INCH_MARK)),
                        Fact("Piston clearance", mm("0.03-0.05", INCH_MARK)),
                        Fact("Wear limit of piston clearance", mm("0.10", INCH_MARK)),
                        Fact("Ring gap, first ring", mm("0.25-0.45", INCH_MARK)),
                        Fact("Ring gap, second ring", mm("0.30-0.50", INCH_MARK)),
                        Fact("Compression pressure", bar("11-13")),
                    ),
                    tab=300,
                ),
            ),
        ),
    ),
)

HEAD_PROCEDURE = Page(
    "11-15",
    (
        Column(
            40,
            520,
            (
                Drawing(cylinder_head, 278, "SR 11 021"),
                Gap(60),
                Drawing(chain_tensioner, 196, "SR 11 022"),
                Text("Chain tensioner", bold=True),
                Steps(("Plug", "Spring, tapered end to the plug", "Plunger", "Housing")),
            ),
        ),
        Column(
            600,
            570,
            (
                Heading("INSTALLING CYLINDER HEAD", "11 12 105"),
                Steps(
                    (
                        "Clean both faces. Dry the bolt holes, as oil or water in them cracks the casting.",
                        "Check the head for distortion with a straightedge and feeler gauge.",
                        "Lay the gasket on the dowels, the word TOP upwards and forwards.",
                        "Turn the crankshaft to 30° before top dead centre, so that no valve can meet a piston.",
                        "Lower the head and oil the threads of new bolts.",
                        "Tighten bolts 1 to 10 in the order of the picture and in all stages.",
                        "Turn the crankshaft back to top dead centre and fit the chain.",
                        "Insert plunger (3) and spring (2), then tighten plug (1) with a new seal.",
                        "Fill with coolant and run the engine until the fan starts. Do not retighten the bolts.",
                    )
                ),
                Text("Important!\nNever use the bolts of this head twice."),
                Specs(
                    (
                        Fact("Cylinder head distortion, maximum", mm("0.05")),
                        Fact("Cylinder head height, new", mm("140.5 - 0.2")),
                        Fact("Machining limit of head height", mm("139.9")),
                        Fact("Cylinder head bolts, stage 1", nm("30")),
                        Fact("Cylinder head bolts, stage 2", nm("60")),
                        Fact("Cylinder head bolts, stage 3", "turn by 25°"),
                        Fact("Tensioner spring free length", mm("48.5")),
                        Fact("Coolant, whole system", litres("6.5")),
                    ),
                    tab=275,
                ),
            ),
        ),
    ),
)

IGNITION = Page(
    "12-7",
    (
        Column(
            40,
            330,
            (
                Text("Temperature sensor B6, resistance", bold=True),
                Drawing(sensor_curve, 262, "SR 12 031"),
                Gap(30),
                Text("Plug X14, seen from the wire side", bold=True),
                Drawing(connector, 150, "SR 12 032"),
                Text("Pull the plug only with the ignition off. Test from the wire side with a thin probe."),
            ),
        ),
        Column(
            400,
            770,
            (
                Heading("TESTING IGNITION AND SENSORS", "12 14 300"),
                Table(
                    ("Test", "Pins of X14", "Nominal value"),
                    (370, 130, 260),
                    (
                        ("Coolant sensor B6 at -10 °C", "3 and 10", "8.6-9.8 kohm"),
                        ("Coolant sensor B6 at 20 °C", "3 and 10", "2.3-2.7 kohm"),
                        ("Coolant sensor B6 at 80 °C", "3 and 10", "0.30-0.36 kohm"),
                        ("Ignition coil, primary", "1 and 8", "0.45-0.55 ohm"),
                        ("Ignition coil, secondary", "1 and tower", "5.4-6.6 kohm"),
                        ("Crankshaft sensor winding", "5 and 12", "860-1060 ohm"),
                        ("Crankshaft sensor insulation", "5 and 13", "over 100 kohm"),
                        ("Throttle switch closed", "2 and 9", "0 ohm"),
                        ("Supply, ignition on", "7 and 14", "11.5-12.6 V"),
                    ),
                ),
                Gap(18),
                Heading("SPARK PLUGS AND ALTERNATOR", "12 12 011"),
                Specs(
                    (
                        Fact("Electrode gap", mm("0.7 + 0.1")),
                        Fact("Crankshaft sensor gap", mm("1.0 - 0.3")),
                        Fact("Firing order", "1 - 3 - 4 - 2"),
                        Fact("Ignition timing at idle", "8° before TDC"),
                        Fact("Idle speed", "880 + 40 rpm"),
                        Fact("Charging voltage at 2000 rpm", "13.8-14.4 V"),
                        Fact("Alternator output, hot", "80 A"),
                        Fact("Minimum brush length", mm("5.0")),
                    ),
                    tab=275,
                ),
            ),
        ),
    ),
)

INJECTION = Page(
    "13-4",
    (
        Column(
            90,
            1020,
            (
                Heading("INJECTION SYSTEM - TEST VALUES", "13 31 008", size=19),
                Text("Supplier's sheet, printed with decimal commas."),
                Gap(10),
                Table(
                    ("Test step", "Condition", "Nominal value"),
                    (430, 330, 250),
                    (
                        ("Fuel pressure, vacuum hose off", "engine idling", "3,0 bar"),
                        ("Fuel pressure, vacuum hose on", "engine idling", "2,4 bar"),
                        ("Holding pressure", "20 minutes after switching off", "1,8 bar"),
                        ("Fuel pump delivery", "in 30 seconds", "0,95 litres"),
                        ("Fuel pump current", "at 12,0 V", "5,5 A"),
                        ("Injector resistance", "at 20 °C", "16,2 ohm"),
                        ("Injector leakage", "in 60 seconds", "1 drop"),
                        ("Idle valve resistance", "at 20 °C", "8,5 ohm"),
                        ("Air mass sensor signal", "ignition on", "0,25 V"),
                        ("Air mass sensor signal at 3000 rpm", "no load", "1,75 V"),
                        ("Exhaust CO before converter", "at idle, hot", "0,7 + 0,5 %"),
                        ("Oxygen sensor heater", "at 20 °C", "4,5 ohm"),
                    ),
                ),
                Gap(6),
                Specs((Fact("Replace the fuel filter every", "40.000 km"), Fact("First check after", "1.200 km"))),
                Text("Note:\nRelieve the fuel pressure before opening any line. No smoking, no sparks."),
            ),
        ),
    ),
)
