"""Fetch pages with a real browser (`browser=1`), for boards that show nothing without one.

Not registered otherwise: an idle scrapy-playwright takes 177 MB, and a page takes 0.5 s of a core instead of 6 ms.
"""

import os
import shutil
from typing import TYPE_CHECKING, Any

from scrapy.settings import BaseSettings
from scrapy_playwright.page import PageMethod
from scrapy_playwright.provider import PlaywrightBrowserProvider

from e30crawl.browser.egress_proxy import EgressProxy
from e30crawl.guard import Allowed

if TYPE_CHECKING:
    from scrapy_playwright.handler import Config

HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ONE_AT_A_TIME = 1
# Text is what we keep of a page; its pictures are fetched one by one, as they are.
NEEDED = {"document", "script", "xhr", "fetch"}
FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # looks nothing up: the proxy does
    "--proxy-bypass-list=<-loopback>",  # loopback passes the proxy as well
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
)


class NoBrowserError(ValueError):
    """There is no Chromium; the message says what to do."""


def register(settings: BaseSettings) -> None:
    """Set a crawl up for a browser. Settings read: BROWSER_PATH, DOWNLOAD_TIMEOUT, GUARD_ALLOW.

    Raises ValueError: NoBrowserError, or for a GUARD_ALLOW that cannot be read.
    """
    program = settings.get("BROWSER_PATH") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if not program or not shutil.which(program):
        where = f"BROWSER_PATH: no program {program!r}" if program else "no Chromium here"
        raise NoBrowserError(f"{where}; install Debian's package chromium, or say -s BROWSER_PATH=/path/to/it")
    handlers = settings.getdict("DOWNLOAD_HANDLERS") | {"http": HANDLER, "https": HANDLER}
    options = {
        "executable_path": program,
        "args": list(FLAGS),
        "chromium_sandbox": os.geteuid() != 0,  # root has none
        "timeout": 60_000,
    }
    ours = {
        "DOWNLOAD_HANDLERS": handlers,
        "PLAYWRIGHT_LAUNCH_OPTIONS": options,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": ONE_AT_A_TIME,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": settings.getfloat("DOWNLOAD_TIMEOUT") * 1000,
        "PLAYWRIGHT_ABORT_REQUEST": lambda request: request.resource_type not in NEEDED,
        "PLAYWRIGHT_BROWSER_PROVIDER": guarded_provider(Allowed.from_settings(settings)),
    }
    settings.setdict(ours, priority="spider")


def page_meta(cookies: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the meta of a request that is to be rendered, with these cookies."""
    return {
        "playwright": True,
        "playwright_context_kwargs": {
            "accept_downloads": False,
            "service_workers": "block",
            "storage_state": {"cookies": cookies, "origins": []},
        },
        "playwright_page_methods": [PageMethod("wait_for_load_state", "networkidle")],
    }


def guarded_provider(allowed: Allowed) -> type[PlaywrightBrowserProvider]:
    """Return the provider of browsers that reach the web through an EgressProxy alone."""

    class GuardedBrowser(PlaywrightBrowserProvider):
        def __init__(self, config: "Config") -> None:
            super().__init__(config)
            self.egress_proxy = EgressProxy(allowed)

        async def start(self) -> None:
            self.config.launch_options["proxy"] = {"server": await self.egress_proxy.open()}
            await super().start()

        async def close(self) -> None:
            await super().close()
            await self.egress_proxy.close()

    return GuardedBrowser
