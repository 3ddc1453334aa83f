"""How near does the live sender come to the ideal rate, of 32 calls in flight and a server that takes 200 ms?

The ideal: 32 calls at once, each of 200 ms and nothing else, is 160 a second. Both sides stand on the same machine, so
the stand-in takes its share of it; the other side of each pair is a bare loop that sends the same bodies, built before,
and throws the answers away: what the machine can do at all.
"""

import asyncio
import json
import multiprocessing
import os
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import httpx2

from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.storm import draw, numbered
from tests.vlm3_dataset.claude.test_claude import MODEL, REPLY
from vlm3_dataset.claude.asking import Ask
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.client import async_client
from vlm3_dataset.claude.live import IN_FLIGHT, Live
from vlm3_dataset.labelers.claude.label import about

PAGES = 1_600
LATENCY = 0.2  # seconds
IDEAL = IN_FLIGHT / LATENCY
PAIRS = 5


def serve(url: Connection) -> None:
    with stand_in.serving(REPLY, latency=LATENCY) as server:
        url.send(server.url)
        url.recv()


def ours(asks: list[Ask], number: int, work: Path) -> float:
    """Calls a second, from the first to the last answer in the store."""
    store = Store(work / f"labels-{number}.sqlite")
    began = time.perf_counter()
    failures = Live(store, async_client, Budget(1_000.0), "live").send(asks)
    took = time.perf_counter() - began
    if failures or store.count() != len(asks):
        raise SystemExit(f"{len(failures)} calls failed")
    store.close()
    return len(asks) / took


def bare(bodies: list[bytes], url: str) -> float:
    async def send_all() -> None:
        queue = list(bodies)
        headers = {"x-api-key": "none", "anthropic-version": "2026-10-21", "content-type": "application/json"}
        async with httpx2.AsyncClient(timeout=60) as client:

            async def work() -> None:
                while queue:
                    (await client.post(f"{url}/v1/messages", content=queue.pop(), headers=headers)).raise_for_status()

            await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))

    began = time.perf_counter()
    asyncio.run(send_all())
    return len(bodies) / (time.perf_counter() - began)


def main() -> None:
    near, far = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(far,), daemon=True)
    server.start()
    os.environ |= {"ANTHROPIC_BASE_URL": (url := near.recv()), "ANTHROPIC_API_KEY": "none of ours"}
    shares = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        draw(work, PAGES)
        asks = [about(page, work, MODEL)[0] for page in numbered(PAGES)]
        bodies = [json.dumps(each.request()).encode() for each in asks]
        for number in range(1, PAIRS + 1):
            mine, most = ours(asks, number, work), bare(bodies, url)
            shares.append(mine / IDEAL)
            print(f"pair {number}: ours {mine:.0f} calls a second, a bare loop {most:.0f}, the ideal {IDEAL:.0f}")
    near.send("end")
    server.join()
    print(f"ratio: {median(shares):.2f}")


if __name__ == "__main__":
    main()
