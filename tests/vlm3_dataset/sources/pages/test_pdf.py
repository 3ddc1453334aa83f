"""PDF pages: their own scan, their own words, and no hidden ones."""

import io

import pymupdf
import pytest
from PIL import Image

from tests.vlm3_dataset.shelves import TABLE, text_pdf
from tests.vlm3_dataset.sources import bombs
from vlm3_dataset.sources.pages import pdf
from vlm3_dataset.sources.pages.images import Unreadable
from vlm3_dataset.sources.pages.rows import lines


def drawn(draw, *, pages=1, width=595, height=842, **save):
    document = pymupdf.open()
    for _ in range(pages):
        draw(document.new_page(width=width, height=height))
    return document.tobytes(**save)


def table(page):
    for row, (label, value) in enumerate([("Oil drain plug", "25 Nm"), ("Oil pan bolt", "10 Nm"), ("Filter", "33 Nm")]):
        page.insert_text((50, 100 + 20 * row), label)
        page.insert_text((300, 100 + 20 * row), value)


def scan_bytes(size=(1200, 910)):
    out = io.BytesIO()
    Image.effect_noise(size, 60).save(out, "JPEG")
    return out.getvalue()


def test_a_text_page_is_drawn_and_its_words_are_its_reading():
    sheet = pdf.sheet(drawn(table), 1)
    assert max(sheet.picture.width, sheet.picture.height) == pdf.RENDERED_EDGE
    assert lines(sheet.text).splitlines() == ["Oil drain plug 25 Nm", "Oil pan bolt 10 Nm", "Filter 33 Nm"]


def test_boxes_are_pixels_of_the_picture_also_on_a_turned_page():
    def turned(page):
        table(page)
        page.set_rotation(90)

    sheet = pdf.sheet(drawn(turned), 1)
    width, height = sheet.picture.width, sheet.picture.height
    assert all(0 <= s.box[0] < s.box[2] <= width and 0 <= s.box[1] < s.box[3] <= height for s in sheet.text)


def test_a_scanned_page_keeps_the_scans_own_bytes():
    data = scan_bytes()
    sheet = pdf.sheet(drawn(lambda page: page.insert_image(page.rect, stream=data), width=1200, height=910), 1)
    assert sheet.picture.data == data
    assert sheet.text is None


def test_a_scan_in_a_pdf_goes_on_without_its_cameras_words():
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x010F] = "Jo's telephone"
    Image.open(io.BytesIO(scan_bytes())).save(out, "JPEG", exif=exif, quality="keep")
    sheet = pdf.sheet(
        drawn(lambda page: page.insert_image(page.rect, stream=out.getvalue()), width=1200, height=910), 1
    )
    assert b"Jo's" in out.getvalue()
    assert b"Jo's" not in sheet.picture.data
    assert sheet.picture.done == "the scan inside the PDF, kept as it is, without its metadata"


def whole(page):
    page.insert_image(page.rect, stream=scan_bytes())


def in_two_strips(page):
    width, height = page.rect.br
    page.insert_image((0, 0, width, height / 2), stream=scan_bytes((1200, 455)))
    page.insert_image((0, height / 2, width, height), stream=scan_bytes((1200, 455)))


def turned(page):
    whole(page)
    page.set_rotation(90)


def with_a_margin(page):
    page.insert_image(pymupdf.Rect(60, 60, page.rect.width - 60, page.rect.height - 60), stream=scan_bytes())


@pytest.mark.parametrize("scan", [whole, in_two_strips, turned, with_a_margin])
def test_a_hidden_text_layer_over_a_scan_is_not_believed(scan):
    def scan_with_ocr(page):
        scan(page)
        page.insert_text((200, 300), "wear limit of the friction lining is 0.90 mm by OCR", render_mode=3)

    assert pdf.sheet(drawn(scan_with_ocr, width=1200, height=910), 1).text is None


def test_what_is_painted_beside_a_hidden_layer_is_read():
    def both(page):
        with_a_margin(page)
        page.insert_text((200, 300), "0.90 mm by OCR", render_mode=3)
        page.insert_text((60, 40), "Torque table of the clutch, 24 Nm")

    assert lines(pdf.sheet(drawn(both, width=1200, height=910), 1).text) == "Torque table of the clutch, 24 Nm"


def test_a_scan_on_a_huge_page_is_not_scaled_up():
    data = scan_bytes((1008, 1361))
    sheet = pdf.sheet(drawn(lambda page: page.insert_image(page.rect, stream=data), width=1008, height=1361), 1)
    assert (sheet.picture.width, sheet.picture.height) == (1008, 1361)


