"""A worker outlives what is meant for the training, and not the training itself."""

import signal
import subprocess
import time

import pytest

from finetune.watch import workers


@pytest.mark.parametrize("number", workers.SIGNALS)
def test_a_signal_to_all_of_a_group_does_not_end_a_worker_whenever_it_comes(number: int) -> None:
    from torch.utils.data import DataLoader

    def from_elsewhere(worker: int) -> None:
        subprocess.run(["kill", f"-{int(number)}", str(worker)], check=True)

    loader = DataLoader(range(40), batch_size=1, collate_fn=list, num_workers=2, multiprocessing_context=workers.of(2))
    batches = iter(loader)
    for worker in batches._workers:  # they have hardly begun
        from_elsewhere(worker.pid)
    found = [next(batches)]
    for worker in batches._workers:
        from_elsewhere(worker.pid)
    assert [*found, *batches] == [[row] for row in range(40)]


def test_a_worker_ends_with_a_training_that_failed() -> None:
    worker = workers.of(1).Process(target=time.sleep, args=(600,), daemon=True)
    worker.start()
    worker.terminate()  # as Python does when it ends; it then waits for the worker
    worker.join(60)
    assert worker.exitcode == 0


def test_the_parent_hears_its_signals_again() -> None:
    worker = workers.of(1).Process(target=time.sleep, args=(0,))
    worker.start()
    worker.join()
    assert not set(workers.SIGNALS) & signal.pthread_sigmask(signal.SIG_BLOCK, ())
