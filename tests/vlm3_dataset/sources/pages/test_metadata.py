"""A picture goes out without its owner's name and place, and with every pixel."""

import io
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from vlm3_dataset.sources.pages.metadata import without_metadata


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


FILM = b"\0\0\0\x18ftypmp42 Jo Owner"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_stands_behind_the_picture_goes(kind):
    """A Motion Photo has a film there, MPO a second picture, and a cropped screenshot the rest of the first."""
    clean = without_metadata(picture(kind))
    assert without_metadata(clean + FILM) == clean
    assert without_metadata(clean + picture(kind)) == clean


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xE3, 0xEB, 0xEC, 0xED, 0xEE, 0xEF, 0xFE, 0xF0])
def test_any_other_segment_goes_wherever_it_stands(marker):
    """Among them C2PA's in APP11, Ducky's in APP12, and an index of pictures in APP2, where the colour profile is."""
    clean = without_metadata(picture("JPEG"))
    told = bytes((0xFF, marker)) + (2 + len(FILM)).to_bytes(2) + FILM
    for place in (2, clean.index(b"\xff\xda"), len(clean) - 2):
        assert without_metadata(clean[:place] + told + clean[place:]) == clean


@pytest.mark.parametrize("name", [b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME", b"caBX", b"acTL", b"fdAT", b"prVt"])
def test_any_other_chunk_goes(name):
    clean = without_metadata(picture("PNG"))
    told = len(FILM).to_bytes(4) + name + FILM + crc32(name + FILM).to_bytes(4)
    assert without_metadata(clean[:33] + told + clean[33:]) == clean


def test_a_thumbnail_goes_as_it_may_show_what_was_cut_off():
    clean = without_metadata(picture("JPEG"))
    jfif = b"\xff\xe0" + (16 + 3 * 4).to_bytes(2) + clean[6:18] + b"\2\2" + b"\7" * 12
    assert without_metadata(clean[:2] + jfif + clean[20:]) == clean


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_blocks": 2}, {"optimize": True}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_clean_jpeg_keeps_its_bytes_however_it_is_written(mode, options):
    out = io.BytesIO()
    Image.effect_noise((120, 90), 60).convert(mode).save(out, "JPEG", **options)
    assert without_metadata(out.getvalue()) == out.getvalue()
    assert without_metadata(out.getvalue()[:-2]) == out.getvalue()[:-2]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_clean_picture_keeps_its_bytes(kind):
    clean = without_metadata(picture(kind))
    assert without_metadata(clean) == clean


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_come_back_as_some_bytes(data, head):
    assert isinstance(without_metadata(head + data), bytes)
