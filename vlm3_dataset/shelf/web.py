"""An HTML page laid out as a PDF, from its text and tables alone: no script, no style, nothing that loads."""

import io
import re

import pymupdf
from lxml import etree, html

from vlm3_dataset.shelf.images import Unreadable

A4 = pymupdf.paper_rect("a4")
FRAME = pymupdf.Rect(36, 36, A4.width - 36, A4.height - 36)  # points: half an inch of margin
KEPT_TAGS = frozenset(
    """html body div span p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tfoot tr th td
    b i em strong u sup sub pre code blockquote center font small big a""".split()  # noqa: SIM905  # 40 lines otherwise
)
SHEET = "body{font-family:sans-serif;font-size:10pt} table{width:100%} td,th{border:0.5px solid #999;padding:3px}"


def lay_out(data: bytes) -> bytes:
    """The page as A4 sheets, by PyMuPDF's Story.

    Raises:
        Unreadable: there is no text in it.
    """
    story = pymupdf.Story(html=html.tostring(sanitised(data), encoding="unicode"), user_css=SHEET)
    out = io.BytesIO()
    writer = pymupdf.DocumentWriter(out)
    more = True
    while more:
        device = writer.begin_page(A4)
        more, _ = story.place(FRAME)
        story.draw(device)
        writer.end_page()
    writer.close()
    return out.getvalue()


def sanitised(data: bytes) -> html.HtmlElement:
    """The tree with the kept tags only, of their attributes only sound spans.

    Raises:
        Unreadable: there is no text in it.
    """
    try:
        root = html.document_fromstring(data)
    except (etree.ParserError, ValueError) as error:
        raise Unreadable("an HTML page without text") from error
    for element in list(root.iter()):
        if isinstance(element.tag, str) and element.tag in KEPT_TAGS:
            spans = {name: element.get(name, "") for name in ("colspan", "rowspan")}
            element.attrib.clear()
            element.attrib.update({name: span for name, span in spans.items() if re.fullmatch(r"[1-9]\d?", span)})
        elif element.getparent() is not None:
            element.drop_tree()  # with what is inside it; the text behind it stays
    if not "".join(root.itertext()).strip():
        raise Unreadable("an HTML page without text")
    for table in root.iter("table"):
        merge_empty_columns(table)
    return root


def merge_empty_columns(table: html.HtmlElement) -> None:
    """Makes columns in which no text ever starts part of the one before.

    Spec sheets often have a fourth column that is always empty, and values that span two; the Story lays such cells out
    a word wide. Tables with a row span are left as they are.
    """
    if table.xpath(".//*[@rowspan]"):
        return
    rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
    placed = [list(_columns(cells)) for cells in rows]
    used = sorted({start for row in placed for start, _, cell in row if cell.text_content().strip()})
    for row in placed:
        for start, end, cell in row:
            kept = sum(start <= column < end for column in used)
            if kept:
                cell.set("colspan", str(kept))
            else:
                cell.drop_tree()


def _columns(cells: list[html.HtmlElement]) -> list[tuple[int, int, html.HtmlElement]]:
    """Each cell with its first column and the one behind its last."""
    placed, start = [], 0
    for cell in cells:
        end = start + int(cell.get("colspan", "1"))
        placed.append((start, end, cell))
        start = end
    return placed
