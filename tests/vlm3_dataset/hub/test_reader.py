"""What was written is read back; whatever else a line, a path or a page may be is refused in one line."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vlm3_dataset.hub.format import Entry, conversations
from vlm3_dataset.hub.reader import RowError, inside, open_page, page_size, parse, prompt, special_token
from vlm3_dataset.schema import QA, Page

WRITTEN = Entry(
    Page("21-03", "clutch.pdf", 3, "image", "21", "Clutch", "g1", image="pages/21-03.jpg"),
    "procedure",
    "val",
    (QA("How tight?", "24 Nm", "24 Nm", "torque", "rules", None, "1"),),
)
(ROW,) = conversations(WRITTEN)
TURNS = ROW["conversations"]


def test_what_the_release_writes_is_read_back() -> None:
    row = parse(json.dumps(ROW).encode())
    assert (row.image, row.question, row.answer) == ("images/21-03.jpg", "How tight?", "24 Nm")
    assert (row.metadata.page_id, row.metadata.keywords) == ("21-03", [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not a row: Invalid JSON"),
        (b'{"image": "\xff"}', "not a row: Invalid JSON"),
        (b"[1, 2]", "not a row: "),
        (b"{}", "image: Field required"),
        (json.dumps(ROW | {"metadata": {}}).encode(), "metadata.page_id: Field required"),
        (json.dumps(ROW | {"conversations": TURNS[::-1]}).encode(), "not one question and one answer"),
        (json.dumps(ROW | {"conversations": TURNS[:1]}).encode(), "not one question and one answer"),
    ],
)
def test_any_other_line_is_refused_with_its_reason(line: bytes, reason: str) -> None:
    with pytest.raises(RowError) as error:
        parse(line)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


@given(st.binary(max_size=200))
def test_no_line_raises_anything_else(line: bytes) -> None:
    with pytest.raises(RowError):
        parse(line)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../out.jpg", "leads out"),
        ("/etc/hostname", "leads out"),
        ("images/../../out.jpg", "leads out"),
        ("link.jpg", "leads out"),
        ("a\0b.jpg", "leads nowhere"),
        ("loop.jpg", "leads nowhere"),
    ],
)
def test_a_path_stays_inside_its_folder(tmp_path: Path, name: str, reason: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "link.jpg").symlink_to(tmp_path / "out.jpg")
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    with pytest.raises(RowError, match=reason):
        inside(folder, name)
    assert inside(folder, "images/../page.jpg") == folder.resolve() / "page.jpg"


def test_a_page_is_turned_upright(tmp_path: Path) -> None:
    stored = Image.new("RGB", (60, 40), "white")
    stored.paste("black", (0, 0, 60, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # held so that its top is on the right
    stored.save(tmp_path / "page.jpg", exif=exif)
    page = open_page(tmp_path / "page.jpg")
    assert (page.size, page.mode) == ((40, 60), "RGB")
    assert page.getpixel((36, 30))[0] < 50
    assert page.getpixel((3, 30))[0] > 200
    assert page_size(tmp_path / "page.jpg") == (60, 40)


@pytest.mark.parametrize("read", [open_page, page_size])
def test_a_page_that_cannot_be_opened_says_why(tmp_path: Path, read) -> None:
    with pytest.raises(RowError, match="image is missing"):
        read(tmp_path / "gone.jpg")
    for source in (tmp_path, io.BytesIO(b"<html>Please log in</html>")):
        with pytest.raises(RowError, match="image cannot be read"):
            read(source)


def test_a_torn_page_and_broken_exif_are_noticed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a description longer than four bytes"
    file = io.BytesIO()
    Image.effect_noise((60, 40), 50).save(file, "JPEG", exif=exif)
    whole = file.getvalue()
    words_for_a_height = whole.replace(b"\x01\x0e\x00\x02", b"\x01\x01\x00\x02")
    for broken in (whole[: len(whole) // 2], words_for_a_height):
        with pytest.raises(RowError, match="image cannot be read"):
            open_page(io.BytesIO(broken))


@given(st.text(), st.from_regex(r"<\|[a-z_]{1,20}\|>", fullmatch=True), st.text())
def test_no_special_token_survives_in_a_prompt(before: str, token: str, after: str) -> None:
    assert special_token(f"{before}{token}{after}") is not None
    (turn,) = prompt(f"{before}{token}{after}")
    assert [part["type"] for part in turn["content"]] == ["image", "text"]
    assert special_token(turn["content"][1]["text"]) is None


@pytest.mark.parametrize("text", ["", "24 Nm", "a <| b |> c", "<im_end>", "<|>"])
def test_ordinary_text_is_asked_as_it_is(text: str) -> None:
    assert special_token(text) is None
    assert prompt(text)[0]["content"][1]["text"] == text


def test_it_loads_no_heavy_library() -> None:
    code = "import sys, vlm3_dataset.hub.reader; print({'torch', 'datasets', 'transformers'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
