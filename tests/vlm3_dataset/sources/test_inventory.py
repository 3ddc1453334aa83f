"""Every file has a row, and every row that is left out has a reason."""

import errno
import io
import os
import tracemalloc
import zipfile
from pathlib import Path

from tests.vlm3_dataset.shelves import board, fill, scan, text_pdf
from vlm3_dataset.sources import inventory


def reasons(shelf):
    return {source.path: source.reason for source in inventory.scan(shelf)}


def test_what_is_taken_and_what_is_not(tmp_path):
    shelf = fill(
        tmp_path,
        {
            "21 - Clutch/21-03.jpg": scan(),
            "21 - Clutch/index.html": b"<html>" + b"<a href='21-03.jpg'>3</a>" * 3,
            "book.pdf": text_pdf(),
            "empty.jpg": b"",
            "notes.txt": b"buy oil",
            ".DS_Store": b"\0\0\0\1Bud1",
            "scan named as a.pdf": scan(kind="PNG"),
        },
    )
    (shelf / "link.pdf").symlink_to("book.pdf")
    (shelf / "loop").symlink_to(shelf)
    found = reasons(shelf)
    assert [path for path, reason in found.items() if not reason] == [
        "21 - Clutch/21-03.jpg",
        "book.pdf",
        "scan named as a.pdf",
    ]
    assert "index of other pages" in found["21 - Clutch/index.html"]
    assert "empty" in found["empty.jpg"]
    assert "kind of file" in found["notes.txt"]
    assert "hidden" in found[".DS_Store"]
    assert "a link" in found["link.pdf"]
    assert "a link" in found["loop"]


def test_a_folder_that_cannot_be_read_is_a_row(tmp_path, monkeypatch):
    """The lost+found of a disk, which only root may read, or one on a disk that fails."""
    fill(tmp_path, {"a.jpg": scan(), "lost+found/b.jpg": scan(), "z/c.pdf": text_pdf()})
    scandir = os.scandir

    def refused(path):
        if Path(path).name == "lost+found":
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    assert reasons(tmp_path) == {"a.jpg": "", "lost+found": "cannot be read: Permission denied", "z/c.pdf": ""}


def test_the_same_bytes_are_taken_once(tmp_path):
    fill(tmp_path, {"a.jpg": scan(), "b/c.jpg": scan()})
    assert reasons(tmp_path) == {"a.jpg": "", "b/c.jpg": "a repeat: the same bytes as a.jpg"}


def test_a_file_name_that_is_not_utf8(tmp_path):
    (tmp_path / os.fsdecode(b"\xfcber.jpg")).write_bytes(scan())
    ((path, reason),) = reasons(tmp_path).items()
    assert "rename" in reason
    path.encode()


def test_pictures_of_posts_come_with_their_board(tmp_path):
    post = {"post_id": 7, "thread_id": 1, "text": "here", "author": "A", "url": "u", "images": [0]}
    folder = board(tmp_path / "archive", "s14", [post], [scan()], {1: "Valves"})
    (source,) = inventory.scan(tmp_path / "no shelf", [folder])
    assert (source.post, source.kind, source.reason) == ("s14/7", "jpeg", "")
    assert source.path.startswith("s14/media/")


def test_a_picture_that_the_archive_lacks(tmp_path):
    post = {"post_id": 7, "thread_id": 1, "text": "here", "author": "A", "url": "u", "images": [0]}
    folder = board(tmp_path / "archive", "s14", [post], [scan()], {1: "Valves"})
    next((folder / "media").rglob("*.jpg")).unlink()
    (source,) = inventory.scan(tmp_path / "no shelf", [folder])
    assert "no such file" in source.reason


def test_a_large_file_is_not_held_in_memory(tmp_path):
    with (tmp_path / "film.mkv").open("wb") as file:
        file.write(b"\x1aE\xdf\xa3")
        file.truncate(300_000_000)
    tracemalloc.start()
    (source,) = inventory.scan(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (source.size, source.kind) == (300_000_000, "")
    assert "not a kind of file" in source.reason
    assert peak < 10_000_000


def test_a_letter_is_named_with_what_to_do(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    fill(tmp_path, {"a.docx": out.getvalue(), "b.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "c.zip": out.getvalue()})
    found = reasons(tmp_path)
    assert found["a.docx"] == found["b.doc"] == "a document of an office program, which is not read; save it as PDF"
    assert "not a kind of file" in found["c.zip"]


def test_what_is_not_read_is_counted_by_its_endings(tmp_path):
    fill(tmp_path, dict.fromkeys(("a.eps", "B.EPS", "notes", "c.ai"), b"%!PS a drawing") | {"empty.eps": b""})
    counted = inventory.unread(inventory.scan(tmp_path))
    assert counted == {".eps": 2, ".ai": 1, "without an ending": 1}
