"""Read pages of a PDF: the picture of each, and the text layer where it can be trusted."""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pymupdf
from PIL import Image, ImageChops, ImageStat

from vlm3_dataset.pictures import encoded
from vlm3_dataset.schema import Segment
from vlm3_dataset.sources.pages.images import JPEG_QUALITY, LARGEST, SMALLEST, Picture, Unreadable, picture

RENDERED_EDGE = 1600  # pixels of the longer side; at 200 dpi a letter page has 2,200 and 2.7 times the image tokens
FINEST = 300  # dpi; a page of a few points would become all blur
FULL_PAGE = 0.95  # share of the page that a scan covers
INVISIBLE = 3  # PDF's text render mode of an OCR layer
MOST_PAGES = 20_000  # a count is a number in the file, and may say anything
LOOK = 100  # pixels: the size at which a scan is compared with the page as it is drawn
ALIKE = 12  # of 255 shades, on average; 6.8 at most on 13 scans, in grey, colour and black and white
SPOT, ALIKE_SPOT = 10, 40  # so large a piece of them, and what it may differ by: a stamp, a clip
FEWEST_WORDS = 5  # below this a text layer is a stamp or a page number
# MuPDF's own errors are no RuntimeErrors; `hugemono.pdf` ends in an FzErrorLimit.
BAD_PDF = (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase)

pymupdf.TOOLS.mupdf_display_errors(on=False)
pymupdf.TOOLS.mupdf_display_warnings(on=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's picture with its text layer; `text` is None where OCR has to read the picture."""

    picture: Picture
    text: tuple[Segment, ...] | None


def count(data: bytes | Path, passwords: Iterable[str] = ()) -> int:
    """Count the pages of a PDF; a file is read from disk, as a scanned book may be larger than memory.

    `passwords` are tried on a locked one.

    Raises:
        Unreadable: it is locked, broken, or holds no page.
    """
    with _open(data, passwords) as document:
        return document.page_count


def sheet(data: bytes | Path, number: int, passwords: Iterable[str] = ()) -> Sheet:
    """Return page `number` (from 1) of a PDF: the scan's own pixels if the page is one scan, else rendered.

    A page that is one scanned picture may carry a hidden text layer of somebody's OCR. It is not used: in
    `wrong_hidden_ocr_layer.pdf` it says 0.90 mm where the picture says 0.50 mm.

    Raises:
        Unreadable: the page cannot be opened or drawn.
    """
    with _open(data, passwords) as document:
        try:
            page = document[number - 1]
            for image in page.get_image_info():
                # As a picture file of its size is refused; a black and white drawing may be 24 times as large.
                if image["width"] * image["height"] * image["colorspace"] * image["bpc"] > LARGEST * 3 * 8:
                    size = f"{image['width']} x {image['height']}"
                    raise Unreadable(f"a picture of {size} pixels in a PDF is too large; scan it at a lower resolution")
            scan = _full_page_scan(document, page)
            if scan is not None:
                return Sheet(scan, None)
            zoom = _zoom(page)
            pixels = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=False)
            drawn = Picture(_jpeg(pixels), ".jpg", pixels.width, pixels.height, 0, f"rendered at {72 * zoom:.0f} dpi")
            words = [(box * page.rotation_matrix, text) for box, text in _visible_words(page)]
        except BAD_PDF as error:
            raise Unreadable(f"page {number} cannot be drawn ({_line(error)})") from error
    return Sheet(drawn, _segments(words, zoom) if len(words) >= FEWEST_WORDS else None)


def _opened(data: bytes | Path) -> pymupdf.Document:
    if isinstance(data, bytes):
        return pymupdf.open("pdf", data)
    data.open("rb").close()  # whose errors say what is wrong with the file
    return pymupdf.open(data, filetype="pdf")


def _open(data: bytes | Path, passwords: Iterable[str]) -> pymupdf.Document:
    """Open a PDF, with one of the passwords where it needs one; no more of it is decrypted than is read."""
    try:
        document = _opened(data)
        is_locked = document.needs_pass and not any(document.authenticate(each) for each in passwords)
        pages = 0 if is_locked else document.page_count
    except pymupdf.FileDataError as error:  # its words have the file's whole path
        raise Unreadable("broken PDF (it cannot be opened); make it anew") from error
    except BAD_PDF as error:
        raise Unreadable(f"broken PDF ({_line(error)}); make it anew") from error
    if is_locked:
        raise Unreadable("a locked PDF; name a file with its password, --passwords FILE")
    if not pages:
        raise Unreadable("a PDF without a page")
    if pages > MOST_PAGES:
        raise Unreadable(f"a PDF that says it has {pages:,} pages, and {MOST_PAGES:,} are the most; split it")
    return document


def _zoom(page: pymupdf.Page) -> float:
    """Return pixels per point. A page of pictures alone is drawn no finer than the finest: nothing is scaled up."""
    zoom, what = min(RENDERED_EDGE / max(page.rect.width, page.rect.height), FINEST / 72), "a page"
    shown = [image for image in page.get_image_info() if abs(pymupdf.Rect(image["bbox"])) > 0]
    if shown and not page.get_drawings() and not _visible_text(page):
        finest = max(shown, key=lambda image: image["width"] / pymupdf.Rect(image["bbox"]).width)
        zoom = min(zoom, finest["width"] / pymupdf.Rect(finest["bbox"]).width)
        what = f"a picture of {finest['width']} x {finest['height']} pixels on a page"
    if zoom * min(page.rect.width, page.rect.height) < SMALLEST:
        raise Unreadable(f"{what} of {page.rect.width:.0f} x {page.rect.height:.0f} points is too small to be read")
    return zoom


