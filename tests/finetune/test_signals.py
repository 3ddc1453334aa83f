"""A worker outlives what is meant for the training, and not the training itself."""

import signal
import subprocess
from typing import Any

import pytest

from finetune.signals import SIGNALS, Workers


def loader(rows: int) -> Any:
    from torch.utils.data import DataLoader

    return DataLoader(range(rows), batch_size=1, collate_fn=list, num_workers=2, multiprocessing_context=Workers())


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_to_all_of_a_group_does_not_end_a_worker_whenever_it_comes(number: int) -> None:
    def from_elsewhere(worker: int) -> None:
        subprocess.run(["kill", f"-{int(number)}", str(worker)], check=True)

    batches = iter(loader(40))
    for worker in batches._workers:  # they have hardly begun
        from_elsewhere(worker.pid)
    found = [next(batches)]
    for worker in batches._workers:
        from_elsewhere(worker.pid)
    assert [*found, *batches] == [[row] for row in range(40)]


def test_a_worker_ends_with_a_training_that_failed() -> None:
    batches = iter(loader(40))
    next(batches)
    for worker in batches._workers:
        worker.terminate()  # as Python does when it ends; it then waits for the worker
        worker.join(60)
        assert worker.exitcode == 0


def test_the_parent_hears_its_signals_again() -> None:
    iter(loader(40))
    assert not set(SIGNALS) & signal.pthread_sigmask(signal.SIG_BLOCK, ())
