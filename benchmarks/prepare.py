"""How fast do PDFs become pages, against pdf2image (poppler's pdftoppm) as it is usually called?

    python benchmarks/prepare.py [FILE.pdf ...]

Theirs: `convert_from_bytes` at its default of 200 dpi, each page saved as a JPEG of the same quality. Ours: the page's
picture as prepare makes it, and its text layer beside it. One process each; the same pages; every page is kept as
bytes and none is written. Without files: a scanned book (pictures at 72 dpi, as the scanners of old manuals set them)
and a printed one, both made here.

Needs pdf2image and poppler-utils; neither is used by the package.
"""

import io
import shutil
import sys
import time
from pathlib import Path

import pymupdf
from _pairs import compare
from pdf2image import convert_from_bytes
from PIL import Image

from vlm3_dataset.sources.pages import pdf
from vlm3_dataset.sources.pages.images import JPEG_QUALITY

PAGES = 20  # of each file


def scanned() -> bytes:
    """A book of scans, each a page of its own size in points."""
    book = pymupdf.open()
    for number in range(PAGES):
        image = Image.effect_noise((1_008, 1_361), 24 + number)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=80)
        page = book.new_page(width=1_008, height=1_361)
        page.insert_image(page.rect, stream=out.getvalue())
    return book.tobytes()


def printed() -> bytes:
    """A book of tables."""
    book = pymupdf.open()
    for number in range(PAGES):
        page = book.new_page()
        for row in range(60):
            page.insert_text(
                (50, 40 + 12 * row), f"{number}{row}AZ   Bolt number {row}, M{row}   {row + number} Nm", fontsize=9
            )
    return book.tobytes()


def ours(books: list[bytes]) -> float:
    began = time.perf_counter()
    for book in books:
        for number in range(1, min(pdf.count(book), PAGES) + 1):
            pdf.sheet(book, number)
    return time.perf_counter() - began


def theirs(books: list[bytes]) -> float:
    began = time.perf_counter()
    for book in books:
        for image in convert_from_bytes(book, last_page=PAGES):
            image.save(io.BytesIO(), "JPEG", quality=JPEG_QUALITY)
    return time.perf_counter() - began


def main() -> None:
    if not shutil.which("pdftoppm"):
        sys.exit("benchmarks/prepare.py: poppler-utils is missing, which pdf2image calls; install it to compare with")
    books = [Path(name).read_bytes() for name in sys.argv[1:]] or [scanned(), printed()]
    pages = sum(min(pdf.count(book), PAGES) for book in books)
    print(f"{pages} pages of {len(books)} books")
    compare(lambda: 1_000 * ours(books) / pages, lambda: 1_000 * theirs(books) / pages, "ms a page")


if __name__ == "__main__":
    main()
