"""Photos and files of the sample forum, drawn anew at each start: the same bytes every time."""

import random
from io import BytesIO
from math import cos, radians, sin

from PIL import Image, ImageDraw, ImageFont

SIZE = (640, 480)
STEEL, OIL, PAPER, RED = (176, 180, 184), (58, 52, 46), (246, 242, 228), (178, 34, 34)

BRAKE_LOG = b"""Bleeding log, 23 April 2011
rear right   0.25 l   no more bubbles after 12 strokes
rear left    0.20 l   no more bubbles after 9 strokes
front right  0.20 l   second round needed, 7 + 6 strokes
front left   0.15 l   no more bubbles after 8 strokes
total        0.80 l   DOT 4, fresh tin
"""


def draw_all() -> dict[str, bytes]:
    """File key of forum.toml -> bytes, for every file that guests may see."""
    return {
        "spark-plug": _encode(_spark_plug(), "PNG"),
        "feeler-gauge": _encode(_feeler_gauge(), "JPEG"),
        "clutch-disc": _encode(_clutch_disc(), "JPEG"),
        "car": _encode(_car(), "JPEG"),
        "torque-table": _encode(_torque_table(), "PNG"),
        "oil-gauge": _encode(_oil_gauge(), "PNG"),
        "brake-log": BRAKE_LOG,
    }


def _encode(image: Image.Image, form: str) -> bytes:
    buffer = BytesIO()
    image.save(buffer, form, **({"quality": 85} if form == "JPEG" else {"optimize": True}))
    return buffer.getvalue()


