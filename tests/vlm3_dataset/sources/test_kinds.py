"""A file is what its bytes say."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vlm3_dataset.sources.kinds import is_site_index, sniff


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "tiff", "webp", "bmp", "avif"])
def test_pictures(kind):
    out = io.BytesIO()
    Image.new("RGB", (80, 80)).save(out, kind.upper())
    assert sniff(out.getvalue()) == kind


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.4\n", "pdf"),
        (b"junk before it\n%PDF-1.4\n", "pdf"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"\xef\xbb\xbf\n<!-- made by hand --><TABLE>", "html"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0mif1miafavif", "avif"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", ""),  # a film
        (b"", ""),
        (b"plain words", ""),
        (b"\0\0\0\1Bud1\0", ""),
        (b"<?xml version='1.0'?><svg/>", ""),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html>', "html"),
        ("<html>".encode("utf-16"), "html"),
        (b"<!-- -->" * 400, ""),  # a pattern that tries every split of these would not end
        (b"<!-- -->" * 400 + b"<body>", "html"),
    ],
)
def test_documents(head, kind):
    assert sniff(head) == kind


@given(st.binary(max_size=200))
def test_any_bytes_have_an_answer(data):
    assert isinstance(sniff(data), str)


def test_an_index_lists_pages_and_a_spec_sheet_says_something():
    links = b"".join(b"<a href='./21-0%d.jpg'>21-0%d</a><i>Removing the clutch disc</i><br>" % (n, n) for n in range(8))
    assert is_site_index(links)
    assert not is_site_index(links[:150] + b"<table><tr><td>" + b"Displacement 2302 cc " * 200 + b"</td></tr></table>")
    assert not is_site_index(b"<table><tr><td>Bore</td><td>93.4 mm</td></tr></table>")


@pytest.mark.parametrize("page", [b"<" * 2_000_000, b"<a href=" + b"href=" * 400_000, b"<a " * 600_000])
@pytest.mark.timeout(300)
def test_no_page_holds_up_the_inventory(page):
    assert not is_site_index(page)
