"""Where the work of a step is done, over the same function of a shard: on this machine, or by Ray on many.

What dies while it is at a shard, a worker or a whole machine, does no harm: the shard is done again elsewhere, 15
seconds later for a machine, which is how long Ray takes to notice (5 checks, 3 s apart). What a step leaves on the disk
appears by rename, and is found by whoever comes after, so all machines must see that disk.

A shard is a task of Ray's core, not of Ray Data over it: that can hang after many faults (ray#41258), can only be given
up from another thread, and wants two actors of its own, for nothing that a shard needs.
"""

import logging
import os
import secrets
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
PATIENCE = 1_800  # seconds without a shard; going on after it costs little, as what is finished is found
RETRIES = 3  # of a shard whose worker or machine died: more often, and the shard is what kills them
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
    ray = _start_ray()
    made = ray.remote(num_cpus=1, max_retries=RETRIES)(_made)
    waiting = [made.remote(work, each) for each in shards]
    while waiting:
        ready, waiting = ray.wait(waiting, timeout=PATIENCE)
        if not ready:
            raise NoEngine(f"Ray has finished nothing for {PATIENCE // 60} minutes; run again to go on")
        try:
            came = ray.get(ready[0])
        except ray.exceptions.RayError as error:
            why = str(error).strip().splitlines()[0]
            raise NoEngine(f"Ray has given up a shard ({why}); run again to go on") from error
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


def _start_ray() -> Any:
    """Return Ray, joined to the cluster that RAY_ADDRESS names, or to one started on this machine's cores.

    Ray listens on every address of a machine, and runs what it is told: a cluster of our own wants a token.
    """
    try:
        import ray
    except ImportError:
        raise NoEngine("--engine ray needs Ray: pip install 'vlm3[ray]'") from None
    if ray.is_initialized():
        return ray
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
    return ray


def _made(work: Callable[[list[Item]], Iterable[Result]], shard: list[Item]) -> list[Result] | Exception:
    """One shard on a worker. What its function raises travels as a result: Ray would wrap it."""
    try:
        return list(work(shard))
    except Exception as error:  # noqa: BLE001 - raised where the results are awaited
        return error
