"""Lay out an HTML page as a PDF from its text and tables alone: no script, no style, nothing that loads."""

import functools
import io
import itertools
import re
from collections.abc import Iterable

import pymupdf
from lxml import etree, html

from vlm3_dataset.sources.pages.images import Unreadable

WIDTH, HEIGHT, MARGIN = 595, 842, 36  # points: an A4 sheet with half an inch around the print
ENDLESS = 150_000  # points: 200 sheets
KEPT_TAGS = frozenset(
    """html body div span p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tfoot tr th td
    b i em strong u sup sub pre code blockquote center font small big a""".split()  # noqa: SIM905  # 40 lines otherwise
)
# What holds no print of the page; any other unknown tag only loses its frame.
DROPPED_TAGS = frozenset(
    """head script style noscript template iframe object embed applet svg math canvas audio video picture img map
    select option button textarea input""".split()  # noqa: SIM905  # likewise
)
DECLARED = re.compile(rb"charset\s*=|<\?xml[^>]*encoding|^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)", re.IGNORECASE)
LONGEST_CELL = 1_000  # characters; a longer cell is a layout's column, not an entry of a table
LEAST_KEPT = 0.98  # share of the words that the layout must show; a few stand in cells too narrow for them
SHEET = "body{font-family:sans-serif;font-size:10pt} table{width:100%} td,th{border:0.5px solid #999;padding:3px}"


@functools.lru_cache(maxsize=1)  # the sheets of a page are asked for one after the other
def lay_out(data: bytes) -> bytes:
    """Return the page as a PDF of A4 sheets.

    PyMuPDF's Story lays it out on one endless sheet, which is then cut between lines. Story's own page breaks silently
    lose what crosses them: 199 of the 842 words of a real spec sheet.

    Raises:
        Unreadable: there is no text in it, far too much, or some of it is lost.
    """
    root = sanitised(data)
    story = pymupdf.Story(html=html.tostring(root, encoding="unicode"), user_css=SHEET)
    out = io.BytesIO()
    writer = pymupdf.DocumentWriter(out)
    device = writer.begin_page(pymupdf.Rect(0, 0, WIDTH, ENDLESS))
    more, filled = story.place(pymupdf.Rect(MARGIN, MARGIN, WIDTH - MARGIN, ENDLESS))
    story.draw(device)
    writer.end_page()
    writer.close()
    if more:
        raise Unreadable("an HTML page of more than 200 sheets; split it")
    endless = pymupdf.open("pdf", out.getvalue())
    words = endless[0].get_text("words")
    if len(words) < LEAST_KEPT * len(" ".join(root.itertext()).split()):
        raise Unreadable("an HTML page whose layout loses words; print it to a PDF")
    sheets = pymupdf.open()
    for top, bottom in itertools.pairwise(cuts([(word[1], word[3]) for word in words], filled[3])):
        sheet = sheets.new_page(width=WIDTH, height=HEIGHT)
        shown = pymupdf.Rect(0, top, WIDTH, bottom)
        sheet.show_pdf_page(pymupdf.Rect(0, MARGIN, WIDTH, MARGIN + shown.height), endless, 0, clip=shown)
    return sheets.tobytes(no_new_id=True)


def cuts(lines: Iterable[tuple[float, float]], end: float) -> list[float]:
    """Return where to cut an endless sheet: between its lines, given as (head, foot), at most a sheet's print apart.

    Lines that leave no gap for a whole sheet are cut where the sheet ends.
    """
    room = HEIGHT - 2 * MARGIN
    found, foot = [MARGIN - 2.0], 0.0  # print starts with its ascenders a little above the margin
    gap = found[0]  # the last place where no line stands
    for head, its_foot in sorted(lines):
        if head >= foot:
            gap = max(foot, head - 2)
        foot = max(foot, its_foot)
        while foot - found[-1] > room:
            found.append(gap if 0 < gap - found[-1] <= room else found[-1] + room)
    return [*found, min(max(end, foot), found[-1] + room)] if foot > found[-1] else found


def sanitised(data: bytes) -> html.HtmlElement:
    """Return the tree with the allowed tags only, and no attributes but sound spans.

    Raises:
        Unreadable: there is no text in it.
    """
    try:
        root = html.document_fromstring(data, parser=html.HTMLParser(encoding=encoding(data)))
    except (etree.ParserError, ValueError) as error:
        raise Unreadable("an HTML page without text") from error
    for element in list(root.iter()):
        if element.tag in KEPT_TAGS:
            spans = {name: element.get(name, "") for name in ("colspan", "rowspan")}
            element.attrib.clear()
            element.attrib.update({name: span for name, span in spans.items() if re.fullmatch(r"[1-9]\d?", span)})
        elif element.getparent() is not None:
            if not isinstance(element.tag, str) or element.tag in DROPPED_TAGS:
                element.drop_tree()  # with what is inside it; the text behind it stays
            else:
                element.drop_tag()
    if not "".join(root.itertext()).strip():
        raise Unreadable("an HTML page without text")
    for table in list(root.iter("table")):
        if any(len(cell.text_content()) > LONGEST_CELL for cell in table.iter("td", "th")):
            for element in table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th"):
                element.tag = "div"  # it only lays out the page
                element.attrib.clear()
        else:
            merge_empty_columns(table)
    return root


def encoding(data: bytes) -> str | None:
    """Return "utf-8" for valid UTF-8 without a declaration; else None, which leaves it to lxml (Latin-1)."""
    if DECLARED.search(data[:2_048]):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def merge_empty_columns(table: html.HtmlElement) -> None:
    """Make columns in which no text ever starts part of the one before.

    Spec sheets often have a fourth column that is always empty, and values that span two; the Story lays such cells out
    a word wide. Tables with a row span are left as they are.
    """
    if table.xpath(".//*[@rowspan]"):
        return
    placed = []  # by row: each cell with its first column and the one behind its last
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        ends = list(itertools.accumulate(int(cell.get("colspan", "1")) for cell in cells))
        placed.append(list(zip([0, *ends], ends, cells, strict=False)))
    used = sorted({start for row in placed for start, _, cell in row if cell.text_content().strip()})
    for row in placed:
        for start, end, cell in row:
            kept = sum(start <= column < end for column in used)
            if kept:
                cell.set("colspan", str(kept))
            else:
                cell.drop_tree()
