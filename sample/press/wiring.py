"""The starting circuit of the Sample Roadster, drawn as electrical manuals do: feed on top, earth at the bottom."""

from sample.press.ink import BLACK, BOLD, WHITE, Ink, Point

CABLE, WIRE, THIN = 5.0, 3.0, 1.2


def start_circuit(ink: Ink) -> None:
    """1080 points wide, 730 high."""
    _battery(ink.moved(40, 420))
    _fuse_box(ink.moved(210, 20))
    _ignition_switch(ink.moved(640, 40))
    _clutch_switch(ink.moved(730, 300))
    _relay(ink.moved(430, 330))
    _starter(ink.moved(330, 530))
    _wires(ink)


def _wires(ink: Ink) -> None:
    ink.line((80, 420), (80, 84), (310, 84), width=CABLE)
    _wire_name(ink, (92, 250), "25 RD")
    ink.line((80, 480), (80, 650), width=CABLE)
    _wire_name(ink, (92, 610), "25 BK")
    _earth(ink, (80, 650), "G11")
    ink.line((80, 380), (250, 380), (250, 560), (330, 560), width=CABLE)
    _node(ink, (80, 380), "S4")
    _wire_name(ink, (150, 372), "25 RD")
    ink.line((310, 84), (690, 84), (690, 112), width=WIRE)
    _wire_name(ink, (520, 76), "4 RD/WT")
    ink.line((760, 200), (760, 318), width=WIRE)
    _wire_name(ink, (772, 260), "2.5 BK/GN")
    ink.line((760, 366), (760, 440), (560, 440), (560, 400), width=WIRE)
    _wire_name(ink, (772, 412), "2.5 BK/GN")
    _node(ink, (660, 440), "C3")
    ink.line((310, 160), (310, 300), (460, 300), (460, 346), width=WIRE)
    _wire_name(ink, (322, 230), "2.5 GN/WT")
    ink.line((460, 400), (460, 540), width=WIRE)
    _wire_name(ink, (472, 490), "4 BK/YL")
    ink.line((560, 346), (560, 320), (620, 320), (620, 370), width=WIRE)
    _earth(ink, (620, 370), "G14")
    ink.arrow((660, 440), (660, 540), width=WIRE, head=16)
    ink.text((660, 562), "TO ENGINE CONTROL", 12, BOLD, "centre")
    ink.text((660, 578), "PAGE 1360-2", 12, BOLD, "centre")


def _battery(ink: Ink) -> None:
    ink.rect(-30, 0, 110, 60, width=1.8, fill=WHITE)
    for x in range(-16, 100, 20):
        ink.line((x, 16), (x, 44), width=2.6)
        ink.line((x + 9, 23), (x + 9, 37), width=1.4)
    ink.text((122, 26), "BATTERY", 14, BOLD)
    ink.text((122, 44), "12 V, 66 Ah", 13)
    ink.text((-26, -8), "+", 18, BOLD)
    ink.text((-26, 80), "-", 18, BOLD)


def _fuse_box(ink: Ink) -> None:
    ink.rect(0, 36, 180, 140, width=1.4, dashes="[7 4] 0")
    ink.text((0, 26), "POWER DISTRIBUTION BOX", 14, BOLD)
    ink.circle((100, 64), 5, fill=BLACK)
    ink.line((100, 64), (100, 82), width=THIN)
    ink.curve((100, 82), (112, 90), (88, 102), (100, 110), width=2)
    ink.line((100, 110), (100, 140), width=THIN)
    ink.text((114, 94), "F6", 13, BOLD)
    ink.text((114, 112), "20 A", 13)


def _ignition_switch(ink: Ink) -> None:
    ink.rect(0, 60, 240, 160, width=1.4, dashes="[7 4] 0")
    ink.text((96, 52), "IGNITION SWITCH", 14, BOLD)
    ink.circle((50, 76), 3.5, fill=BLACK)
    ink.line((50, 76), (44, 128), width=2.4)
    for x, y, name in ((42, 134, "0"), (76, 132, "1"), (102, 120, "2"), (120, 100, "START")):
        ink.circle((x, y), 3.5, fill=WHITE)
        ink.text((x + 8, y + 5), name, 12)
    ink.line((120, 104), (120, 160), width=THIN)
    ink.text((38, 74), "30", 11, align="right")
    ink.text((126, 154), "50", 11)


def _clutch_switch(ink: Ink) -> None:
    ink.rect(0, 18, 60, 66, width=1.4, dashes="[7 4] 0")
    ink.circle((30, 26), 3, fill=BLACK)
    ink.circle((30, 58), 3, fill=BLACK)
    ink.line((30, 26), (46, 54), width=2.2)
    ink.text((72, 36), "CLUTCH SWITCH", 14, BOLD)
    ink.text((72, 53), "closed with pedal down", 12)


def _relay(ink: Ink) -> None:
    ink.rect(0, 16, 160, 70, width=1.6)
    ink.circle((30, 28), 3, fill=BLACK)
    ink.circle((30, 58), 3, fill=BLACK)
    ink.line((30, 58), (44, 32), width=2.2)
    ink.line((44, 44), (112, 44), width=0.9, dashes="[4 3] 0")
    ink.rect(112, 30, 148, 56, width=1.6)
    ink.line((112, 56), (148, 30), width=1.2)
    ink.line((130, 16), (130, 30), width=THIN)
    ink.line((130, 56), (130, 70), width=THIN)
    for x, y, name in ((22, 29, "30"), (22, 67, "87"), (124, 27, "85"), (124, 67, "86")):
        ink.text((x, y), name, 10, align="right")
    ink.text((-12, 40), "K3", 14, BOLD, "right")
    ink.text((-12, 57), "START RELAY", 12, BOLD, "right")


def _starter(ink: Ink) -> None:
    ink.rect(0, 10, 240, 150, width=1.8)
    ink.text((252, 100), "STARTER", 14, BOLD)
    ink.text((8, 26), "30", 11)
    ink.text((138, 26), "50", 11)
    ink.line((0, 30), (60, 30), (60, 56), width=WIRE)
    ink.line((60, 56), (78, 78), width=2.4)
    ink.line((60, 84), (60, 98), width=WIRE)
    ink.circle((60, 118), 20, width=1.8, fill=WHITE)
    ink.text((60, 124), "M", 16, BOLD, "centre")
    ink.line((60, 138), (60, 160), width=THIN)
    _earth(ink, (60, 160), "")
    ink.line((130, 10), (130, 44), width=THIN)
    for loop in range(5):
        y = 44 + 14 * loop
        ink.curve((130, y), (150, y), (150, y + 14), (130, y + 14), width=1.8)
    ink.line((130, 114), (130, 160), width=THIN)
    _earth(ink, (130, 160), "")
    ink.line((72, 70), (140, 70), width=0.9, dashes="[4 3] 0")
    ink.text((154, 74), "SOLENOID", 12, BOLD)
    ink.text((154, 90), "COIL", 12, BOLD)


def _wire_name(ink: Ink, at: Point, name: str) -> None:
    ink.text(at, name, 12.5, BOLD)


def _node(ink: Ink, at: Point, name: str) -> None:
    ink.circle(at, 5, fill=BLACK)
    ink.text((at[0] + 8, at[1] - 9), name, 12, BOLD)


def _earth(ink: Ink, at: Point, name: str) -> None:
    x, y = at
    for step, half in enumerate((14, 9, 4)):
        ink.line((x - half, y + 5 * step), (x + half, y + 5 * step), width=2)
    ink.text((x + 20, y + 8), name, 12, BOLD)
