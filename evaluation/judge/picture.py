"""A page as the judge sees it: upright, and at the size that the labelling of the data set asks with."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from evaluation.rows import Question, open_page, page_size
from vlm3_dataset.claude.sizing import JPEG_QUALITY, Size, fitted
from vlm3_dataset.hub.reader import inside

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}
_ORIENTATION = 0x0112  # of EXIF; the API is not known to heed it
_SIDEWAYS = 5  # from here on, width and height change places


@dataclass(frozen=True, slots=True)
class Picture:
    folder: Path
    image: str
    sha256: str  # of the file
    size: Size  # as sent
    media_type: str
    redrawn: bool  # turned, made smaller, or of a format that the API does not take

    @property
    def identity(self) -> list[Any]:
        """What the judge sees, without drawing it: another Pillow draws other bytes, and must not ask again."""
        return [self.sha256, self.size.width, self.size.height, self.redrawn]

    def block(self) -> dict[str, Any]:
        """Of a message. Raises DataError where the page cannot be read any more."""
        data = self._drawn() if self.redrawn else inside(self.folder, self.image).read_bytes()
        source = {"type": "base64", "media_type": self.media_type, "data": base64.standard_b64encode(data).decode()}
        return {"type": "image", "source": source}

    def _drawn(self) -> bytes:
        out = io.BytesIO()
        page = open_page(self).resize((self.size.width, self.size.height), Image.Resampling.LANCZOS)
        page.save(out, "JPEG", quality=JPEG_QUALITY)
        return out.getvalue()


def picture(question: Question) -> Picture:
    """The page of a question. Looks at the head of the file only. Raises DataError where it is no picture."""
    page_size(question)
    folder, image, sha256 = question.folder, question.image, question.image_sha256
    with Image.open(inside(folder, image)) as file:
        turned = file.getexif().get(_ORIENTATION, 1)
        size, kind = Size(*file.size), file.format
    if turned >= _SIDEWAYS:
        size = Size(size.height, size.width)
    wanted = fitted(size)
    redrawn = turned != 1 or wanted != size or kind not in MEDIA_TYPES
    return Picture(folder, image, sha256, wanted, "image/jpeg" if redrawn else MEDIA_TYPES[kind], redrawn)