def _bench(seed: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A workbench: grey, with scratches and drops of oil."""
    image = Image.new("RGB", SIZE, (128, 124, 118))
    draw, chance = ImageDraw.Draw(image), random.Random(seed)
    for _ in range(60):
        x, y, length = chance.randrange(640), chance.randrange(480), chance.randrange(10, 90)
        draw.line((x, y, x + length, y + chance.randrange(-6, 7)), fill=(118, 114, 108))
    for _ in range(8):
        x, y, r = chance.randrange(640), chance.randrange(480), chance.randrange(3, 12)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=OIL)
    return image, draw


def _label(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int = 26, fill: tuple = (20, 20, 20)
) -> None:
    draw.text(at, text, font=ImageFont.load_default(size), fill=fill)


def _spark_plug() -> Image.Image:
    image, draw = _bench(1)
    tips = [(196, 164, 124), (190, 158, 120), (232, 228, 220), (198, 166, 128)]
    for index, tip in enumerate(tips):
        x = 90 + index * 140
        draw.rectangle((x, 90, x + 50, 190), fill=(238, 236, 230))
        draw.polygon(
            [(x - 12, 190), (x + 62, 190), (x + 70, 215), (x + 62, 240), (x - 12, 240), (x - 20, 215)], fill=STEEL
        )
        draw.rectangle((x, 240, x + 50, 330), fill=(150, 152, 156))
        for y in range(246, 328, 8):
            draw.line((x, y, x + 50, y + 4), fill=(110, 112, 116), width=2)
        draw.rectangle((x + 16, 330, x + 34, 352), fill=tip)
        draw.arc((x + 10, 330, x + 52, 372), 270, 90, fill=(90, 90, 90), width=5)
        _label(draw, (x + 16, 390), str(index + 1), 30)
    _label(draw, (90, 30), "plugs after 9,000 km")
    return image


def _feeler_gauge() -> Image.Image:
    image, draw = _bench(2)
    for index, width in enumerate(("0.35", "0.30", "0.25", "0.20")):
        top = 110 + index * 74
        draw.polygon([(80, top), (560, top + 14), (575, top + 30), (560, top + 44), (80, top + 50)], fill=STEEL)
        draw.line((80, top, 560, top + 14), fill=(214, 218, 222), width=3)
        _label(draw, (300, top + 10), f"{width} mm")
    draw.ellipse((50, 90, 120, 400), fill=(70, 74, 80))
    _label(draw, (80, 40), "exhaust 4: 0.20 passes, 0.25 does not")
    return image


def _clutch_disc() -> Image.Image:
    image, draw = _bench(3)
    centre, chance = (320, 240), random.Random(33)
    for radius, fill in ((200, (92, 74, 58)), (118, STEEL), (60, (120, 124, 128)), (26, OIL)):
        draw.ellipse(_around(centre, radius), fill=fill)
    for _ in range(14):
        x, y, r = chance.randrange(170, 470), chance.randrange(80, 130), chance.randrange(6, 16)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(44, 34, 30))
    _label(draw, (24, 20), "burnt spots; 7.1 mm left, limit 7.5 mm", 28, (250, 240, 200))
    return image


def _car() -> Image.Image:
    image = Image.new("RGB", SIZE, (156, 190, 222))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 330, 640, 480), fill=(96, 98, 96))
    draw.polygon(
        [(90, 330), (96, 258), (200, 246), (258, 180), (430, 180), (492, 246), (566, 262), (574, 330)], fill=RED
    )
    draw.polygon([(222, 244), (268, 192), (338, 192), (338, 244)], fill=(40, 52, 62))
    draw.polygon([(352, 244), (352, 192), (420, 192), (466, 244)], fill=(40, 52, 62))
    draw.polygon([(520, 236), (600, 226), (600, 238), (530, 250)], fill=(140, 26, 26))
    for x in (190, 486):
        draw.ellipse(_around((x, 336), 50), fill=(24, 24, 24))
        draw.ellipse(_around((x, 336), 30), fill=STEEL)
    draw.rectangle((96, 270, 122, 292), fill=(250, 246, 214))
    return image


def _torque_table() -> Image.Image:
    image, draw = _bench(5)
    draw.rectangle((70, 40, 570, 440), fill=PAPER, outline=(60, 60, 60), width=3)
    _label(draw, (100, 60), "TIGHTENING TORQUES", 34)
    rows = (
        ("Spark plugs", "25 Nm"),
        ("Cam cover bolts", "10 Nm"),
        ("Clutch cover bolts", "24 Nm"),
        ("Flywheel bolts (new)", "105 Nm"),
        ("Wheel bolts", "100 Nm"),
        ("Tensioner plug", "40 Nm"),
    )
    for index, (part, torque) in enumerate(rows):
        top = 124 + index * 50
        draw.line((100, top + 40, 540, top + 40), fill=(170, 166, 150))
        _label(draw, (100, top), part, 28)
        _label(draw, (430, top), torque, 28)
    return image


def _oil_gauge() -> Image.Image:
    image, draw = _bench(6)
    centre = (320, 250)
    draw.ellipse(_around(centre, 206), fill=(30, 30, 32))
    draw.ellipse(_around(centre, 190), fill=(248, 248, 244))
    for value in range(6):
        angle = 150 + value * 48
        draw.arc(_around(centre, 180), angle - 1, angle + 1, fill=(20, 20, 20), width=34)
        spot = _on_circle(centre, 124, angle)
        _label(draw, (spot[0] - 9, spot[1] - 18), str(value), 32)
    draw.line((centre, _on_circle(centre, 160, 150 + 0.8 * 48)), fill=RED, width=7)
    draw.ellipse(_around(centre, 14), fill=(20, 20, 20))
    _label(draw, (296, 320), "bar", 30)
    _label(draw, (24, 14), "hot, idle: 0.8", 28, (250, 240, 200))
    return image


def _around(centre: tuple[int, int], radius: int) -> tuple[int, int, int, int]:
    return centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius


def _on_circle(centre: tuple[int, int], radius: int, degrees: float) -> tuple[int, int]:
    return round(centre[0] + radius * cos(radians(degrees))), round(centre[1] + radius * sin(radians(degrees)))
