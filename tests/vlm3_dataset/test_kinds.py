"""A file is what its bytes say."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vlm3_dataset.sources.kinds import is_site_index, sniff


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "tiff", "webp", "bmp"])
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
