"""A crawl is ended by the memory that it holds itself, and by no one else's."""

import os
import subprocess
import sys

from e30crawl.extensions import PresentMemory

LIMIT = 400  # MB; a crawl takes about 125
# The way of a large notebook: 600 MB are filled and given back, and the crawl takes the place of this very process.
BIG_PARENT = """
import os, sys
bytearray(b"x") * (600 * 2**20)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def crawl(site, folder, limit, *before):
    words = [sys.executable, *before, "-m", "scrapy", "crawl", "e30m3", "-a", f"start_url={site.url('/vb4/')}"]
    words += ["-a", f"archive={folder}", "-s", f"GUARD_ALLOW={site.host}", "-s", "DOWNLOAD_DELAY=0"]
    environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "e30crawl.settings"}
    settings = ["-a", "only=forums", "-s", f"MEMUSAGE_LIMIT_MB={limit}"]
    pipes = {"capture_output": True, "text": True, "timeout": 120}
    return subprocess.run([*words, *settings], check=False, env=environment, **pipes)


def test_a_parent_that_once_was_large_ends_no_crawl(site, root, tmp_path):
    ended = crawl(site, tmp_path, LIMIT, "-c", BIG_PARENT)
    assert ended.returncode == 0, ended.stderr
    assert "memusage/startup" in ended.stderr


def test_a_crawl_that_is_too_large_stops_and_says_so(site, root, tmp_path):
    ended = crawl(site, tmp_path, 1)
    assert ended.returncode == 1
    assert "stopped early (memusage_exceeded)" in ended.stderr


def test_memory_that_was_given_back_does_not_count():
    read = PresentMemory.__new__(PresentMemory).get_virtual_size
    before = read()
    held = bytearray(b"x") * (300 * 2**20)
    during = read()
    del held
    assert during - before > 250 * 2**20
    assert read() - before < 50 * 2**20
