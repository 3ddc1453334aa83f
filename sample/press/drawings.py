"""The line drawings of the mechanical pages, drawn right and down from the pen's origin and about 280 points wide."""

import math

from sample.press.ink import BLACK, BOLD, GREY, WHITE, Ink, Point


def valve(ink: Ink) -> None:
    """A valve standing on its head, with its stem S, head D, edge E and seat angle."""
    ink.axis((130, 4), (130, 236))
    ink.line((120, 40), (120, 132), width=1.6)
    ink.line((140, 40), (140, 132), width=1.6)
    ink.line((120, 40), (123, 36), (137, 36), (140, 40), width=1.6)
    ink.line((120, 50), (140, 50))
    ink.line((120, 56), (140, 56))
    ink.curve((120, 132), (120, 166), (100, 178), (72, 186), width=1.6)
    ink.curve((140, 132), (140, 166), (160, 178), (188, 186), width=1.6)
    ink.line((72, 186), (60, 196), (60, 206), (200, 206), (200, 196), (188, 186), width=1.6)
    ink.line((60, 196), (200, 196))
    for x in (60, 200):
        ink.line((x, 208), (x, 240), width=0.7)
    ink.dimension((60, 232), (200, 232), "D")
    ink.arrow((86, 92), (120, 92))
    ink.arrow((174, 92), (140, 92))
    ink.text((186, 98), "S", 17, BOLD, "centre")
    ink.line((202, 196), (244, 196), width=0.7)
    ink.line((202, 206), (244, 206), width=0.7)
    ink.arrow((236, 172), (236, 196))
    ink.arrow((236, 230), (236, 206))
    ink.text((254, 207), "E", 17, BOLD, "centre")
    ink.line((60, 196), (20, 228), width=0.7)
    ink.line((60, 196), (14, 196), width=0.7)
    ink.curve((28, 196), (27, 206), (30, 214), (35, 216), width=0.8)
    ink.text((6, 214), "45°", 14)


def piston(ink: Ink) -> None:
    """A piston from the side, with the two places where it is measured."""
    ink.line(
        (50, 20), (210, 20), (210, 170), (188, 170), (178, 150), (82, 150), (72, 170), (50, 170), (50, 20), width=1.7
    )
    for top in (36, 54, 72):
        ink.rect(46, top, 214, top + 8, width=1, fill=WHITE if top > 60 else GREY)
    ink.circle((130, 108), 22, width=1.6)
    ink.circle((130, 108), 16)
    ink.hatch((109, 150), (151, 150), (151, 138), (109, 138))
    ink.axis((130, 6), (130, 180))
    ink.axis((40, 108), (220, 108))
    for x in (50, 210):
        ink.line((x, 172), (x, 206), width=0.7)
    ink.dimension((50, 198), (210, 198), "P")
    ink.line((212, 170), (250, 170), width=0.7)
    ink.line((212, 150), (250, 150), width=0.7)
    ink.arrow((242, 128), (242, 150))
    ink.arrow((242, 192), (242, 170))
    ink.text((262, 165), "M", 17, BOLD, "centre")


def cylinder_head(ink: Ink) -> None:
    """A cylinder head from above (520 wide): ten bolts, numbered in the order of tightening."""
    ink.line(
        (20, 40), (40, 22), (470, 22), (494, 44), (494, 196), (470, 220), (40, 220), (20, 200), (20, 40), width=1.8
    )
    ink.line((32, 50), (46, 34), (464, 34), (482, 50), (482, 190), (464, 208), (46, 208), (32, 190), (32, 50))
    for cylinder in range(4):
        centre = (97 + 107 * cylinder, 121.0)
        ink.circle(centre, 38, width=1.4)
        for across in (-15, 15):
            ink.circle((centre[0] + across, 108), 13)
            ink.circle((centre[0] + across, 108), 3)
            ink.circle((centre[0] + across, 138), 11)
        ink.circle(centre, 4, fill=BLACK)
    order = ((8, 4, 2, 6, 10), (9, 5, 1, 3, 7))
    for y, row in zip((54, 188), order, strict=True):
        for place, number in enumerate(row):
            x = 44 + 107 * place
            ink.circle((x, y), 13, width=1.5, fill=WHITE)
            ink.text((x, y + 5.5), str(number), 15, BOLD, "centre")
    ink.arrow((70, 242), (14, 242), width=3, head=14)
    ink.text((80, 247), "FRONT", 13, BOLD)


def chain_tensioner(ink: Ink) -> None:
    """A chain tensioner in section, with callouts 1 to 4."""
    ink.hatch((40, 40), (200, 40), (200, 62), (70, 62), (70, 108), (200, 108), (200, 130), (40, 130))
    ink.rect(96, 66, 232, 104, width=1.6)
    ink.line((232, 74), (258, 80), (258, 90), (232, 96), width=1.6)
    for turn in range(9):
        x = 104 + 12 * turn
        ink.line((x, 99), (x + 6, 71), (x + 12, 99), width=1.1)
    ink.rect(16, 70, 40, 100, width=1.6)
    for thread in range(40, 70, 5):
        ink.line((thread, 76), (thread + 3, 94), width=0.8)
    ink.axis((4, 85), (274, 85))
    ink.callout(1, (24, 20), (28, 74))
    ink.callout(2, (150, 16), (140, 72))
    ink.callout(3, (238, 26), (222, 68))
    ink.callout(4, (120, 166), (110, 120))


