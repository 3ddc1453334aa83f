"""Fetches addresses as a crawl does, without a board: what the network, the guard and robots.txt make of each.

    python -m tests.e30crawl.probe < {"urls": [...], "names": {"board.example": ["127.0.0.1"]}, "settings": {...}}

No name server is asked: a name that is not given does not exist, and "slow" in place of addresses never comes back.
"""

import json
import socket
import sys
import time

asked = json.load(sys.stdin)
look_up = socket.getaddrinfo


def known(host, port, *args, **kwargs):
    """The addresses of a name as given; a literal is its own."""
    found = [host] if host.strip("0123456789abcdef.:") == "" else asked["names"].get(host, [])
    if found == "slow":
        time.sleep(3)
    if found in ([], "slow"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return [place for each in found for place in look_up(each, port, *args, **kwargs)]


socket.getaddrinfo = known  # before Twisted takes it

from scrapy import Request, Spider  # noqa: E402
from scrapy.crawler import AsyncCrawlerProcess  # noqa: E402

from e30crawl.unreachable import unreachable  # noqa: E402

SETTINGS = {
    "DOWNLOADER_MIDDLEWARES": {
        "e30crawl.middlewares.PublicOnly": 10,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "e30crawl.middlewares.StrictRobots": 100,
    },
    "TWISTED_DNS_RESOLVER": "e30crawl.guard.PublicOnlyResolver",
    "ROBOTSTXT_OBEY": True,
    "ROBOTSTXT_USER_AGENT": "e30crawl",
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS": 64,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 64,
    "HTTPERROR_ALLOW_ALL": True,
    "RETRY_ENABLED": False,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "LOG_LEVEL": "INFO",
}


class Probe(Spider):
    name = "probe"

    async def start(self):
        for url in asked["urls"]:
            meta = {"asked": url, "download_timeout": 2.0}
            yield Request(url, self.parse, errback=self.lost, dont_filter=True, meta=meta)

    def parse(self, response):
        outcomes[response.meta["asked"]] = response.status

    def lost(self, failure):
        error, request = failure.value, failure.request
        outcomes[request.meta["asked"]] = unreachable(error, request) or f"{type(error).__name__}: {error}"


outcomes = {}
process = AsyncCrawlerProcess(SETTINGS | asked["settings"])
process.crawl(Probe)
process.start()
json.dump(outcomes, sys.stdout)
