"""Fixtures of several files of tests."""

from collections.abc import Iterator

import pytest

from tests.forks import Forks, forking
from tests.vlm3_dataset.storm import CLIENT


@pytest.fixture(scope="session")
def asking() -> Iterator[Forks]:
    """Starts what asks Claude in processes that a test may kill, without importing its client each time."""
    with forking("tests.vlm3_dataset.test_batches", *CLIENT) as forks:
        yield forks
