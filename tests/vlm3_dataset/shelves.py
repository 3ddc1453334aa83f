"""Small shelves and archives of our own making, drawn where a test needs them."""

import io
import json
from hashlib import sha256
from pathlib import Path

import pymupdf
from PIL import Image, ImageDraw, ImageFont

TABLE = (("Oil drain plug", "25 Nm"), ("Flywheel bolt", "105 Nm"), ("Clutch cover bolt", "24 Nm"))


def scan(rows=TABLE, size=(900, 500), kind="JPEG") -> bytes:
    """A page with one printed row a line, large enough for OCR."""
    image = Image.new("L", size, 245)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(28)
    for number, (label, value) in enumerate(rows):
        draw.text((60, 80 + 60 * number), label, fill=10, font=font)
        draw.text((600, 80 + 60 * number), value, fill=10, font=font)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def text_pdf(pages=(TABLE,)) -> bytes:
    document = pymupdf.open()
    for rows in pages:
        page = document.new_page()
        for number, (label, value) in enumerate(rows):
            page.insert_text((60, 100 + 24 * number), label)
            page.insert_text((350, 100 + 24 * number), value)
    return document.tobytes(no_new_id=True)


def spec_html(rows=TABLE) -> bytes:
    cells = "".join(f"<tr><td>{label}:</td><td>{value}</td></tr>" for label, value in rows)
    return f"<!DOCTYPE html><html><body><h2>Specs</h2><table>{cells}</table></body></html>".encode()


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def board(archive: Path, name: str, posts: list[dict], pictures: list[bytes], titles: dict[int, str]) -> Path:
    """An export as e30crawl writes it: posts name pictures by their place in `pictures`."""
    folder = archive / name
    folder.mkdir(parents=True)
    digests = [sha256(data).hexdigest() for data in pictures]
    for digest, data in zip(digests, pictures, strict=True):
        fill(folder / "media", {f"{digest[:2]}/{digest}.jpg": data})
    rows = [
        post | {"images": [{"url": "http://x/", "sha256": digests[i], "outcome": "stored"} for i in post["images"]]}
        for post in posts
    ]
    (folder / "posts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    threads = "".join(json.dumps({"thread_id": n, "title": title}) + "\n" for n, title in titles.items())
    (folder / "threads.jsonl").write_text(threads)
    return folder
