"""Scrapy extensions of e30crawl."""

import resource
from pathlib import Path

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.extensions.memusage import MemoryUsage

STATM = Path("/proc/self/statm")


class PresentMemory(MemoryUsage):
    """Extension in place of MemoryUsage, which stops a crawl by what its process holds now. Settings: MEMUSAGE_*.

    Scrapy reads `ru_maxrss`, a peak that a process inherits from the one that started it: a crawl started from a
    notebook that had once held 2 GB ended with `memusage_exceeded` before its first page.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if not STATM.exists():
            raise NotConfigured(f"no {STATM} on this system, so MEMUSAGE_LIMIT_MB is not watched")

    def get_virtual_size(self) -> int:
        """Return the resident bytes of this process (proc(5): the second number of statm, in pages)."""
        return int(STATM.read_text().split()[1]) * resource.getpagesize()