def _full_page_scan(document: pymupdf.Document, page: pymupdf.Page) -> Picture | None:
    """Return the embedded picture, if the page is just that, upright and in one piece."""
    images = page.get_image_info(xrefs=True)
    if len(images) != 1 or page.rotation or not images[0]["xref"] or page.get_drawings():
        return None
    xref, box, matrix = images[0]["xref"], pymupdf.Rect(images[0]["bbox"]), pymupdf.Matrix(images[0]["transform"])
    if any(document.xref_get_key(xref, name)[0] != "null" for name in ("SMask", "Mask", "ImageMask", "Decode")):
        return None  # what is printed is not what the picture's own bytes say
    upright = matrix.a > 0 and matrix.d > 0 and not matrix.b and not matrix.c
    covers = abs(box & page.rect) / abs(page.rect) if abs(page.rect) else 0
    if not upright or covers < FULL_PAGE or _visible_text(page):
        return None
    if images[0]["width"] * images[0]["height"] > LARGEST:
        return None
    try:
        found = picture(document.extract_image(xref)["image"])
    except (Unreadable, *BAD_PDF):
        return None  # a codec Pillow lacks (JBIG2): the page is rendered, which shows the same
    if not _is_alike(found, page, box):
        return None
    return Picture(found.data, found.suffix, found.width, found.height, 0, f"the scan inside the PDF, {found.done}")


def _is_alike(scan: Picture, page: pymupdf.Page, box: pymupdf.Rect) -> bool:
    """Return whether the page shows that picture in that box: blend modes, clips and colours may make it another."""
    shown, zoom = box & page.rect, LOOK / max(box.width, box.height)
    drawn = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), clip=shown, alpha=False)
    seen = Image.frombytes("RGB", (drawn.width, drawn.height), drawn.samples)
    with Image.open(io.BytesIO(scan.data)) as image:
        across, down = image.width / box.width, image.height / box.height
        part = ((shown.x0 - box.x0) * across, (shown.y0 - box.y0) * down)
        part += ((shown.x1 - box.x0) * across, (shown.y1 - box.y0) * down)
        own = image.resize(seen.size, Image.Resampling.BOX, box=part).convert("RGB")
    apart = ImageChops.difference(seen, own).convert("L")
    return ImageStat.Stat(apart).mean[0] <= ALIKE and apart.reduce(SPOT).getextrema()[1] <= ALIKE_SPOT


def _jpeg(pixels: pymupdf.Pixmap) -> bytes:
    """Encode by Pillow: 73 photographs or 130 printed pages a second; PNG makes 13 (six times the bytes) and 48."""
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)
    return encoded(image, "JPEG", quality=JPEG_QUALITY)


def _visible_words(page: pymupdf.Page) -> Iterator[tuple[pymupdf.Rect, str]]:
    """Yield the painted words with boxes in points; words of an OCR layer are invisible, under the scan."""
    hidden = [pymupdf.Rect(trace["bbox"]) for trace in page.get_texttrace() if trace["type"] == INVISIBLE]
    for word in page.get_text("words"):
        box = pymupdf.Rect(word[:4])
        middle = pymupdf.Point((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        if not any(middle in region for region in hidden):
            yield box, word[4]


def _visible_text(page: pymupdf.Page) -> bool:
    return any(trace["type"] != INVISIBLE and trace["chars"] for trace in page.get_texttrace())


def _segments(words: list[tuple[pymupdf.Rect, str]], zoom: float) -> tuple[Segment, ...]:
    """Join words that stand close on one line into segments, as OCR would find them.

    A gap of more than 0.8 of the line's height is a column's edge: spaces are 0.2 to 0.4 of it.
    """
    lines: list[list[tuple[pymupdf.Rect, str]]] = []
    for box, text in sorted(words, key=lambda word: (round((word[0].y0 + word[0].y1) / 4), word[0].x0)):
        last = lines[-1][-1][0] if lines else None
        near = last is not None and abs(last.y1 - box.y1) < box.height / 2 and -2 < box.x0 - last.x1 < 0.8 * box.height
        if near:
            lines[-1].append((box, text))
        else:
            lines.append([(box, text)])
    return tuple(segment for line in lines if (segment := _join(line, zoom)).text)


def _join(line: list[tuple[pymupdf.Rect, str]], zoom: float) -> Segment:
    boxes = [box for box, _ in line]
    left, top = min(box.x0 for box in boxes), min(box.y0 for box in boxes)
    right, bottom = max(box.x1 for box in boxes), max(box.y1 for box in boxes)
    scaled = tuple(round(value * zoom, 1) for value in (left, top, right, bottom))
    return Segment(_readable(" ".join(text for _, text in line)), scaled)


def _readable(text: str) -> str:
    """Return a text with ligatures as letters, without the private characters that web fonts use for icons."""
    spelled = re.sub("[\ufb00-\ufb06]", lambda ligature: unicodedata.normalize("NFKC", ligature[0]), text)
    return "".join(sign for sign in spelled if unicodedata.category(sign) != "Co").strip()


def _line(error: Exception) -> str:
    return re.sub(r"^code=\d+: ", "", str(error).splitlines()[0])[:120] if str(error) else type(error).__name__
