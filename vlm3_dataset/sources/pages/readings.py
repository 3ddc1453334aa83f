"""Read what is printed on a page: by OCR from its image, or as `prepare` has stored it.

OCR may confirm a number later; it never vetoes one, because it errs too. Loading a stored reading imports neither MuPDF
nor the OCR engine.
"""

import functools
import importlib.metadata
import io
import re
from pathlib import Path
from typing import Any

from PIL import Image

from vlm3_dataset.errors import UserError
from vlm3_dataset.files import read_json
from vlm3_dataset.schema import Reading, Segment
from vlm3_dataset.sources.pages.images import STRIP, Unreadable

LEAST_SCORE = 0.5
# Pixels; a larger picture is read at this size. At 2,000, its default, the engine takes 1.3 GB instead of 0.8 for one
# page, and finds no more: 22 of 28 quantities on eleven double pages, and 24 at 1,600.
LONGEST_EDGE = 1_600
# Units that the engine spells with letters of the same shape: `ft-Ib`, `ft. |bs`, `°℃`.
POUND = re.compile(r"(?<=ft)([-. ]{0,2})[I|1]b(s?)\b")


class NoReading(UserError):
    """The reading of a page that was made has gone from the work folder."""


def load_reading(work: Path, page_id: str) -> Reading:
    """Return the stored reading of a page; an empty one of a page that could not be made.

    Raises:
        NoReading: the page was made, and its reading has gone.
    """
    path = work / "readings" / f"{page_id}.json"
    stored = read_json(path)
    if stored is None:
        record = read_json(work / "pages" / f"{page_id}.json")
        if record and record["page"]["image"]:
            raise NoReading(f"{path} has gone; run the stage prepare again, which makes it")
        return Reading("", ())
    segments = (Segment(one["text"], tuple(one["box"]), one["score"]) for one in stored["segments"])
    return Reading(stored["engine"], tuple(segments))


def engine_name() -> str:
    return f"rapidocr {importlib.metadata.version('rapidocr')}"


def ocr(image: bytes) -> Reading:
    """Return the text segments of an encoded image, in reading order, with boxes in its pixels.

    RapidOCR on one thread: about 3 s CPU for a 1,200 x 910 page; several processes use the cores better than its
    own threads (5.3 s CPU for the same page on two).

    Raises:
        Unreadable: the engine refuses the picture; it does so with strips such as 9,000 x 70 pixels.
    """
    try:
        found = _engine()(_pixels(image))
    except Exception as error:
        if not type(error).__module__.startswith("rapidocr"):
            raise
        raise Unreadable(f"the OCR engine cannot read it ({type(error).__name__})") from error
    if found.boxes is None:
        return Reading(engine_name(), ())
    segments = []
    for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        if text.strip() and score >= LEAST_SCORE:
            xs, ys = ([round(float(corner[axis]), 1) for corner in corners] for axis in (0, 1))
            box = min(xs), min(ys), max(xs), max(ys)
            segments.append(Segment(_spelled(text.strip()), box, round(float(score), 3)))
    return Reading(engine_name(), tuple(segments))


@functools.cache
def _engine() -> Any:
    """Return the OCR engine of this process; its wheel brings the models (PP-OCRv6), nothing is downloaded."""
    from rapidocr import RapidOCR

    # The classifier that turns a line upside down is off: on upright scans it read 90 Nm as 06 Nm, three times in 296.
    one_thread = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    # One line at a time: six, as it comes, are all padded to the longest, which takes 0.25 GB more and a third longer.
    small = {"Global.max_side_len": LONGEST_EDGE, "Rec.rec_batch_num": 1}
    return RapidOCR(params={"Global.log_level": "error", "Global.use_cls": False, **small, **one_thread})


def _pixels(image: bytes) -> Any:
    """Return the rows of an encoded picture in the engine's order of colours.

    Taken over in strips: the engine's own way holds four copies, 0.6 GB of 60 million pixels, and this one two.
    """
    import numpy as np

    with Image.open(io.BytesIO(image)) as opened:
        pixels = np.empty((opened.height, opened.width, 3), np.uint8)
        for top in range(0, opened.height, STRIP):
            strip = opened.crop((0, top, opened.width, min(top + STRIP, opened.height))).convert("RGB")
            pixels[top : top + STRIP] = np.asarray(strip)[:, :, ::-1]
    return pixels


def _spelled(text: str) -> str:
    return POUND.sub(r"\1lb\2", text).replace("°℃", "°C").replace("℃", "°C")
