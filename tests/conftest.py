"""Fixtures for the whole suite."""

import gc
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Set before any library is imported: nothing in a test may look for weights, data or a place to report to.
os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
    "DEEPEVAL_DISABLE_DOTENV": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
for secret in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "HF_TOKEN", "CONFIDENT_API_KEY"):
    os.environ.pop(secret, None)

# A shell that starts something behind it (`make test &`) lets it ignore Ctrl-C, and whatever a test starts would too.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real pages and cases, which lie beside a checkout and never in it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no real pages: {folder.name}/ is not beside the checkout")
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A real browser, for the pages that a person works with."""
    from playwright.sync_api import sync_playwright

    from e30crawl.browser.chromium import FLAGS

    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium here; install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _signals_given_back() -> Iterator[None]:
    """What a test leaves in the way of SIGTERM every fork after it inherits, and a pool waits for it for good."""
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    yield
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow files: a process that is given one of them last works alone for minutes."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Let no garbage collection look through what was imported: of a small training it took a fifth of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """In CI a skipped test is a failed one, or a missing package would hide behind a green run; not so a GPU test."""
    report = yield
    known = hasattr(report, "wasxfail") or "gpu" in item.keywords
    if report.skipped and os.environ.get("CI") and not known:
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
