"""What `prepare` read on a page, as it lies there. Apart from it, so that whoever only looks need not load MuPDF."""

from pathlib import Path

from vlm3_dataset.files import read_json
from vlm3_dataset.schema import Reading, Segment


def load_reading(work: Path, page_id: str) -> Reading:
    """The stored reading of a page; an empty one where the page has none."""
    stored = read_json(work / "readings" / f"{page_id}.json") or {"engine": "", "segments": []}
    segments = (Segment(one["text"], tuple(one["box"]), one["score"]) for one in stored["segments"])
    return Reading(stored["engine"], tuple(segments))
