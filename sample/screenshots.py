"""Draws the pictures of the documents from what the demo left: `python -m sample.screenshots`, after `make demo`.

With `--every FOLDER` it draws each page at 1,400 and 400 pixels, light and dark, for somebody to look at.
"""

import html
import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageOps
from playwright.sync_api import Browser, sync_playwright

from e30crawl.browser.chromium import FLAGS
from sample.demo import DATA, QUIET, REPORT, RUN, WORK
from vlm3_dataset.arguments import fail

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
WIDE, NARROW = (1400, 900), (400, 800)
TERMINAL = """<body style="margin:0;background:#16181c;color:#dfe3e8;font:15px/1.45 'Liberation Mono',monospace">
<pre style="margin:0;padding:18px 24px">{}</pre>"""


def main(argv: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m sample.screenshots", description=__doc__.partition(":")[0])
    parser.add_argument("--every", type=Path, metavar="FOLDER", help="all pages in all widths and colours, to look at")
    options = parser.parse_args(argv)
    if not (REPORT / "report.html").is_file():
        fail("screenshots", "there is nothing to draw; run make demo first", 2)
    os.environ |= QUIET
    with sync_playwright() as playwright, review() as address:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS])
        if options.every:
            every(browser, address, options.every)
        else:
            pictures(browser, address)
        browser.close()


def pictures(browser: Browser, address: str) -> None:
    """Those of the documents."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    save(shot(browser, (REPORT / "report.html").absolute().as_uri(), (1000, 760)), "report.webp", 1000)
    save(shot(browser, (DATA / "report.html").absolute().as_uri(), (1000, 700)), "dataset.webp", 1000)
    save(shot(browser, address, (1200, 720), find="Nm"), "review.webp", 1000)
    save(shot(browser, address, NARROW, find="Nm"), "review_phone.webp", 400)
    with (RUN / "curves.png").open("rb") as file:
        save(file.read(), "curves.webp", 800)
    row = RUN.with_name("row.png")
    prepare = ["finetune.tools.prepare", "--model", "tiny", "--data", str(DATA), "--picture", str(row)]
    said("-m", *prepare)
    save(without_margin(row.read_bytes()), "row.webp", 1200)
    status = said("-m", "vlm3_dataset", "status", "--work", str(WORK), "--output", str(DATA))
    words = html.escape(f"$ vlm3 status --work {WORK} --output {DATA}\n{status}")
    save(shot(browser, TERMINAL.format(words), (900, 300), whole=True), "terminal.webp", 900)


def every(browser: Browser, address: str, folder: Path) -> None:
    """Each page, in each width and colour."""
    folder.mkdir(parents=True, exist_ok=True)
    places = {"report": REPORT / "report.html", "dataset": DATA / "report.html"}
    places |= {f"docs_{page.stem}": page for page in sorted(Path("site").glob("*.html")) if page.stem != "404"}
    places = {name: path.absolute().as_uri() for name, path in places.items()} | {"review": address}
    for size in (WIDE, NARROW):
        for colours in ("light", "dark"):
            for name, place in places.items():
                find = "Nm" if name == "review" else ""
                data = shot(browser, place, size, colours=colours, find=find)
                (folder / f"{name}_{size[0]}_{colours}.png").write_bytes(data)


def shot(
    browser: Browser,
    place: str,
    size: tuple[int, int],
    *,
    colours: str = "light",
    find: str = "",
    whole: bool = False,
) -> bytes:
    """A page as PNG. `find` goes on through the review to the first answer that holds these letters."""
    width, height = size
    with browser.new_context(viewport={"width": width, "height": height}, color_scheme=colours) as context:
        page = context.new_page()
        if place.startswith(("http", "file")):
            page.goto(place)
        else:
            page.set_content(place)
        while find and find not in page.inner_text(".answer") and page.query_selector("#after"):
            page.click("#after")
        page.wait_for_load_state("networkidle")
        return page.screenshot(full_page=whole)


@contextmanager
def review() -> Iterator[str]:
    """The review of the demo's pairs, and its address."""
    line = [sys.executable, "-m", "vlm3_dataset", "review", "--work", str(WORK), "--reviewer", "you"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = next(line.strip() for line in process.stdout if line.startswith("http"))
            yield address
        finally:
            process.terminate()


def said(*words: str) -> str:
    return subprocess.check_output([sys.executable, *words], text=True)


def without_margin(data: bytes) -> bytes:
    """The third of a row's picture that is empty for a tiny model's small page goes."""
    picture = Image.open(BytesIO(data)).convert("RGB")
    drawn = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    whole = BytesIO()
    ImageOps.expand(picture.crop(drawn), border=12, fill="white").save(whole, "PNG")
    return whole.getvalue()


def save(data: bytes, name: str, width: int) -> None:
    """As WebP, a fifth of a PNG with the same colours."""
    picture = Image.open(BytesIO(data)).convert("RGB")
    if picture.width > width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    picture.save(PICTURES / name, quality=85, method=6)
    print(f"{PICTURES / name}: {(PICTURES / name).stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
