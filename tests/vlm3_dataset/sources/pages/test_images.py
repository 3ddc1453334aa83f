"""A picture keeps its bytes where nothing must change, and never its faults."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from vlm3_dataset.sources.pages import images
from vlm3_dataset.sources.pages.images import Unreadable


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def decoded(picture):
    return Image.open(io.BytesIO(picture.data))


def inked(mode, paper, ink, size=(200, 120)):
    image = Image.new(mode, size, paper)
    ImageDraw.Draw(image).rectangle((20, 20, 60, 40), fill=ink)
    return image


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_plain_jpeg_keeps_its_bytes(mode):
    data = encoded(inked(mode, "white", "black"), "JPEG")
    made = images.picture(data)
    assert (made.data, made.suffix, made.width, made.height) == (data, ".jpg", 200, 120)


@pytest.mark.parametrize(("kind", "turn"), [("JPEG", 1), ("JPEG", 6), ("PNG", 1), ("WEBP", 1), ("TIFF", 1)])
def test_where_and_by_whom_it_was_taken_goes_and_the_pixels_stay(kind, turn):
    image, exif = Image.effect_noise((120, 90), 60).convert("RGB"), Image.Exif()
    exif[0x010F], exif[0x0112] = "Jo's telephone", turn
    exif.get_ifd(0x8825)[1] = "N"
    told = {"comment": b"taken by Jo"} if kind == "JPEG" else {}
    made = images.picture(data := encoded(image, kind, exif=exif, **told))
    assert b"Jo" in data
    assert not any(word in made.data for word in (b"Jo", b"Exif", b"eXIf"))
    if turn == 1 and kind in {"JPEG", "PNG"}:
        assert made.done == "kept as it is, without its metadata"
        assert decoded(made).tobytes() == Image.open(io.BytesIO(data)).tobytes()


def test_a_plain_png_keeps_its_bytes():
    data = encoded(inked("L", 255, 0), "PNG")
    assert images.picture(data).data == data


def test_black_ink_on_nothing_is_laid_on_white():
    made = decoded(images.picture(encoded(inked("RGBA", (0, 0, 0, 0), (0, 0, 0, 255)), "PNG")))
    assert made.mode == "RGB"
    assert made.getpixel((5, 5)) == (255, 255, 255)
    assert made.getpixel((30, 30)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("mode", "kind", "clear"), [("P", "PNG", 0), ("P", "PNG", b"\0"), ("P", "GIF", 0), ("L", "PNG", 0)]
)
def test_black_ink_and_one_shade_that_is_nothing(mode, kind, clear):
    image = inked(mode, 0, 1)
    if mode == "P":
        image.putpalette([0, 0, 0, 90, 0, 0])
    made = decoded(images.picture(encoded(image, kind, transparency=clear)))
    assert (made.mode, "transparency" in made.info) == ("RGB", False)
    assert made.getpixel((5, 5)) == (255, 255, 255)
    assert made.getpixel((30, 30)) != (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "kind", "space", "stays"),
    [
        ("CMYK", "TIFF", b"CMYK", False),
        ("LA", "PNG", b"GRAY", False),
        ("RGBA", "PNG", b"RGB ", True),
        ("P", "PNG", b"RGB ", True),
        ("I;16", "PNG", b"GRAY", True),
    ],
)
def test_a_colour_profile_stays_where_the_colours_do(mode, kind, space, stays):
    profile = b"\0" * 16 + space + b"\0" * 108
    made = decoded(images.picture(encoded(Image.new(mode, (100, 90)), kind, icc_profile=profile)))
    assert ("icc_profile" in made.info) is stays


def test_sixteen_bits_are_scaled_not_clipped():
    grey = Image.new("I;16", (100, 100), 32_768)
    made = decoded(images.picture(encoded(grey, "PNG")))
    assert made.mode == "L"
    assert made.getpixel((50, 50)) in {127, 128}


def test_exif_rotation_is_applied_and_named():
    image = inked("RGB", "white", "black")
    exif = Image.Exif()
    exif[0x0112] = 6
    made = images.picture(encoded(image, "JPEG", exif=exif))
    assert (made.width, made.height, made.rotation) == (120, 200, 90)
    assert "turned 90 degrees" in made.done


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "JPEG"), ("1", "PNG"), ("P", "GIF"), ("RGB", "WEBP"), ("RGB", "BMP"), ("RGB", "AVIF")]
)
def test_other_modes_and_formats_become_grey_or_rgb(mode, kind):
    made = decoded(images.picture(encoded(Image.new(mode, (100, 90)), kind)))
    assert made.mode in {"L", "RGB"}
    assert made.format in {"JPEG", "PNG"}


def test_every_page_of_a_tiff():
    pages = [inked("L", 255, ink) for ink in (0, 100)]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert images.frames(data) == 2
    assert [decoded(images.picture(data, frame)).getpixel((30, 30)) for frame in (0, 1)] == [0, 100]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_cut_file_is_refused_with_one_line(kind, share):
    data = encoded(Image.effect_noise((300, 200), 80), kind)
    with pytest.raises(Unreadable) as refused:
        images.picture(data[: int(len(data) * share)])
    assert "\n" not in str(refused.value)


def test_a_changed_byte_never_gives_a_black_page():
    data = bytearray(encoded(Image.effect_noise((300, 200), 80), "PNG"))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(Unreadable, match="scan it again"):
        images.picture(bytes(data))


def test_an_icon_is_no_page():
    with pytest.raises(Unreadable, match="16 x 16 pixels are too small"):
        images.picture(encoded(Image.new("RGB", (16, 16)), "PNG"))


def test_a_bomb_is_refused_before_it_is_decoded():
    with pytest.raises(Unreadable, match="lower resolution"):
        images.picture(encoded(Image.new("1", (20_000, 20_000)), "PNG"))


@given(st.binary(max_size=400))
def test_any_bytes_are_a_picture_or_unreadable(data):
    try:
        images.picture(data)
    except Unreadable:
        return
    raise AssertionError("random bytes made a page")


def test_a_picture_taller_than_a_strip_is_laid_on_white_as_in_one_piece():
    ramp = Image.linear_gradient("L").resize((90, 1_300))
    rgba = Image.merge("RGBA", (ramp, ramp.rotate(180), ramp, ramp.rotate(180)))
    whole = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    assert decoded(images.picture(encoded(rgba, "PNG"))).tobytes() == whole.tobytes()


def test_the_iphones_photographs():
    images.learn_heic()
    made = images.picture(encoded(inked("RGB", "white", "black"), "HEIF"))
    assert (made.width, made.height, made.suffix) == (200, 120, ".jpg")
    assert decoded(made).convert("L").getpixel((30, 30)) < 40


def test_a_file_is_read_where_it_lies(tmp_path):
    data = encoded(inked("RGB", "white", "black"), "JPEG")
    (tmp_path / "a.jpg").write_bytes(data)
    assert images.picture(tmp_path / "a.jpg") == images.picture(data)
    assert images.frames(tmp_path / "a.jpg") == 1
