"""A cluster of Ray on this machine's loopback: a head without a core, and nodes of one core each that can be killed."""

import hashlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.vlm3_dataset.shelves import text_pdf
from vlm3_dataset.engine import spread

HEAD, NODES = "127.0.0.2", ("127.0.0.3", "127.0.0.4")
MEMORY = 100_000_000  # bytes of each node's object store: Ray asks for no less than 75 MB


@contextmanager
def cluster() -> Iterator[Any]:
    """The cluster, joined; RAY_ADDRESS names it, and its nodes take no part in statistics."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    handler = signal.getsignal(signal.SIGTERM)  # whoever joins has another one
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 0, "node_ip_address": HEAD, "include_dashboard": False, "object_store_memory": MEMORY}
    found = Cluster(initialize_head=True, head_node_args=head)
    os.environ["RAY_ADDRESS"] = found.address
    try:
        for address in NODES:
            start(found, address)
        list(spread(list, range(40), "ray"))  # joins it, and starts its workers
        yield found
    finally:
        import ray

        ray.shutdown()
        found.shutdown()
        del os.environ["RAY_ADDRESS"]
        signal.signal(signal.SIGTERM, handler)


def start(found: Any, address: str) -> Any:
    return found.add_node(num_cpus=1, node_ip_address=address, object_store_memory=MEMORY)


@contextmanager
def killing(found: Any, victim: str, is_time: Callable[[], bool]) -> Iterator[None]:
    """SIGKILLs a worker that is at a shard, or everything of a node, in whose place another comes."""
    killed = threading.Event()

    def kill() -> None:
        while not is_time():
            time.sleep(0.01)
        if victim == "node":
            node = next(iter(found.worker_nodes))
            found.remove_node(node, allow_graceful=False)
            start(found, node.node_ip_address)
        else:
            while not (at_work := [process for process in workers(found) if process.children()]):
                time.sleep(0.01)
            at_work[0].kill()
        killed.set()

    threading.Thread(target=kill, daemon=True).start()
    yield
    assert killed.wait(60), f"no {victim} was at work any more"


def workers(found: Any) -> list[psutil.Process]:
    """The processes of all nodes that may be at a shard; one that reads has a process of its own."""
    raylets = [psutil.Process(node.all_processes["raylet"][0].process.pid) for node in found.worker_nodes]
    return [each for raylet in raylets for each in raylet.children() if "ray::" in "".join(each.cmdline()[:1])]


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
