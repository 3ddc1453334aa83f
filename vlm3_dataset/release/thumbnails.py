"""Pages made small, for the card and the report."""

from pathlib import Path

from PIL import Image

from vlm3_dataset.errors import Mendable
from vlm3_dataset.release.reading import RowError, open_page


class Unreadable(Mendable):
    """A page's picture cannot be shown."""


def thumbnail(image: Path, edges: tuple[int, int]) -> Image.Image:
    """A page in RGB, in its proportions, within `edges` (width and height in pixels). Raises Unreadable."""
    try:
        page = open_page(image)
    except RowError as error:
        raise Unreadable(f"{image}: {error}; run prepare again") from None
    page.thumbnail(edges)
    return page
