"""Would models for layout and tables give the labeler by rules more true pairs than its own columns and rows?

    pip install rapid-layout==1.2.1 rapid-table==0.3.0 lineless-table-rec==0.0.9 wired-table-rec==0.0.3
    python benchmarks/real/layout.py WORK [PAGE_ID ...]

WORK is a folder in which the shelf was prepared; without page ids, seven pages of each kind are drawn by hash. The
layout model finds the tables of a page. `layout` keeps the print of each together, and the other three also read it in
the cells that their model draws. Every pair that comes (+) or goes (-) is printed, to be compared with the page by eye:
a pair more is no gain if it is wrong.

The four packages, which the project does without, bring their weights; no connection can be opened here, so none
downloads others. Their OpenCV is not the project's: install both into an environment made for this. Not part of
`make bench`: it needs pages that are not in this repository.
"""

import hashlib
import socket
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from unittest.mock import patch

from vlm3_dataset import table
from vlm3_dataset.labelers.classify import classify_in
from vlm3_dataset.labelers.rules import outline, rules
from vlm3_dataset.labelers.rules.prose import text_columns
from vlm3_dataset.schema import Box, Page, Reading, Segment
from vlm3_dataset.sources.pages.readings import load_reading

try:
    import cv2
    import numpy as np
    from lineless_table_rec import LinelessTableRecognition
    from rapid_layout import RapidLayout
    from rapid_table import RapidTable
    from wired_table_rec import WiredTableRecognition
except ImportError as error:
    sys.exit(f"{error}: install the four packages named in {__file__}")

PAGES_A_KIND = 7
FEWEST = 4  # pieces of print in a table
OVERLAP = 0.5  # of the smaller of two tables, which then are one

Cell = tuple[Box, int, int]  # where it is drawn, its row, its column


def no_socket(*_: object, **__: object) -> None:
    raise OSError("this benchmark opens no connection")


def drawn(work: Path, pages: Mapping[str, Page]) -> list[str]:
    kinds: dict[str, list[str]] = defaultdict(list)
    for page_id in sorted(pages, key=lambda page_id: hashlib.sha256(f"layout|{page_id}".encode()).digest()):
        found = classify_in(work, pages[page_id])
        if found.ask and len(kinds[found.content_type]) < PAGES_A_KIND:
            kinds[found.content_type].append(page_id)
    return [page_id for kind in sorted(kinds) for page_id in kinds[kind]]


def inside(segment: Segment, box: Box) -> bool:
    middle = (segment.box[1] + segment.box[3]) / 2
    return box[0] <= segment.middle <= box[2] and box[1] <= middle <= box[3]