def clutch_section(ink: Ink) -> None:
    """A clutch and its bell housing in section (300 wide, 370 high), with callouts 1 to 6."""
    flywheel = ((40, 46), (62, 46), (62, 26), (80, 26), (80, 60), (58, 60), (58, 168), (40, 168))
    ink.axis((0, 190), (296, 190))
    for up in (1, -1):
        ink.hatch(*_mirror(flywheel, up))
        ink.hatch(*_mirror(((0, 146), (38, 146), (38, 174), (0, 174)), up), step=4)
        ink.rect(*_mirror(((28, 152),), up)[0], *_mirror(((62, 162),), up)[0], fill=WHITE)
        ink.hatch(*_mirror(((86, 60), (93, 60), (93, 132), (86, 132)), up), step=4)
        ink.polygon(*_mirror(((94, 60), (99, 60), (99, 170), (94, 170)), up), fill=BLACK)
        ink.hatch(*_mirror(((100, 60), (107, 60), (107, 132), (100, 132)), up), step=4)
        ink.hatch(*_mirror(((110, 52), (132, 52), (132, 136), (110, 136)), up))
        ink.line(*_mirror(((62, 30), (150, 30), (166, 70), (166, 110)), up), width=2.4)
        ink.line(*_mirror(((136, 66), (150, 84), (172, 160)), up), width=2.6)
        ink.circle(_mirror(((140, 72),), up)[0], 5, fill=WHITE)
        ink.hatch(*_mirror(((176, 140), (206, 140), (206, 166), (176, 166)), up), step=5)
        ink.hatch(
            *_mirror(((80, 8), (262, 24), (262, 120), (290, 120), (290, 134), (248, 134), (248, 36), (80, 20)), up)
        )
    ink.rect(60, 172, 292, 208, width=1.6, fill=WHITE)
    for x in range(72, 170, 7):
        ink.line((x, 174), (x, 206), width=0.8)
    ink.line((206, 153), (228, 140), (236, 70), width=3)
    for number, at, target in (
        (1, (12, 118), (14, 158)),
        (2, (30, 16), (50, 70)),
        (3, (118, 24), (97, 90)),
        (4, (196, 52), (122, 80)),
        (5, (210, 100), (158, 112)),
        (6, (222, 232), (190, 226)),
    ):
        ink.callout(number, at, target)


def clutch_cover(ink: Ink) -> None:
    """A clutch cover from the gearbox side, arrows at three of its six bolts."""
    centre = (140.0, 130.0)
    for radius, width in ((118, 2.0), (104, 1.1), (74, 1.4), (70, 0.8), (30, 1.6)):
        ink.circle(centre, radius, width=width)
    for finger in range(18):
        angle = math.radians(20 * finger)
        ink.line(_around(centre, 34, angle), _around(centre, 66, angle), width=1.6)
        ink.circle(_around(centre, 66, angle), 3, width=1, fill=WHITE)
    for bolt in range(6):
        place = _around(centre, 111, math.radians(60 * bolt + 30))
        ink.circle(place, 9, width=1.4, fill=WHITE)
        ink.circle(place, 4, fill=BLACK)
        if bolt % 2 == 0:
            ink.arrow(
                _around(centre, 152, math.radians(60 * bolt + 30)),
                _around(centre, 123, math.radians(60 * bolt + 30)),
                3,
                14,
            )
    ink.circle(centre, 17, width=1.2, fill=GREY)


def brake_disc(ink: Ink) -> None:
    """A ventilated disc between two pads in section, with its thickness T, diameter D and the pad's lining L."""
    ink.axis((60, 128), (240, 128))
    for up in (1, -1):
        ink.hatch(*_mirror(((112, 16), (120, 16), (120, 100), (150, 100), (150, 112), (112, 112)), up, about=128))
        ink.hatch(*_mirror(((132, 16), (140, 16), (140, 92), (132, 92)), up, about=128))
        ink.line(*_mirror(((120, 30), (132, 30)), up, about=128))
        ink.line(*_mirror(((120, 84), (132, 84)), up, about=128))
    for left, right in ((100, 112), (140, 152)):
        ink.hatch((left, 24), (right, 24), (right, 78), (left, 78), step=4)
    ink.rect(92, 20, 100, 82, fill=GREY, width=1.4)
    ink.rect(152, 20, 160, 82, fill=GREY, width=1.4)
    ink.line((92, 50), (60, 50), (60, 2), (196, 2), (196, 50), (160, 50), width=2)
    ink.line((112, 242), (112, 268), width=0.7)
    ink.line((140, 242), (140, 268), width=0.7)
    ink.arrow((84, 260), (112, 260))
    ink.arrow((168, 260), (140, 260))
    ink.text((182, 266), "T", 17, BOLD, "centre")
    ink.line((104, 16), (30, 16), width=0.7)
    ink.line((104, 240), (30, 240), width=0.7)
    ink.dimension((38, 16), (38, 240), "D")
    ink.line((160, 52), (214, 94), width=0.9)
    ink.text((224, 106), "L", 17, BOLD, "centre")


