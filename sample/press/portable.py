"""A PDF of two kinds of page: one whose text can be selected, and one that is a picture of text."""

import pymupdf

from sample.press.layout import set_page
from sample.press.records import Page
from sample.press.scan import scan_jpeg

POINTS_PER_PIXEL = 72 / 150  # the picture is placed at 150 dpi, so a reader that renders at 300 enlarges it


def text_and_scan(text: Page, scan: Page, seed: int) -> bytes:
    """The PDF's bytes: no dates and no random file id, so that the same pages give the same file."""
    width, height = (side * POINTS_PER_PIXEL for side in scan.size)
    with pymupdf.open() as document:
        set_page(document, text)
        sheet = document.new_page(width=width, height=height)
        sheet.insert_image(sheet.rect, stream=scan_jpeg(scan, seed))
        return document.tobytes(garbage=3, deflate=True, no_new_id=True)
