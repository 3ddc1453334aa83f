"""The bad photocopier: a clean page goes in, a scan of a worn microfiche copy comes out."""

import io

import numpy as np
import pymupdf
from PIL import Image, ImageFilter

from sample.press.layout import set_page
from sample.press.records import Page

OVERSAMPLING = 2  # the page is turned at twice its size, or the skew would leave steps in every rule
JPEG_QUALITY = 50
PAPER, INK = 238, 24


def scan_jpeg(page: Page, seed: int) -> bytes:
    """A grey JPEG of one pixel per point, degraded as `degrade` says."""
    return _encode(degrade(rasterise(page), seed), "JPEG", quality=JPEG_QUALITY, optimize=True)


def copy_png(page: Page) -> bytes:
    """A clean near-bilevel copy, straight, in 16 greys: 1.5 pixels per point as the better scans have."""
    clean = rasterise(page).resize((int(page.size[0] * 1.5), int(page.size[1] * 1.5)), Image.Resampling.LANCZOS)
    return _encode(clean.quantize(16), "PNG", optimize=True)


def rasterise(page: Page) -> Image.Image:
    """The page as a clean grey picture, OVERSAMPLING pixels per point."""
    with pymupdf.open() as document:
        sheet = set_page(document, page)
        pixmap = sheet.get_pixmap(matrix=pymupdf.Matrix(OVERSAMPLING, OVERSAMPLING), colorspace=pymupdf.csGRAY)
        return Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)


def degrade(clean: Image.Image, seed: int) -> Image.Image:
    """Skews, softens, stains and hardens a picture, and halves it to one pixel per point.

    The order is that of the real thing: the sheet lies crooked on the glass, the lens is soft, the paper is grey and
    uneven, the copier's steep curve turns most greys to black or white, and the scanner adds its noise.
    """
    rng = np.random.default_rng(seed)
    width, height = (side // OVERSAMPLING for side in clean.size)
    crooked = clean.rotate(rng.uniform(-0.5, 0.5), Image.Resampling.BICUBIC, fillcolor=255)
    soft = crooked.filter(ImageFilter.GaussianBlur(1.1)).resize((width, height), Image.Resampling.LANCZOS)
    light = np.asarray(soft, dtype=np.float32) / 255
    light = light + _clouds(rng, width, height, cells=7) * 0.10 + rng.normal(0, 0.025, light.shape)
    copied = 1 / (1 + np.exp(-9 * (light - 0.60)))
    grey = INK + (PAPER - INK) * copied + _clouds(rng, width, height, cells=3) * 5
    _dust(rng, grey, specks=70)
    _copier_line(rng, grey)
    grey += rng.normal(0, 1.6, grey.shape)
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def _clouds(rng: np.random.Generator, width: int, height: int, cells: int) -> np.ndarray:
    """Slow stains in -1..1, shape [height, width]: a few random cells blown up to the page."""
    coarse = Image.fromarray(rng.uniform(-1, 1, (cells, cells)).astype(np.float32))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).clip(-1, 1)


def _dust(rng: np.random.Generator, grey: np.ndarray, specks: int) -> None:
    height, width = grey.shape
    for y, x, size in zip(
        rng.integers(0, height, specks), rng.integers(0, width, specks), rng.integers(1, 3, specks), strict=True
    ):
        grey[y : y + size, x : x + size] -= rng.uniform(40, 150)


def _copier_line(rng: np.random.Generator, grey: np.ndarray) -> None:
    """The shadow of the sheet's upper edge: a few stretches of it, each of its own darkness."""
    row = int(rng.integers(1, 5))
    cuts = np.sort(rng.integers(0, grey.shape[1], 12))
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        grey[row : row + 2, start:end] = rng.uniform(40, 150)


def _encode(picture: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()
