"""Fixtures of several files of tests."""

from collections.abc import Iterator

import pytest

from tests.forks import Forks, forking
from tests.vlm3_dataset.claude.storm import CLIENT
from vlm3_dataset.sources.pages import page_counts, prepare


@pytest.fixture(scope="session")
def asking() -> Iterator[Forks]:
    """Starts what asks Claude in processes that a test may kill, without importing its client each time."""
    with forking("tests.vlm3_dataset.claude.test_batches", *CLIENT) as forks:
        yield forks


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read pages in one process, where a test does not say otherwise: each imports the OCR engine for itself.

    The commands that tests start as a user does have one for each core, and so have fixtures of a whole file.
    """
    for place in (page_counts, prepare):
        monkeypatch.setattr(place, "workers", lambda: 1)
