"""Where the work of a step is done, over the same function of a shard: on this machine, or by Ray on many.

What dies while it is at a shard, a worker or a whole machine, does no harm: the shard is done again elsewhere. What a
step leaves on the disk appears by rename, and is found by whoever comes after, so all machines must see that disk.
"""

import logging
import os
import pickle
import queue
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from vlm3_dataset.errors import UserError
from vlm3_dataset.table import Row, dataset

if TYPE_CHECKING:
    from datasets import Dataset

Engine = Literal["local", "ray"]
Item = TypeVar("Item")
Result = TypeVar("Result")

SHARD = 20  # items; a page takes a second to read, and a process for them two to start
PATIENCE = 1_800  # seconds without a shard: Ray Data was seen to hang after many faults, and going on costs little
LOOPBACK = "127.0.0.2"  # of a Ray of our own; it takes 127.0.0.1 for the machine's address in the network


class NoEngine(UserError):
    """Ray is not there, or does not come back."""


def spread(
    work: Callable[[list[Item]], Iterable[Result]], items: Sequence[Item], engine: Engine, shard: int = 0
) -> Iterator[Result]:
    """Yield what a function of a shard makes of all items, as it comes; here they are one shard.

    Raises:
        NoEngine: there is no Ray, or it has stopped.
    """
    if engine == "local":
        yield from work(list(items))
        return
    shard = shard or SHARD
    shards = [list(items[start : start + shard]) for start in range(0, len(items), shard)]
    if not shards:
        return
    _start_ray()
    done: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_on_ray, args=(work, shards, done), daemon=True).start()
    for _ in shards:
        try:
            came = done.get(timeout=PATIENCE)
        except queue.Empty:
            raise NoEngine(f"Ray has finished nothing for {PATIENCE // 60} minutes; run again to go on") from None
        if isinstance(came, Exception):
            raise came
        yield from came


def mapped(pages: "Dataset", function: Callable[[Row], Row], engine: Engine, desc: str) -> "Dataset":
    """Return the pages with what a function says of each; its own module must be installed where it runs."""
    if engine == "local":
        return pages.map(function, desc=desc)
    said = dict(spread(partial(_said, function), list(enumerate(pages)), engine))
    return dataset(row | said[number] for number, row in enumerate(pages))


def _said(function: Callable[[Row], Row], rows: list[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    return ((number, function(row)) for number, row in rows)


def _start_ray() -> None:
    """Join the cluster that RAY_ADDRESS names, or start one on this machine's cores.

    Ray listens on every address of a machine, and runs what it is told: a cluster of our own wants a token.
    """
    try:
        import ray
        import ray.data
    except ImportError:
        raise NoEngine("--engine ray needs Ray: pip install 'vlm3[ray]'") from None
    if ray.is_initialized():
        return
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # it would report to its makers
    address = os.environ.get("RAY_ADDRESS", "local")
    host, own = address.rpartition(":")[0], {}
    if address == "local":
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        host, own = LOOPBACK, {"include_dashboard": False}
    place = host if host.startswith("127.") else None
    try:
        ray.init(address, _node_ip_address=place, logging_level=logging.ERROR, log_to_driver=False, **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise NoEngine(f"no Ray at {address} ({str(error).splitlines()[0]}); mend RAY_ADDRESS") from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False


def _on_ray(work: Callable[[list[Item]], Iterable[Result]], shards: list[list[Item]], done: queue.Queue[Any]) -> None:
    """Put the results of each shard, or what was raised, as it comes."""
    import ray.data

    try:
        packed = ray.data.from_items(
            [{"shard": pickle.dumps(each)} for each in shards], override_num_blocks=len(shards)
        )
        made = packed.map_batches(partial(_made, work), batch_size=1, batch_format="pyarrow", num_cpus=1)
        for row in made.iter_rows():
            done.put(pickle.loads(row["made"]))  # noqa: S301 - of our own workers
    except Exception as error:  # noqa: BLE001 - raised where the results are awaited
        done.put(error)


def _made(work: Callable[[list[Item]], Iterable[Result]], batch: Any) -> Any:
    """One shard on a worker. What its function raises travels as a result: Ray would wrap it, and try again."""
    import pyarrow as pa

    (packed,) = batch["shard"].to_pylist()
    try:
        came: Any = list(work(pickle.loads(packed)))  # noqa: S301 - of our own driver
    except Exception as error:  # noqa: BLE001 - raised where the results are awaited
        came = error
    return pa.table({"made": [pickle.dumps(came)]})
