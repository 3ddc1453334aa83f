"""Real pages and hostile files: each becomes a page or a reason, and the values on the page are the page's."""

import pytest

from vlm3_dataset.filters.split import side
from vlm3_dataset.labelers.rules import rules
from vlm3_dataset.sources import ids, inventory
from vlm3_dataset.sources.limits import Limits
from vlm3_dataset.sources.pages import html, images, pdf, prepare, readings
from vlm3_dataset.sources.pages.images import Unreadable
from vlm3_dataset.sources.pages.rows import lines

pytestmark = pytest.mark.real

MOST_PAGES = 3  # of one document; pages_400.pdf says nothing new after three


def outcome(folder, source):
    """The reason a hostile file is left out for, or the sizes of its first pages."""
    if source.reason:
        return source.reason
    data = (folder / source.path).read_bytes()
    try:
        if source.kind == "html":
            data = html.lay_out(data)
        if source.kind in {"pdf", "html"}:
            pages = [pdf.sheet(data, n).picture for n in range(1, min(pdf.count(data), MOST_PAGES) + 1)]
        else:
            pages = [images.picture(data, n) for n in range(min(images.frames(data), MOST_PAGES))]
    except Unreadable as error:
        return str(error)
    return [(page.width, page.height) for page in pages]


@pytest.fixture(scope="module")
def hostile(shared):
    folder = shared / "corpus" / "hostile"
    return {source.path: outcome(folder, source) for source in inventory.scan(folder)}


def test_every_hostile_file_is_a_page_or_one_clear_line(hostile):
    for path, result in hostile.items():
        assert result, path
        assert "\n" not in str(result), path


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("docling_password_1234.pdf", "locked PDF"),
        ("ocrmypdf_hugemono.pdf", "Overly large image"),
        ("ocrmypdf_enormous.pdf", "9000 x 9000 pixels in a PDF is too large"),
        ("made/html_error_page_named.jpg", "under a picture's name"),
        ("made/lfs_pointer.jpg", "Git LFS pointer"),
        ("made/truncated_60pct.jpg", "broken picture"),
        ("made/png_bad_crc.png", "broken picture"),
        ("made/zero_bytes.pdf", "empty"),
        ("made/text_named.pdf", "not a kind of file"),
        ("made/one_pixel.png", "too small"),
        ("pdfjs_poppler-395-0-fuzzed.pdf", "without a page"),
    ],
)
def test_what_is_left_out_says_why(hostile, path, reason):
    assert reason in hostile[path]


@pytest.mark.parametrize(
    ("path", "pages"),
    [
        ("made/jpeg_named.pdf", [(600, 455)]),
        ("made/exif_orient6.jpg", [(1200, 910)]),
        ("made/scan_only_no_text.pdf", [(1200, 910)]),
        ("made/truncated_half.pdf", 3),
        ("pillow_g4-multi.tiff", 3),
        ("made/html_utf16le_bom.html", 1),
        ("olmocr_edgar_image.pdf", [(612, 792)]),
    ],
)
def test_what_can_be_read_is_read(hostile, path, pages):
    assert hostile[path] == pages if isinstance(pages, list) else len(hostile[path]) == pages


@pytest.fixture(scope="module")
def hostile_2(shared, tmp_path_factory):
    shelf = shared / "corpus" / "hostile_2"
    work = tmp_path_factory.mktemp("hostile_2")
    tasks = prepare.tasks(inventory.scan(shelf), shelf, work, work, limits=Limits(5))
    return {page.source: page for page in prepare.make(tasks, work, Limits(5))}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("count_lies.pdf", "Invalid number of pages"),
        ("form_bomb.pdf", "took more than 5 s"),
        ("one_long_word.html", "took more than 5 s"),
        ("img_1px.pdf", "a picture of 1 x 1 pixels"),
    ],
)
def test_what_lies_or_explodes_costs_its_own_page(hostile_2, path, reason):
    assert reason in hostile_2[path].reason


@pytest.mark.parametrize("path", ["gray_decode_inverted.pdf", "png_exif6.png", "tiff_ifd_loop.tif", "userunit.pdf"])
def test_what_is_only_odd_is_read(hostile_2, path):
    assert hostile_2[path].image


def test_a_hidden_text_layer_that_lies_is_not_read(shared):
    data = (shared / "corpus/hostile/made/wrong_hidden_ocr_layer.pdf").read_bytes()
    assert pdf.sheet(data, 1).text is None


def test_every_file_of_the_real_shelf_is_accounted_for_and_no_two_pages_share_an_id(shared):
    shelf = shared / "data_src"
    sources = inventory.scan(shelf)
    assert len(sources) == sum(path.is_file() for path in shelf.rglob("*"))
    taken = [source for source in sources if not source.reason]
    pages = [task.page for task in prepare.plan(taken, shelf, shelf / "no archive")]
    assert len({page.page_id for page in pages}) == len(pages) >= len(taken)


def test_both_sides_of_the_split_get_pages_of_the_real_shelf(shared):
    groups = {ids.group(source.path) for source in inventory.scan(shared / "data_src") if not source.reason}
    share = sum(side(group) == "val" for group in groups) / len(groups)
    assert 0.05 < share < 0.2


# Read off the page by eye.
@pytest.mark.parametrize(
    ("path", "subject", "qualifiers", "value"),
    [
        ("00 - Torque Specs/21-02.jpg", "Clutch to flywheel", ("All", "M8 8.8"), "24 Nm"),
        ("00 - Torque Specs/21-02.jpg", "Clutch to flywheel", ("All", "M8 10.9"), "34 Nm"),
        ("00 - Torque Specs/27-01.jpg", "Coupling to manual transmission and transfer box", ("All", "M12"), "90 Nm"),
        ("11 - Engine/11-54.jpg", '"V" Intake valve', (), '36.6 + 0.1 mm (1.441 + 0.004")'),
    ],
)
def test_facts_that_ocr_finds_on_real_scans(shared, path, subject, qualifiers, value):
    printed = readings.ocr((shared / "data_src" / path).read_bytes())
    found = {(fact.subject, fact.qualifiers): fact.value for fact in rules.facts(printed)}
    assert found.get((subject, qualifiers)) == value, lines(printed.segments)
