"""A cluster of Ray on this machine's loopback: a head without a core, and nodes of one core each that can die."""

import hashlib
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from tests.vlm3_dataset.shelves import text_pdf
from vlm3_dataset import engine
from vlm3_dataset.sources.pages import prepare

HEAD, NODES = 2, 2  # address of the head in 127.0.0.0/24, the others come after it; how many others
MEMORY = 100_000_000  # bytes of each node's object store: Ray asks for no less than 75 MB
NOTICED = {"health_check_period_ms": 500, "health_check_initial_delay_ms": 5_000, "health_check_failure_threshold": 10}


@contextmanager
def cluster(patience: float = 400) -> Iterator[Any]:
    """The cluster, joined; RAY_ADDRESS names it, and its nodes take no part in statistics. None of it is left behind.

    It notices in 5 seconds that a node has died, where Ray by itself takes 15. What finishes no shard for `patience`
    seconds is an error.
    """
    handler = signal.getsignal(signal.SIGTERM)  # whoever joins has another one
    head = {
        "num_cpus": 0,
        "node_ip_address": f"127.0.0.{HEAD}",
        "include_dashboard": False,
        "object_store_memory": MEMORY,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_raylet_start_wait_time_s", "300")  # on a busy machine a node takes more than the usual 10
        patch.setenv("RAY_worker_niceness", "0")  # not 15, with which two busy processes leave it a fiftieth of a core
        from ray.cluster_utils import Cluster  # reads what is set when it is imported

        patch.setattr(engine, "PATIENCE", patience)
        found = Cluster(initialize_head=True, head_node_args=head | {"_system_config": NOTICED})
        patch.setenv("RAY_ADDRESS", found.address)
        try:
            for _ in range(NODES):
                add_node(found)
            list(engine.spread(list, range(40), "ray"))  # joins it, and starts its workers
            yield found
        finally:
            import ray

            left = processes(found)
            ray.shutdown()
            found.shutdown()
            for process in psutil.wait_procs(left, timeout=5)[1]:
                process.kill()
            signal.signal(signal.SIGTERM, handler)


def add_node(found: Any) -> None:
    """Start a node of one core at an address that none had before it."""
    handler = signal.getsignal(signal.SIGTERM)  # Ray takes it, and ends without a word
    address = f"127.0.0.{HEAD + len(found.list_all_nodes())}"
    found.add_node(num_cpus=1, node_ip_address=address, object_store_memory=MEMORY)
    signal.signal(signal.SIGTERM, handler)


def processes(found: Any) -> list[psutil.Process]:
    """All that runs on the nodes, and the nodes."""
    started = [
        each.process.pid for node in found.list_all_nodes() for kind in node.all_processes.values() for each in kind
    ]
    return [process for pid in started if psutil.pid_exists(pid) for process in family(psutil.Process(pid))]


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


@contextmanager
def killing(found: Any, victim: str, at: int, folder: Path, where: ModuleType = prepare) -> Iterator[None]:
    """SIGKILL the worker that has made the page of this number, in the midst of its shard, or all of its node.

    `where` is the module that spreads the work; 0 is whoever is first to be done with anything. A node that died is
    replaced afterwards, so that the next one to die leaves another alive.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            where, "spread", lambda work, *rest: engine.spread(partial(dying, victim, at, folder, work), *rest)
        )
        yield
    assert died(folder).exists(), f"no {victim} has died"
    if victim == "node":
        add_node(found)


def died(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.died")


def dying(victim: str, at: int, folder: Path, work: Callable[[list[Any]], Iterable[Any]], shard: list[Any]) -> Any:
    """Yield what is made of a shard; whoever is first at that page gets no further."""
    for made in work(shard):
        if len(list(folder.glob("pages/*.json"))) >= at:
            with suppress(FileExistsError):
                died(folder).touch(exist_ok=False)
                me = psutil.Process()
                for process in family(me.parent()) if victim == "node" else []:
                    if process != me:
                        process.kill()
                me.kill()
        yield made


def books(count: int, pages: int) -> dict[str, bytes]:
    """Documents whose pages all differ."""
    return {
        f"book {n:03d}.pdf": text_pdf([[(f"Bolt {n}-{page}", f"{page + 10} Nm")] for page in range(pages)])
        for n in range(count)
    }


def digest(work: Path) -> list[tuple[str, str]]:
    """Of every file that reading leaves."""
    files = sorted(path for path in work.rglob("*") if path.is_file())
    return [(path.relative_to(work).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