def test_locked_and_broken_files_say_so():
    locked = drawn(table, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="owner")
    with pytest.raises(Unreadable, match="locked"):
        pdf.count(locked)
    with pytest.raises(Unreadable):
        pdf.count(b"%PDF-1.4\nnothing else")


def locked(password="torque"):
    with pymupdf.open("pdf", text_pdf([TABLE, TABLE])) as document:
        options = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "owner_pw": "owner", "user_pw": password}
        return document.tobytes(**options)


def test_a_locked_pdf_opens_with_its_password_and_with_no_other():
    for passwords in (["wrong", "torque"], ["owner"]):
        assert pdf.count(locked(), passwords) == 2
        assert pdf.sheet(locked(), 2, passwords) == pdf.sheet(text_pdf([TABLE, TABLE]), 2)
    for passwords in (["wrong"], []):
        with pytest.raises(Unreadable, match="a locked PDF; name a file with its password"):
            pdf.count(locked(), passwords)
    with pytest.raises(Unreadable, match="broken PDF"):
        pdf.count(b"no PDF", ["torque"])


def test_a_locked_scan_is_the_scan():
    data = scan_bytes()
    lock = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": "torque"}
    book = drawn(lambda page: page.insert_image(page.rect, stream=data), pages=2, width=1200, height=910, **lock)
    assert pdf.sheet(book, 2, ["torque"]).picture.data == data


def grey_scan(paper=245, ink=10):
    image = Image.new("L", (900, 600), paper)
    image.paste(ink, (100, 100, 500, 300))
    return image


def grey_jpeg(image):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


GREY = b"/Width 900/Height 600/ColorSpace/DeviceGray"
JPEG = GREY + b"/Filter/DCTDecode"
GONE = bombs.stream(b"/Type/XObject/Subtype/Image/BitsPerComponent 8" + GREY, b"\0" * 540_000)
INVERTING = b"/ExtGState<</G <</BM/Difference>>>>"
PALE = b"/ExtGState<</G <</ca .2>>>>"
CLIPPED = b"q 0 0 200 600 re W n 900 0 0 600 0 0 cm /I Do Q"


@pytest.mark.parametrize(
    ("head", "more", "resources", "content"),
    [
        (b"/Decode[1 0]", (), b"", None),
        (b"/SMask 6 0 R", (GONE,), b"", None),
        (b"/Mask[0 30]", (), b"", None),
        (b"", (), INVERTING, b"1 g 0 0 900 600 re f q /G gs 900 0 0 600 0 0 cm /I Do Q"),
        (b"", (), PALE, b"q /G gs 900 0 0 600 0 0 cm /I Do Q"),
        (b"", (), b"", CLIPPED),
    ],
    ids=["decode", "soft mask", "colour mask", "blend mode", "see-through", "clip"],
)
def test_a_scan_that_its_page_shows_otherwise_is_drawn(head, more, resources, content):
    options = {"resources": resources} | ({"content": content} if content else {})
    data = bombs.picture_pdf(JPEG + head, grey_jpeg(grey_scan()), *more, **options)
    made = pdf.sheet(data, 1).picture
    with pymupdf.open("pdf", data) as document:
        drawn = document[0].get_pixmap(alpha=False)
    shown = Image.open(io.BytesIO(made.data)).convert("L")
    assert made.done.startswith("rendered")
    for at in ((50, 50), (300, 200), (700, 500)):
        scaled = tuple(round(place * shown.width / 900) for place in at)
        assert abs(shown.getpixel(scaled) - drawn.pixel(*at)[0]) < 6, at


def test_a_scan_that_its_page_shows_as_it_is_keeps_its_bytes():
    data = grey_jpeg(grey_scan())
    assert pdf.sheet(bombs.picture_pdf(JPEG, data), 1).picture.data == data


def test_a_count_that_lies_is_one_line():
    with pytest.raises(Unreadable, match=r"^broken PDF \(Invalid number of pages\); make it anew$"):
        pdf.count(bombs.count_lies())


def test_a_picture_too_coarse_to_be_read_is_named_and_not_its_page():
    page = bombs.picture_pdf(b"/Width 1/Height 1/ColorSpace/DeviceGray", b"\x80")
    with pytest.raises(Unreadable, match="a picture of 1 x 1 pixels on a page of 900 x 600 points is too small"):
        pdf.sheet(page, 1)


def test_a_file_is_read_where_it_lies(tmp_path):
    (tmp_path / "a.pdf").write_bytes(drawn(table, pages=2))
    assert pdf.count(tmp_path / "a.pdf") == 2
    assert pdf.sheet(tmp_path / "a.pdf", 2) == pdf.sheet(drawn(table, pages=2), 2)
    with pytest.raises(FileNotFoundError):
        pdf.count(tmp_path / "gone.pdf")
