"""A made-up board on loopback, cheap to serve, and a whole crawl of it as its user would start one.

    python benchmarks/_loopback.py PAGES

A page has 84 KB and twenty posts, which show pictures of hosts that do not exist: crawl with `only=`, not the media.
"""

import asyncio
import os
import re
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from _board import thread_page

ROOT = Path(__file__).resolve().parents[1]
LISTED = 200  # threads on a page of the list
TEMPLATES, FIRST = 50, 900_000_000  # pages rendered once; the others are these under other numbers

_THREAD = re.compile(rb"GET /showthread\.php\?t=(\d+) ")
_LIST = re.compile(rb"GET /forumdisplay\.php\?f=1(?:&page=(\d+))? ")


def listing(pages: int, number: int) -> bytes:
    """A page of the thread list."""
    first = (number - 1) * LISTED + 1
    rows = "".join(
        f'<tr><td id="td_threadtitle_{each}"><div><a href="showthread.php?t={each}" id="thread_title_{each}">'
        f"Thread {each}</a></div></td>"
        f'<td class="alt1">19</td><td class="alt2">9</td></tr>'
        for each in range(first, min(first + LISTED, pages + 1))
    )
    last = -(-pages // LISTED)
    return (
        '<html><head><title>Forum</title><script>vBulletin_init();</script></head><body><div class="pagenav"><table>'
        f'<tr><td class="vbmenu_control">Page {number} of {last}</td></tr></table></div>'
        f'<table><tbody id="threadbits_forum_1">{rows}</tbody></table></body></html>'
    ).encode()


def _template(number: int) -> bytes:
    """A thread of one page: what leads to its further pages leads to itself."""
    return thread_page(number).replace(b"Page 1 of 7", b"Page 1 of 1").replace(b"&amp;page=", b"&amp;pp=")


def _page(pages: int, templates: list[bytes], request: bytes) -> bytes | None:
    if found := _THREAD.match(request):
        number = int(found[1])
        place = number % TEMPLATES
        return templates[place].replace(b"t=%d" % (FIRST + place), b"t=%d" % number)
    if found := _LIST.match(request):
        return listing(pages, int(found[1] or 1))
    return None


async def _answer(render: Callable[[bytes], bytes | None], reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while request := await reader.readuntil(b"\r\n\r\n"):
            body = render(request)
            status = b"404 Not Found" if body is None else b"200 OK"
            head = b"HTTP/1.1 %b\r\nContent-Type: text/html; charset=ISO-8859-1\r\nContent-Length: %d\r\n\r\n"
            writer.write(head % (status, len(body or b"")) + (body or b""))
            await writer.drain()
    writer.close()


async def _serve(pages: int) -> None:
    templates = [_template(FIRST + place) for place in range(TEMPLATES)]
    handler = partial(_answer, partial(_page, pages, templates))
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def serving(pages: int) -> Iterator[str]:
    """Gives the host of a board of so many threads, a page each."""
    command = [sys.executable, __file__, str(pages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield f"127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


def crawl(host: str, archive: Path, only: str, *words: str, quiet: bool = False) -> subprocess.Popen:
    """One step of `scrapy crawl e30m3`, with delays off, 16 requests at once, and further words of its command."""
    settings = {
        "GUARD_ALLOW": host,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "AUTOTHROTTLE_ENABLED": 0,
    }
    start = {"start_url": f"http://{host}/forumdisplay.php?f=1", "board": "bench", "archive": archive, "only": only}
    command = [sys.executable, "-m", "scrapy", "crawl", "e30m3", *words]
    command += [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    command += [word for name, value in start.items() for word in ("-a", f"{name}={value}")]
    environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "e30crawl.settings", "FRONTIER_URL": ""}
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL if quiet else subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, env=environment, **pipes)


def finish(process: subprocess.Popen) -> float:
    """Seconds between the first and the last request of a crawl, as it says itself."""
    _, said = process.communicate()
    assert process.returncode == 0, said[-2000:]
    return float(re.search(r"'elapsed_time_seconds': ([\d.]+)", said)[1])


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
