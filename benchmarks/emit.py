"""What does it take to write the dataset at its planned size, 12,410 pairs on 1,250 pages?

Seconds and memory of emit, bytes of the Parquet against those of the images, seconds until `load_dataset` of the folder
gives all rows, and until its first row streams. Pictures are noise of 1,092 x 1,529 pixels: they compress as scans do.
The ratio is Parquet to images; above 1.1 something is stored twice.
"""

import io
import resource
import tempfile
import time
from pathlib import Path

from datasets import disable_progress_bars, load_dataset
from PIL import Image

from vlm3_dataset.files import sha256, write_bytes
from vlm3_dataset.hub import emit as writer
from vlm3_dataset.hub.format import Entry
from vlm3_dataset.schema import QA, Page

PAGES, PAIRS = 1_250, 12_410


def picture(number: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((1_092, 1_529), 20 + number % 40).save(out, "JPEG", quality=50)
    return out.getvalue() + number.to_bytes(4, "big")  # no two are equal


def entries(work: Path) -> list[Entry]:
    made, distinct = [], [picture(number) for number in range(40)]
    for number in range(PAGES):
        data = distinct[number % 40] + number.to_bytes(4, "big")
        image = f"pages/p-{number:04d}.jpg"
        write_bytes(work / image, data)
        page = Page(
            f"p-{number:04d}", f"{number}.jpg", 1, "image", "11", "Engine", f"g{number // 10}", image, sha256(data)
        )
        count = PAIRS // PAGES + (number < PAIRS % PAGES)
        pairs = (
            QA(
                f"What is the torque of bolt {n} of {number}?",
                f"{n} Nm",
                f"bolt {n} {n} Nm",
                "torque",
                "claude",
                "m",
                "v",
            )
            for n in range(count)
        )
        made.append(Entry(page, "specification", "val" if number % 100 < 10 else "train", tuple(pairs)))
    return made


def main() -> None:
    disable_progress_bars()
    with tempfile.TemporaryDirectory() as name:
        work, output = Path(name) / "work", Path(name) / "training_data"
        made = entries(work)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        writer.emit(made, work, output)
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        images = sum(path.stat().st_size for path in (output / "images").iterdir())
        parquet = sum(path.stat().st_size for path in (output / "hub").rglob("*.parquet"))
        print(f"emit: {took:.1f} s, {peak / 1e3:.0f} MB at most ({before / 1e3:.0f} MB before it)")
        print(f"images {images / 1e6:.1f} MB, Parquet {parquet / 1e6:.1f} MB")
        began = time.perf_counter()
        rows = load_dataset(str(output / "hub"), "qa", cache_dir=f"{name}/cache")
        count, took = sum(split.num_rows for split in rows.values()), time.perf_counter() - began
        print(f"load_dataset, qa: {count:,} rows in {took:.1f} s")
        next(iter(load_dataset(str(output / "hub"), "qa", split="train", streaming=True)))  # imports take two seconds
        began = time.perf_counter()
        next(iter(load_dataset(str(output / "hub"), split="train", streaming=True)))
        print(f"first row by streaming, with its image: {time.perf_counter() - began:.2f} s")
        print(f"ratio: {parquet / images:.2f}")


if __name__ == "__main__":
    main()
