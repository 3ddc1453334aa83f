"""Bytes come back as they went in, under the name of what they are."""

import gzip
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.archive.blobs import BlobStore, NotMediaError, extension


@given(body=st.binary(max_size=2000))
def test_pages_come_back_and_two_archives_hold_the_same_file(tmp_path_factory, body):
    one, two = BlobStore(tmp_path_factory.mktemp("one")), BlobStore(tmp_path_factory.mktemp("two"))
    digest = one.put_page(body)
    assert digest == two.put_page(body) == hashlib.sha256(body).hexdigest()
    assert one.get_page(digest) == body
    assert one.page_path(digest).read_bytes() == two.page_path(digest).read_bytes()


def test_layout(tmp_path):
    store, png = BlobStore(tmp_path), b"\x89PNG\r\n\x1a\nrest"
    page, (media, suffix) = store.put_page(b"<html>"), store.put_media(png)
    assert gzip.decompress((tmp_path / "raw" / page[:2] / page).read_bytes()) == b"<html>"
    assert (tmp_path / "media" / media[:2] / f"{media}.png").read_bytes() == png
    assert suffix == "png"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize(
    ("start", "suffix"),
    [
        (b"\xff\xd8\xff\xe1", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF89a", "gif"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "webp"),
        (b"BM\x36\x00\x0c\x00\x00\x00\x00\x00", "bmp"),
        (b"II*\x00", "tif"),
        (b"%PDF-1.4", "pdf"),
        (b"PK\x03\x04", "zip"),
        (b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0word/document.xml", "zip"),
        (b"Rar!\x1a\x07\x00", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\0\0\0\x20ftypavif", "avif"),
        (b"\0\0\0\x20ftypavis", "avif"),
        (b"\0\0\0\x18ftypheix", "heic"),
        (b"\0\0\0\x14ftypmif1", "heic"),
        (b"\0\0\0\x20ftypisom", "mp4"),
        (b"\0\0\0\x14ftypqt  ", "mp4"),
        (b"BMW E30 M3", "bin"),
        (b"GIF or JPEG?", "bin"),
        (b"torque 25 Nm", "bin"),
        (b"B", "bin"),
    ],
)
def test_the_first_bytes_name_the_extension(start, suffix):
    assert extension(start + b"\0" * 20) == suffix


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty file"),
        (b"<!DOCTYPE html><html>gone</html>", "HTML instead of a file"),
        (b"\xef\xbb\xbf\r\n <HTML>gone", "HTML instead of a file"),
        (b"<!-- a skin -->\n<html>", "HTML instead of a file"),
        (b'<?xml version="1.0"?><!DOCTYPE html><form><input name="vb_login_username">', "login page instead of a file"),
        (b'<!DOCTYPE html><form action="/community/login/login">', "login page instead of a file"),
    ],
)
def test_html_is_never_media(tmp_path, body, reason):
    with pytest.raises(NotMediaError, match=reason):
        BlobStore(tmp_path).put_media(body)
    assert not list(tmp_path.iterdir())


def test_a_file_cut_short_by_a_crash_is_replaced(tmp_path):
    store = BlobStore(tmp_path)
    path = store.page_path(hashlib.sha256(b"page").hexdigest())
    path.parent.mkdir(parents=True)
    path.with_name(f".{path.name}.tmp").write_bytes(b"half")
    assert store.get_page(store.put_page(b"page")) == b"page"
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[:-5],
        lambda whole: whole[:20] + bytes([whole[20] ^ 1]) + whole[21:],
        lambda _: gzip.compress(b"<html>another", mtime=0),
    ],
    ids=["empty", "cut", "a bit", "another"],
)
def test_a_damaged_file_is_repaired_when_it_is_fetched_again(tmp_path, damage):
    store, html, png = BlobStore(tmp_path), b"<html>" + b"torque 25 Nm " * 9, b"\x89PNG\r\n\x1a\n" + b"rest" * 9
    page, media = store.page_path(store.put_page(html)), store.media_path(*store.put_media(png))
    before = {path: path.read_bytes() for path in (page, media)}
    for path, whole in before.items():
        path.write_bytes(damage(whole))
    store.put_page(html)
    store.put_media(png)
    assert {path: path.read_bytes() for path in before} == before


def test_a_whole_file_is_not_written_again(tmp_path):
    store, html, png = BlobStore(tmp_path), b"<html>", b"\x89PNG\r\n\x1a\n"
    paths = store.page_path(store.put_page(html)), store.media_path(*store.put_media(png))
    before = [path.stat().st_ino for path in paths]
    store.put_page(html)
    store.put_media(png)
    assert [path.stat().st_ino for path in paths] == before


def test_the_same_bytes_from_several_addresses_at_once_are_one_file(tmp_path):
    store, bodies = BlobStore(tmp_path), [f"<html>{number}</html>".encode() for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(store.put_page, [body for body in bodies for _ in range(8)]))
    assert [store.get_page(digest) for digest in digests[::8]] == bodies
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 40
