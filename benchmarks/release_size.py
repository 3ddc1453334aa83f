"""How many bytes does a dataset of scanned pages take on the Hub?

Ours: a row a page with the list of its questions. Theirs: a row a question with the image in each, which is what a
plain push_to_hub of the training rows gives. Ten questions a page, as the labeler is asked for.
"""

import io
import tempfile
from pathlib import Path

import numpy as np
from _pairs import compare
from datasets import Dataset, Features, Image, Value
from PIL import Image as Pillow

from vlm3_dataset.files import sha256, write_bytes
from vlm3_dataset.hub.emit import emit
from vlm3_dataset.hub.format import Entry, parquet
from vlm3_dataset.schema import QA, Page

PAGES, QUESTIONS = 20, 10


def scan(seed: int) -> bytes:
    """A grey page of 1,200 x 910 pixels with noise, about as large as a real scan."""
    pixels = np.random.default_rng(seed).normal(225, 12, (910, 1200)).clip(0, 255).astype(np.uint8)
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, "JPEG", quality=80)
    return out.getvalue()


def size(rows: list[dict], features: Features) -> float:
    out = io.BytesIO()
    Dataset.from_list(rows, features=features).to_parquet(out)
    return out.tell() / 2**20


def main() -> None:
    pairs = tuple(QA(f"Question {n}?", f"{n} Nm", "e", "torque", "rules", None, "v") for n in range(QUESTIONS))
    pages = {f"21-{n:02d}": scan(n) for n in range(PAGES)}

    def ours() -> float:
        entries = []
        with tempfile.TemporaryDirectory() as name:
            work, output = Path(name) / "work", Path(name) / "training_data"
            for page_id, image in pages.items():
                path = f"pages/{page_id}.jpg"
                write_bytes(work / path, image)
                page = Page(page_id, "s", 1, "image", "21", "Clutch", "g", path, sha256(image))
                entries.append(Entry(page, "specification", "train", pairs))
            emit(entries, work, output)
            return (output / "hub" / parquet("pages", "train")).stat().st_size / 2**20

    def theirs() -> float:
        features = Features({"image": Image(), "question": Value("string"), "answer": Value("string")})
        rows = [
            {"image": {"bytes": image, "path": None}, "question": qa.question, "answer": qa.answer}
            for image in pages.values()
            for qa in pairs
        ]
        return size(rows, features)

    compare(ours, theirs, "MiB", pairs=3)


if __name__ == "__main__":
    main()