def bleeding(ink: Ink) -> None:
    """A bleeder with its hose in a bottle, callouts 1 to 4."""
    ink.line((20, 40), (150, 40), (150, 66), (176, 66), (176, 150), (20, 150), (20, 40), width=1.8)
    ink.circle((82, 96), 40, width=1.4)
    ink.circle((82, 96), 30)
    ink.polygon((150, 44), (172, 44), (172, 62), (150, 62), fill=GREY)
    ink.line((172, 48), (190, 48), (196, 53), (190, 58), (172, 58), width=1.5)
    for offset in (0, 7):
        ink.curve((192, 49 + offset), (236 - offset, 49 + offset), (232 - offset, 100), (232 - offset, 196), width=1.4)
    ink.line(
        (206, 132),
        (206, 222),
        (252, 222),
        (252, 132),
        (240, 122),
        (240, 112),
        (218, 112),
        (218, 122),
        (206, 132),
        width=1.7,
    )
    for level in range(172, 220, 8):
        ink.line((210, level), (248, level), width=0.8, dashes="[10 5] 0")
    for number, at, target in (
        (1, (122, 18), (160, 50)),
        (2, (246, 40), (222, 72)),
        (3, (176, 200), (208, 186)),
        (4, (60, 178), (70, 126)),
    ):
        ink.callout(number, at, target)


def connector(ink: Ink) -> None:
    """The face of a 14-pin plug, pins numbered from the latch."""
    ink.line((14, 30), (40, 16), (230, 16), (256, 30), (256, 112), (14, 112), (14, 30), width=2)
    ink.rect(110, 6, 160, 16, fill=GREY, width=1.4)
    for pin in range(14):
        x, y = 36 + 33 * (pin % 7), 50 + 36 * (pin // 7)
        ink.rect(x - 9, y - 9, x + 9, y + 9, width=1.2)
        ink.rect(x - 3, y - 5, x + 3, y + 5, width=0.8, fill=BLACK)
        ink.text((x, y + 21), str(pin + 1), 10, BOLD, "centre")


def bearing_press(ink: Ink) -> None:
    """A bearing ring being pushed on a shaft by a sleeve, in section, with callouts 1 to 4."""
    shaft = ((112, 40), (112, 190), (96, 190), (96, 262), (164, 262), (164, 190), (148, 190), (148, 40), (112, 40))
    ink.line(*shaft, width=1.7)
    ink.line((112, 46), (148, 46))
    ink.axis((130, 16), (130, 280))
    for side in (1, -1):
        ink.hatch(*((130 + side * x, y) for x, y in ((20, 60), (34, 60), (34, 150), (20, 150))))
        ink.hatch(*((130 + side * x, y) for x, y in ((20, 152), (46, 152), (46, 178), (20, 178))), step=4)
        ink.curve(*((130 + side * x, y) for x, y in ((46, 158), (38, 160), (38, 170), (46, 172))))
        ink.arrow((130 + side * 27, 14), (130 + side * 27, 56), 3, 14)
    for number, at, target in ((1, (226, 84), (158, 100)), (2, (230, 150), (170, 164)), (3, (40, 190), (104, 192))):
        ink.callout(number, at, target)
    ink.callout(4, (44, 246), (116, 236))


def sensor_curve(ink: Ink) -> None:
    """Resistance of a temperature sensor over temperature, on a logarithmic scale of three decades."""
    left, top, right, bottom = 44, 10, 274, 190
    for row, name in enumerate(("100", "10", "1", "0.1")):
        y = top + 60 * row
        ink.line((left, y), (right, y), width=0.7)
        ink.text((left - 6, y + 5), name, 12, align="right")
    for column, name in enumerate(("-20", "20", "60", "100")):
        x = left + 10 + 70 * column
        ink.line((x, top), (x, bottom), width=0.7)
        ink.text((x, bottom + 16), name, 12, align="centre")
    ink.line((left, top), (left, bottom), (right, bottom), width=1.8)
    ink.curve((54, 64), (110, 96), (180, 142), (264, 172), width=2.4)
    ink.text((right, bottom + 34), "°C", 13, BOLD, "right")
    ink.text((left + 8, top + 16), "kohm", 13, BOLD)


def _mirror(points: tuple[Point, ...], up: int, about: float = 190) -> tuple[Point, ...]:
    """The points themselves for `up` 1, their reflection at the line y = `about` for -1."""
    return tuple((x, about + (y - about) * up) for x, y in points)


def _around(centre: Point, radius: float, angle: float) -> Point:
    return (centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))
