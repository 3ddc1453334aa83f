"""Make a picture fit to be a page: keep its own bytes if nothing must change, else upright RGB or grey.

What a camera wrote beside the pixels goes in any case: where its owner stood is no part of a page.
Nothing is ever scaled, up or down: small print on a 1,200 pixel scan is 12 pixels high.
"""

import functools
import io
import struct
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from vlm3_dataset.pictures import encoded
from vlm3_dataset.sources.pages.metadata import without_metadata

SMALLEST = 64  # pixels; a shorter side is an icon or a spacer, not a page
LARGEST = 60_000_000  # pixels; an A3 sheet at 400 dpi has 31 million
JPEG_QUALITY = 92

SMALL = 200  # pixels: the size at which a page is looked at for ink
INK = 24  # of 255 shades below the paper's own
LEAST_INK = 0.0005  # share of those pixels; one line of print is 0.01

# What Pillow 13 raises on the hostile files: a cut JPEG fails only in load(), and a PNG with one bad byte raises
# once and would come back all black on a second load, so nothing is loaded twice.
BAD_IMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
LOSSY = frozenset({"JPEG", "MPO", "WEBP", "JPEG2000", "AVIF", "HEIF"})
PROFILED = {"L": b"GRAY", "RGB": b"RGB "}  # the colours that an ICC profile names in its head are those of the mode
STRIP = 512  # rows; 60 million pixels at once, with all that lies between, would take 1.3 GB


class Unreadable(Exception):
    """The reason why a page cannot be made from this input, in words for its owner."""


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    suffix: str  # ".jpg" or ".png"
    width: int  # pixels
    height: int
    rotation: int  # degrees clockwise that were applied
    done: str
    found: bytes = b""  # the file as it was, if metadata went from it


def frames(data: bytes | Path) -> int:
    """Return how many pages a picture file has: several for a TIFF, one for others (a GIF's first frame counts).

    Raises:
        Unreadable: it is not a picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with _opened(data) as image:
                return getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    except BAD_IMAGE as error:
        raise Unreadable(_reason(error)) from error


def picture(data: bytes | Path, frame: int = 0) -> Picture:
    """Make one frame of a picture file fit to be a page, without what it says of people, places and devices.

    Raises:
        Unreadable: it is broken, far too large, or too small to be a page.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities of metadata; the pixels decide
            with _opened(data) as image:
                if frame:
                    image.seek(frame)
                size = f"{image.width} x {image.height} pixels are"
                if min(image.size) < SMALLEST:
                    raise Unreadable(f"{size} too small to be a page")
                if image.width * image.height > LARGEST:
                    raise Unreadable(f"{size} more than {LARGEST:,}; scan it at a lower resolution")
                image.load()
                made = _fit(image, data, frame)
    except BAD_IMAGE as error:
        raise Unreadable(_reason(error)) from error
    bare = without_metadata(made.data)
    if bare == made.data:
        return made
    return replace(made, data=bare, done=f"{made.done}, without its metadata", found=made.data)


@functools.cache
def learn_heic() -> None:
    """Register HEIC, the iPhone's format, with Pillow, which reads AVIF itself."""
    from pillow_heif import register_heif_opener

    register_heif_opener()


def _opened(data: bytes | Path) -> Image.Image:
    if isinstance(data, bytes):
        return Image.open(io.BytesIO(data))
    data.open("rb").close()  # raises errors about the file itself, before Pillow raises those about its content
    return Image.open(data)


def _fit(image: Image.Image, data: bytes | Path, frame: int) -> Picture:
    turn = {3: 180, 6: 90, 8: 270}.get(image.getexif().get(0x0112, 1), 0)
    plain = image.mode in {"L", "RGB"} and image.getexif().get(0x0112, 1) == 1
    if plain and image.format == "JPEG":
        return Picture(_bytes(data), ".jpg", image.width, image.height, 0, "kept as it is")
    if plain and image.format == "PNG" and not frame and "transparency" not in image.info:
        return Picture(_bytes(data), ".png", image.width, image.height, 0, "kept as it is")
    ImageOps.exif_transpose(image, in_place=True)  # in_place copies nothing where nothing is turned
    flat, how = _flatten(image)
    steps = [f"turned {turn} degrees" if turn else "", how, f"from {image.format}"]
    if image.format in LOSSY:
        drawn, suffix = encoded(flat, "JPEG", quality=JPEG_QUALITY), ".jpg"
    else:
        drawn, suffix = encoded(flat, "PNG", compress_level=6), ".png"
    return Picture(drawn, suffix, flat.width, flat.height, turn, ", ".join(filter(None, steps)))


def _flatten(image: Image.Image) -> tuple[Image.Image, str]:
    """Return the image in grey or RGB with eight bits, and what was done to it.

    Black ink on transparency would turn all black through a plain convert("RGB"), and 16 bits would clip to white
    (mean 251.9 against 229.7), so both are done by hand.
    """
    if image.mode.startswith(("I", "F")):
        _, high = image.getextrema()
        scale = 255 / (65535 if image.mode.startswith("I;16") or high > 255 else 255 if high > 1 else 1)
        scaled = _by_strips(
            image, "L", lambda strip: strip.convert("F").point(lambda value: value * scale).convert("L")
        )
        return scaled, "16 bits scaled to 8"
    if image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        return _by_strips(image, "RGB", _on_white), "laid on white"
    if image.mode in {"L", "RGB"}:
        return image, ""
    mode = "L" if image.mode == "1" else "RGB"
    return _by_strips(image, mode, lambda strip: strip.convert(mode)), f"{image.mode} converted"


def _by_strips(image: Image.Image, mode: str, work: Callable[[Image.Image], Image.Image]) -> Image.Image:
    made = Image.new(mode, image.size)
    profile = image.info.get("icc_profile") or b""
    made.info = {"icc_profile": profile} if profile[16:20] == PROFILED[mode] else {}
    for top in range(0, image.height, STRIP):
        box = (0, top, image.width, min(top + STRIP, image.height))
        made.paste(work(image.crop(box)), box)
    return made


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")


def _bytes(data: bytes | Path) -> bytes:
    return data if isinstance(data, bytes) else data.read_bytes()


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "not a picture that can be opened; look at the file"
    if isinstance(error, Image.DecompressionBombError):
        return "more pixels than a page can have; scan it at a lower resolution"
    if isinstance(error, OSError) and error.strerror:  # of the file itself; the rest of its words is a path
        return f"cannot be read: {error.strerror}; run inventory again"
    return f"broken picture ({str(error).splitlines()[0][:120] if str(error) else type(error).__name__}); scan it again"


def is_blank(data: bytes) -> bool:
    """Return True for a page without ink: in its middle, where no scanner leaves an edge, everything is one shade."""
    with Image.open(io.BytesIO(data)) as image:
        grey = image.convert("L").resize((SMALL, SMALL), Image.Resampling.BOX)
    edge = SMALL // 10
    shades = sorted(grey.crop((edge, edge, SMALL - edge, SMALL - edge)).get_flattened_data())
    paper = shades[len(shades) // 2]
    return sum(shade < paper - INK for shade in shades) < LEAST_INK * len(shades)
