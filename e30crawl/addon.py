"""Switch on what every crawl of ours needs, as a Scrapy add-on beside a user's own components.

A `DOWNLOADER_MIDDLEWARES` on the command line replaces the one in the settings, and with it went the guard: a private
address was fetched, exit 0. What an add-on sets comes after both.
"""

from math import inf

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.extensions.logstats import LogStats
from scrapy.extensions.memusage import MemoryUsage
from scrapy.extensions.throttle import AutoThrottle
from scrapy.settings import BaseSettings

from e30crawl.extensions import BackoffThrottle, PresentMemory, Progress
from e30crawl.middlewares import BoardCookies, PublicOnly, SlotPerHost, StrictRobots
from e30crawl.pipelines import FrontierPipeline, RawStorePipeline

# In the order in which they see a request: after everybody else's, so that what another one makes of it is judged too.
# A redirect is a new request, and every hop passes them.
MIDDLEWARES = {
    BoardCookies: 700,  # where Scrapy's own would be; only with -a cookies=
    PublicOnly: 10_000,
    SlotPerHost: 10_001,  # one request at a time to the host that a redirect leads to, not only from
    StrictRobots: 10_002,  # in place of Scrapy's, which let 13 of 60 forbidden pages through; its delay is for the slot
}
EXTENSIONS = {
    BackoffThrottle: 0,  # AutoThrottle knows no Retry-After: it came back after < 0.1 s instead of 3 s
    Progress: 0,  # LogStats counts responses; ours counts what is left to do
    PresentMemory: 0,  # MemoryUsage reads a peak that may be the parent's
}
PIPELINES = {RawStorePipeline: -inf, FrontierPipeline: inf}
REPLACED = {"DOWNLOADER_MIDDLEWARES": (RobotsTxtMiddleware,), "EXTENSIONS": (AutoThrottle, LogStats, MemoryUsage)}


class Addon:
    """Scrapy add-on for ADDONS. What a user has switched off by None stays off; the spider then refuses to start."""

    def update_settings(self, settings: BaseSettings) -> None:
        for name, components in (
            ("DOWNLOADER_MIDDLEWARES", MIDDLEWARES),
            ("EXTENSIONS", EXTENSIONS),
            ("ITEM_PIPELINES", PIPELINES),
        ):
            for component, order in components.items():
                settings.setdefault_in_component_priority_dict(name, component, order)
            for component in REPLACED.get(name, ()):
                settings.set_in_component_priority_dict(name, component, None)
