"""Spread the work of a step over shards, with the same function on this machine or, by Ray, on many.

A worker or a whole machine that dies does no harm: its shard is done again elsewhere, for a machine 15 seconds later,
which is how long Ray takes to notice (5 checks, 3 s apart). Files that a step writes appear by rename and are found by
whoever does the shard again, so all machines must share that disk.

A shard is a task of Ray Core, not of Ray Data: that can hang after many faults (ray#41258), can only be stopped from
another thread, and needs two actors of its own, for nothing that a shard needs.
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

SHARD = 20  # items; a page takes a second to read, a process two to start
PATIENCE = 1_800  # seconds without a result; starting again costs little, as finished work is found
RETRIES = 3  # of a shard whose worker or machine died; if it happens more often, the shard itself kills them
LOOPBACK = "127.0.0.2"  # address of a Ray of our own; for 127.0.0.1 Ray takes the machine's network address


class NoEngine(UserError):
    """Ray is not installed, cannot be reached, or no longer answers."""


def spread(
    work: Callable[[list[Item]], Iterable[Result]], items: Sequence[Item], engine: Engine, shard: int = SHARD
) -> Iterator[Result]:
    """Yield the results of a function of a shard over all items, as they come; locally all items are one shard.

    Raises:
        NoEngine: there is no Ray, or it has stopped.
    """
    if engine == "local":
        yield from work(list(items))
        return
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
    """Return the pages with the columns that a function adds; its module must be installed on every machine."""
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
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # Ray would send usage statistics
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
    """Do one shard on a worker. An exception is returned as a result, because Ray would wrap a raised one."""
    try:
        return list(work(shard))
    except Exception as error:  # noqa: BLE001 - raised where the results are awaited
        return error