def shared(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def tables(model: RapidLayout, picture: np.ndarray, segments: Sequence[Segment]) -> list[Box]:
    """Return the tables that the model is surest of, none of which covers another."""
    seen = model(picture)
    if seen.boxes is None:
        return []
    kept: list[Box] = []
    for _, name, edges in sorted(zip(seen.scores, seen.class_names, seen.boxes, strict=True), key=lambda one: -one[0]):
        box = tuple(map(float, edges))
        covers = any(shared(box, one) > OVERLAP * min(shared(box, box), shared(one, one)) for one in kept)
        if name == "table" and not covers and sum(inside(one, box) for one in segments) >= FEWEST:
            kept.append(box)
    return kept


def around(corners: np.ndarray, left: int, top: int) -> Box:
    flat = np.asarray(corners, dtype=float).reshape(-1)
    return flat[::2].min() + left, flat[1::2].min() + top, flat[::2].max() + left, flat[1::2].max() + top


def slanet(model: RapidTable, crop: np.ndarray, print_: list[list[object]]) -> list[tuple[np.ndarray, int, int]]:
    _, boxes, places, _ = model(crop, print_, return_logic_points=True)
    return [(box, row, column) for box, (row, _, column, _) in zip(boxes, places, strict=False)]


def lineless(model: LinelessTableRecognition, crop: np.ndarray, _: object) -> list[tuple[np.ndarray, int, int]]:
    boxes, places = model.infer(model.preprocess(crop))
    found = zip(boxes, model.filter_logi_points(places), strict=True)
    return [(box, int(row), int(column)) for box, (row, _, column, _) in found]


def wired(model: WiredTableRecognition, crop: np.ndarray, _: object) -> list[tuple[np.ndarray, int, int]]:
    boxes = model.table_line_rec(crop)
    if boxes is None:
        return []
    found = model.table_recover(boxes)
    return [(boxes[at], int(row), column) for row, cells in found.items() for column, at in enumerate(cells)]


def in_cells(segments: Sequence[Segment], box: Box, cells: Sequence[Cell]) -> list[Segment]:
    """Return the print of a page with that of a table joined by cells, those of a row on one line."""
    kept: list[Segment] = []
    rows: dict[int, dict[int, list[Segment]]] = defaultdict(lambda: defaultdict(list))
    for segment in segments:
        cell = max(cells, key=lambda one: shared(one[0], segment.box), default=None)
        if cell and inside(segment, box) and shared(cell[0], segment.box):
            rows[cell[1]][cell[2]].append(segment)
        else:
            kept.append(segment)
    for columns in rows.values():
        pieces = [one for cell in columns.values() for one in cell]
        top, height = min(one.box[1] for one in pieces), median(one.height for one in pieces)
        for cell in columns.values():
            cell.sort(key=lambda one: (round(one.box[1] / height), one.box[0]))
            edges = min(one.box[0] for one in cell), top, max(one.box[2] for one in cell), top + height
            kept.append(Segment(" ".join(one.text for one in cell), edges, min(one.score for one in cell)))
    return kept


def asked(page: Page, reading: Reading, boxes: Sequence[Box] = ()) -> set[tuple[str, str]]:
    """Return what the rules ask, if the print of each box is a part of the page by itself."""

    def parts(segments: Sequence[Segment]) -> list[list[Segment]]:
        within = [[one for one in segments if inside(one, box)] for box in boxes]
        rest = [one for one in segments if not any(inside(one, box) for box in boxes)]
        return [*filter(None, within), *text_columns(rest)]

    with patch.object(rules, "text_columns", parts), patch.object(outline, "text_columns", parts):
        return {(one.question, one.answer) for one in rules.label(page, reading)}


def main() -> None:
    work = Path(sys.argv[1])
    socket.socket.connect = no_socket
    pages = {page.page_id: page for row in table.load(work) if (page := table.page_of(row)).image}
    layout = RapidLayout(engine_cfg={"intra_op_num_threads": 1, "inter_op_num_threads": 1})
    models: dict[str, tuple[Callable, object]] = {
        "slanet": (slanet, RapidTable()),
        "lineless": (lineless, LinelessTableRecognition()),
        "wired": (wired, WiredTableRecognition()),
    }
    seconds: dict[str, list[float]] = defaultdict(list)
    counts: Counter[str] = Counter()
    chosen = sys.argv[2:] or drawn(work, pages)
    for page_id in chosen:
        page, reading = pages[page_id], load_reading(work, page_id)
        picture = cv2.imread(str(work / page.image))
        own = asked(page, reading)
        counts["own"] += len(own)
        started = time.process_time()
        boxes = tables(layout, picture, reading.segments)
        seconds["layout"].append(time.process_time() - started)
        counts["tables"] += len(boxes)
        ways = {"layout": asked(page, reading, boxes)}
        for name, (read, model) in models.items():
            segments = list(reading.segments)
            for box in boxes:
                left, top = max(0, int(box[0])), max(0, int(box[1]))
                crop = picture[top : int(box[3]), left : int(box[2])].copy()
                move = np.array([left, top] * 2)
                quads = [np.array(one.box) - move for one in reading.segments if inside(one, box)]
                print_ = [[[[a, b], [c, b], [c, d], [a, d]], "x", 1.0] for a, b, c, d in quads]
                started = time.process_time()
                cells = [(around(corners, left, top), row, at) for corners, row, at in read(model, crop, print_)]
                seconds[name].append(time.process_time() - started)
                segments = in_cells(segments, box, cells)
            ways[name] = asked(page, replace(reading, segments=tuple(segments)), boxes)
        for name, found in ways.items():
            for sign, changed in (("+", found - own), ("-", own - found)):
                counts[f"{name} {sign}"] += len(changed)
                for question, answer in sorted(changed):
                    print(f"{name} {sign} {page_id}: {question} {answer}")
    print(f"{len(chosen)} pages, {counts['tables']} tables, {counts['own']} pairs by our own columns and rows")
    for name, spent in seconds.items():
        each = "page" if name == "layout" else "table"
        print(f"{name}: {counts[f'{name} +']} more, {counts[f'{name} -']} fewer, {median(spent):.1f} s a {each}")


if __name__ == "__main__":
    main()
