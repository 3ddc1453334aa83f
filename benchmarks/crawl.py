"""How fast is a crawl, next to requests and BeautifulSoup one page after the other, the way the original went?

With BeautifulSoup on lxml, and on Python's own parser. Both sides fetch and read the same 84 KB pages of twenty posts
from loopback, with delays off, and take the same fields. Ours also keeps the bytes, obeys robots.txt, checks each
address and commits every page; once it also writes a feed, for which every post passes through Scrapy as an item.
Neither side's start-up counts (ours takes about 1.5 s), nor our export. At 2 s between requests both are equally fast:
this is about nothing but what a page costs.
"""

import re
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from _loopback import crawl, finish, serving
from _pairs import compare
from bs4 import BeautifulSoup, Tag

PAGES, POSTS = 600, 20
THEIRS = 150  # pages a side; theirs takes 50 ms each, ours 7


def post(message: Tag) -> dict[str, object]:
    """The fields of our own record of a post, each looked for in the post's own table: in the page it takes 90 ms."""
    post_id = message["id"].removeprefix("post_message_")
    table = message.find_parent("table", id=f"post{post_id}")
    author = table.select_one("a.bigusername")
    edited = message.parent.select_one("div.smallfont em")
    return {
        "post_id": int(post_id),
        "number": int(table.find("a", id=f"postcount{post_id}")["name"]),
        "author": author.get_text(),
        "author_id": int(re.search(r"u=(\d+)", author["href"])[1]),
        "date_text": table.find("a", attrs={"name": f"post{post_id}"}).parent.get_text(" ", strip=True),
        "quotes": [link["href"] for link in message.select('a[href*="#post"]')],
        "images": [image["src"] for image in message.select("img:not(.inlineimg)")],
        "attachments": [link["href"] for link in message.parent.select('a[href*="attachmentid="]')],
        "edited": edited.get_text() if edited else None,
        "text": message.get_text("\n", strip=True),
    }


def theirs(host: str, parser: str) -> float:
    """Milliseconds a page."""
    session, found, started = requests.Session(), 0, time.perf_counter()
    for number in range(1, THEIRS + 1):
        page = session.get(f"http://{host}/showthread.php?t={number}", timeout=30)
        soup = BeautifulSoup(page.content, parser)
        found += len([post(message) for message in soup.select('[id^="post_message_"]')])
    assert found == THEIRS * POSTS, found
    return (time.perf_counter() - started) * 1000 / THEIRS


def ours(host: str, feed: bool) -> float:
    """Milliseconds a page. The lists are read first, untimed."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for step in ("forums", "threads"):
            finish(crawl(host, folder, step))
        written = [folder / "bench" / "posts.jsonl"] + [folder / "feed.jsonl"] * feed
        seconds = finish(crawl(host, folder, "posts", *[f"-O{path}" for path in written[1:]]))
        rows = [sum(b'"post_id"' in line for line in path.open("rb")) for path in written]
    assert set(rows) == {PAGES * POSTS}, rows
    return seconds * 1000 / PAGES


def main() -> None:
    with serving(PAGES) as host:
        for parser, feed in (("lxml", True), ("lxml", False), ("html.parser", False)):
            print(f"Ours {'with' if feed else 'without'} a feed, BeautifulSoup on {parser}:")
            compare(partial(ours, host, feed), partial(theirs, host, parser), "ms/page")


if __name__ == "__main__":
    main()
