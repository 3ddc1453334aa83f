"""The pen: lines, circles, arrows, hatching, callouts and text on a PyMuPDF page."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import pymupdf

Point = tuple[float, float]
# Base-14 fonts live inside MuPDF, so a machine without any system font prints the same pages.
PLAIN, BOLD, ITALIC = "helv", "hebo", "heit"
BLACK, WHITE, GREY = (0, 0, 0), (1, 1, 1), (0.82, 0.82, 0.82)
Shade = tuple[float, float, float]


def text_width(text: str, size: float, font: str = PLAIN) -> float:
    return pymupdf.get_text_length(text, fontname=font, fontsize=size)


@dataclass(frozen=True, slots=True)
class Ink:
    """A pen whose origin lies at (x, y) of the page, in points; y grows downwards."""

    shape: pymupdf.Shape
    x: float = 0
    y: float = 0

    def moved(self, x: float, y: float) -> "Ink":
        return replace(self, x=self.x + x, y=self.y + y)

    def text(
        self,
        at: Point,
        text: str,
        size: float = 14.5,
        font: str = PLAIN,
        align: Literal["left", "centre", "right"] = "left",
    ) -> None:
        """Text whose baseline starts, centres or ends at `at`."""
        shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * text_width(text, size, font)
        self.shape.insert_text(self._at((at[0] - shift, at[1])), text, fontsize=size, fontname=font)

    def line(self, *points: Point, width: float = 1.2, dashes: str = "") -> None:
        self.shape.draw_polyline([self._at(point) for point in points])
        self._finish(width, dashes=dashes)

    def polygon(self, *points: Point, width: float = 1.2, fill: Shade | None = None, dashes: str = "") -> None:
        self.shape.draw_polyline([self._at(point) for point in points])
        self._finish(width, fill, dashes, close=True)

    def rect(self, left: float, top: float, right: float, bottom: float, **style: object) -> None:
        self.polygon((left, top), (right, top), (right, bottom), (left, bottom), **style)

    def circle(self, centre: Point, radius: float, width: float = 1.2, fill: Shade | None = None) -> None:
        self.shape.draw_circle(self._at(centre), radius)
        self._finish(width, fill)

    def curve(self, start: Point, pull_a: Point, pull_b: Point, end: Point, width: float = 1.2) -> None:
        """A cubic Bezier curve."""
        self.shape.draw_bezier(*(self._at(point) for point in (start, pull_a, pull_b, end)))
        self._finish(width)

    def arrow(self, start: Point, end: Point, width: float = 1.2, head: float = 9) -> None:
        """A line with a filled head at `end`."""
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        wings = [
            (end[0] - head * math.cos(angle + side), end[1] - head * math.sin(angle + side)) for side in (-0.33, 0.33)
        ]
        self.line(start, end, width=width)
        self.polygon(end, *wings, width=0.5, fill=BLACK)

    def dimension(self, start: Point, end: Point, name: str, at: Point | None = None) -> None:
        """A dimension line with a head at both ends, its letter on white in the middle or at `at`."""
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.arrow(middle, start)
        self.arrow(middle, end)
        x, y = at or middle
        if at is None:
            self.circle((x, y), 9, width=0, fill=WHITE)
        self.text((x, y + 6), name, 17, BOLD, "centre")

    def callout(self, number: int, at: Point, target: Point) -> None:
        """A number in a white circle with a leader to what it names."""
        self.line(at, target, width=0.9)
        self.circle(target, 1.6, fill=BLACK)
        self.circle(at, 10.5, width=1.1, fill=WHITE)
        self.text((at[0], at[1] + 5), str(number), 14, BOLD, "centre")

    def axis(self, start: Point, end: Point) -> None:
        """A centre line: long and short dashes."""
        self.line(start, end, width=0.8, dashes="[14 4 3 4] 0")

    def hatch(self, *outline: Point, step: float = 7) -> None:
        """A cut face: the outline, filled with lines at 45 degrees."""
        sums = [x + y for x, y in outline]
        edges = list(pairwise((*outline, outline[0])))
        for level in range(math.ceil(min(sums) + 1), math.floor(max(sums)), int(step)):
            crossings = sorted(point for edge in edges if (point := _crossing(edge, level)) is not None)
            for enter, leave in zip(crossings[::2], crossings[1::2], strict=False):
                self.line(enter, leave, width=0.7)
        self.polygon(*outline, width=1.5)

    def _at(self, point: Point) -> pymupdf.Point:
        return pymupdf.Point(self.x + point[0], self.y + point[1])

    def _finish(self, width: float, fill: Shade | None = None, dashes: str = "", *, close: bool = False) -> None:
        colour = BLACK if width else None
        self.shape.finish(width=width, color=colour, fill=fill, dashes=dashes or None, closePath=close, lineJoin=1)


def _crossing(edge: tuple[Point, Point], level: float) -> Point | None:
    """Where the edge meets the line x + y = level; half open, so that a corner counts once."""
    (ax, ay), (bx, by) = edge
    from_level, to_level = ax + ay - level, bx + by - level
    if (from_level < 0) == (to_level < 0):
        return None
    share = from_level / (from_level - to_level)
    return (ax + share * (bx - ax), ay + share * (by - ay))
