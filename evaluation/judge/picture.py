"""Prepare a page for the judge: upright, and at the size that the labelling of the dataset uses."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from evaluation.rows import MEDIA_TYPES, Question, open_page, page_size
from vlm3_dataset.claude.sizing import JPEG_QUALITY, Size, fitted
from vlm3_dataset.hub.reader import inside
from vlm3_dataset.pictures import encoded

_SIDEWAYS = 5  # from this value on, width and height are exchanged


@dataclass(frozen=True, slots=True)
class PagePicture:
    folder: Path
    image: str
    sha256: str  # of the file
    size: Size  # as sent
    media_type: str
    redrawn: bool  # turned, made smaller, or of a format that the API does not take

    @property
    def identity(self) -> list[Any]:
        """What identifies the picture without drawing it: another Pillow draws other bytes, and must not ask again."""
        return [self.sha256, self.size.width, self.size.height, self.redrawn]

    def block(self) -> dict[str, Any]:
        """Return the image block of a message. Raises DataError where the page can no longer be read."""
        if self.redrawn:
            page = open_page(self).resize((self.size.width, self.size.height), Image.Resampling.LANCZOS)
            data = encoded(page, "JPEG", quality=JPEG_QUALITY)
        else:
            data = inside(self.folder, self.image).read_bytes()
        source = {"type": "base64", "media_type": self.media_type, "data": base64.standard_b64encode(data).decode()}
        return {"type": "image", "source": source}


def page_picture(question: Question) -> PagePicture:
    """Return the page of a question, by the head of its file only. Raises DataError if it is not a picture."""
    page_size(question)
    folder, image, sha256 = question.folder, question.image, question.image_sha256
    with Image.open(inside(folder, image)) as file:
        turned = file.getexif().get(ExifTags.Base.Orientation, 1)  # the API may ignore it
        size, kind = Size(*file.size), file.format
    if turned >= _SIDEWAYS:
        size = Size(size.height, size.width)
    wanted = fitted(size)
    redrawn = turned != 1 or wanted != size or kind not in MEDIA_TYPES
    return PagePicture(folder, image, sha256, wanted, "image/jpeg" if redrawn else MEDIA_TYPES[kind], redrawn)
