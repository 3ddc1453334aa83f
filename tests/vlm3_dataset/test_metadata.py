"""A picture goes out without its owner's name and place, and with every pixel."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from vlm3_dataset.sources.metadata import without_metadata


def picture(kind):
    image = Image.effect_noise((120, 90), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x013B] = "Jo Owner"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    if kind == "JPEG":
        image.save(out, kind, exif=exif, comment=b"taken by Jo Owner", icc_profile=b"profile")
    else:
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "Jo Owner")
        image.save(out, kind, exif=exif, pnginfo=text)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_people_and_places_go_and_pixels_stay(kind):
    before = picture(kind)
    after = without_metadata(before)
    assert b"Jo Owner" in before
    assert b"Jo Owner" not in after
    assert b"Exif" not in after
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(before)).tobytes()


def test_the_colour_profile_stays():
    assert Image.open(io.BytesIO(without_metadata(picture("JPEG")))).info["icc_profile"] == b"profile"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_clean_picture_keeps_its_bytes(kind):
    clean = without_metadata(picture(kind))
    assert without_metadata(clean) == clean


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_come_back_as_some_bytes(data, head):
    assert isinstance(without_metadata(head + data), bytes)
