"""Renders the sample shelf: a small manual of a car that never was, scanned by a bad photocopier.

    python -m sample.shelf [--output sample/shelf]

The folders and names have the traps of a real shelf: blanks and commas, one base name in two folders, a torque table
that lies outside its group, a scan that breaks off, a stray file. Beside the shelf lies `<output>_facts.tsv`, what is
printed where, written from the same data as the pages. The same library versions give the same bytes.
"""

import csv
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from sample.press.hypertext import table_page
from sample.press.portable import text_and_scan
from sample.press.records import Fact, Page
from sample.press.scan import copy_png, scan_jpeg
from sample.shelf_pages import chassis, documents, electrical, engine, front, torque
from vlm3_dataset.arguments import OneLineParser, fail

PROG = "python -m sample.shelf"
SHELF = Path(__file__).with_suffix("")

SCANS: dict[str, Page] = {
    "00 - Maintenance/00-00-cover.jpg": front.COVER,
    "00 - Torque Specs/11-01.jpg": torque.ENGINE,
    "00 - Torque Specs/21-01.jpg": torque.CLUTCH,
    "11 - Engine/11-14.jpg": engine.SPECIFICATIONS,
    "11 - Engine/11-15.jpg": engine.HEAD_PROCEDURE,
    "12 - Engine Electrical Equipment/12-07.jpg": engine.IGNITION,
    "21 - Clutch/21-01.jpg": chassis.CLUTCH_LAYOUT,
    "21 - Clutch/21-03.jpg": chassis.CLUTCH_INSTALLING,
    "21 - Clutch/21-05.jpg": chassis.CLUTCH_TROUBLE,
    "34 - Brakes/34-02.jpg": chassis.BRAKE_SPECIFICATIONS,
    "34 - Brakes/34-02_1.jpg": chassis.BLEEDING,
    "Electrical Troubleshooting Manual/0670-01.jpg": electrical.FUSES,
    "Electrical Troubleshooting Manual/1240-00.jpg": electrical.START,
}
PNG_COPY = ("13 - Fuel System, Lines/13-04.png", engine.INJECTION)
BROKEN_SCAN = ("34 - Brakes/34-03.jpg", chassis.PARKING_BRAKE)
BROKEN_AT = 0.6  # Pillow's verify() passes a JPEG cut here; only load() finds out
PDF = "Gearbox G5, Rebuild Notes.pdf"
HTML = "Sample-Roadster-techspec.html"
STRAY_FILE = ("21 - Clutch/.DS_Store", b"Left behind by a file manager. Not a page.\n")


def files() -> Iterator[tuple[str, bytes]]:
    """Every file of the shelf: its path below the shelf, and its bytes."""
    for path, page in SCANS.items():
        yield path, scan_jpeg(page, _seed(path))
    path, page = PNG_COPY
    yield path, copy_png(page)
    path, page = BROKEN_SCAN
    whole = scan_jpeg(page, _seed(path))
    yield path, whole[: int(len(whole) * BROKEN_AT)]
    yield PDF, text_and_scan(documents.GEARBOX_TEXT, documents.GEARBOX_SCAN, _seed(PDF))
    yield HTML, table_page("Sample Roadster: technical data", documents.TECHNICAL_DATA).encode()
    yield STRAY_FILE


def facts() -> Iterator[tuple[str, int, Fact]]:
    """What is printed on the shelf: file, page in that file from 1, and the fact. A broken scan prints nothing."""
    printed: list[tuple[str, int, Iterable[Fact]]] = [(path, 1, page.facts) for path, page in SCANS.items()]
    printed.append((PNG_COPY[0], 1, PNG_COPY[1].facts))
    printed.append((PDF, 1, documents.GEARBOX_TEXT.facts))
    printed.append((PDF, 2, documents.GEARBOX_SCAN.facts))
    printed.extend((HTML, 1, section.facts) for section in documents.TECHNICAL_DATA)
    for path, number, page_facts in printed:
        for fact in page_facts:
            yield path, number, fact


def facts_table() -> str:
    """The facts as tab-separated text with a header line."""
    buffer = io.StringIO()
    table = csv.writer(buffer, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
    table.writerow(("file", "page", "label", "value"))
    table.writerows((path, number, fact.label, fact.value) for path, number, fact in facts())
    return buffer.getvalue()


def _seed(path: str) -> int:
    """Each scan has stains of its own, and keeps them when another page comes or goes."""
    return zlib.crc32(path.encode())


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".part")
    unfinished.write_bytes(data)
    unfinished.replace(target)


def main(argv: list[str] | None = None) -> None:
    parser = OneLineParser(prog=PROG, description="Renders the sample shelf and its table of facts.")
    parser.add_argument("--output", type=Path, default=SHELF, help="folder of the shelf (default: %(default)s)")
    output: Path = parser.parse_args(argv).output
    try:
        for path, data in files():
            _write(output / path, data)
            print(f"{len(data):8,d} bytes  {path}", flush=True)
        _write(output.with_name(output.name + "_facts.tsv"), facts_table().encode())
    except OSError as error:
        fail(PROG, f"cannot write {error.filename}: {error.strerror}; choose another --output")


if __name__ == "__main__":
    main()
