"""Many pages, a server that fails as it likes, and kills at any moment: what was paid, and what every page has.

python -m tests.vlm3_dataset.claude.storm --pages 2000 --kills 20 --how batch
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image, ImageDraw

from tests.forks import Forked, Forks, forking
from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.test_claude import MODEL, REPLY, labels_of
from vlm3_dataset.claude import batches, live, pace, pending_batches, pilot
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.labelers.claude import label
from vlm3_dataset.schema import Page

ODDS = 0.03  # of a fault, for each request and each item of a batch
CLIENT = ("anyio._backends._asyncio", "anthropic.resources.beta", "httpcore2")  # what a first request imports
MOST_RUNS = 60  # after the kills, until every page has its answer


@dataclass(frozen=True, slots=True)
class Outcome:
    pages: int
    kills: int  # that found a run at work
    labelled: int  # pages with pairs
    listed: Counter[str]  # pages without, by the reason they carry
    paid_again: int  # answers paid for more than once
    torn: int  # of all answers, those that were billed and did not arrive
    requests_afterwards: int  # of one more run
    asked_for_ten_more: int

    def bound(self, how: str) -> int:
        """The most that may be paid again: the live calls in flight at each kill, and what the line lost."""
        return self.kills * (live.IN_FLIGHT if how == "live" else pilot.REQUESTS) + self.torn


def numbered(count: int) -> list[Page]:
    return [
        Page(f"99-{n:04d}", f"{n}.png", 1, "image", "99", "Storm", "g", f"pages/{n}.png", sha256=f"{n:064d}")
        for n in range(count)
    ]


def run() -> None:
    """Ask about all pages as one run does, and say how many have no answer: the process that is killed."""
    pending_batches.WAITS, pending_batches.SHOWN_AFTER, pace.BACK_OFF = (0.05,), timedelta(seconds=1), (0.05,)
    batches.MOST_REQUESTS = 500
    work, pages, how = sys.argv[1:]
    print(len(label.with_claude(numbered(int(pages)), Path(work), MODEL, Budget(50), how=how)))


def draw(work: Path, count: int) -> None:
    (work / "pages").mkdir(parents=True)
    for page in numbered(count):
        image = Image.new("L", (160, 90), "white")
        ImageDraw.Draw(image).text((10, 30), f"Bolt {page.source}")
        image.save(work / page.image)


def storm(forks: Forks, work: Path, how: str, *, pages: int, kills: int, seed: int = 0) -> Outcome:
    draw(work, pages + 10)
    rng = random.Random(seed)
    served = stand_in.serving(REPLY, latency=0.05, turnaround=0.5, before_reply=0.1, odds=ODDS, rng=random.Random(seed))
    with served as server:
        environment = dict(os.environ) | {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "none of ours"}

        def start(count: int = pages) -> Forked:
            return forks.start("tests.vlm3_dataset.claude.storm:run", ["storm", work, count, how], env=environment)

        struck = killed(start(), server, answers=1)  # a fast machine may end a run before any other moment comes
        struck += sum(_killed(start(), server, rng) for _ in range(kills - 1))
        for _ in range(MOST_RUNS):
            if _ended(start()) == 0:
                break
        before, torn = server.requests, server.torn
        assert _ended(start()) == 0
        afterwards = server.requests - before
        paid = Counter(each["messages"][0]["content"][0]["source"]["data"] for each in server.billed)
        server.odds = 0.0
        assert _ended(start(pages + 10)) == 0
        ten_more = len(server.billed) - paid.total()
    found = [labels_of(work, page) for page in numbered(pages)]
    store = Store(work / "labels.sqlite")
    assert not store.on_its_way()
    store.close()
    return Outcome(
        pages=pages,
        kills=struck,
        labelled=sum(bool(labels and labels.pairs) for labels in found),
        listed=Counter(labels.problem for labels in found if labels and labels.problem),
        paid_again=paid.total() - len(paid),
        torn=torn,
        requests_afterwards=afterwards,
        asked_for_ten_more=ten_more,
    )


def _ended(process: Forked) -> int:
    """How many pages have no answer yet."""
    return int(process.output().split()[-1])


def _killed(process: Forked, server: stand_in.Claude, rng: random.Random) -> bool:
    """Two in three times while it is sending or taking in, else at any moment from its start; was it still running?"""
    answers, longest = (1, 0.8) if rng.random() < 2 / 3 else (0, 2)
    return killed(process, server, answers, rng.uniform(0, longest))


def killed(process: Forked, server: stand_in.Claude, answers: int, pause: float = 0) -> bool:
    """Kill a run so many seconds after so many answers were billed, and return whether it was at work until then."""
    wanted = len(server.billed) + answers
    while process.poll() is None and len(server.billed) < wanted:
        time.sleep(0.005)
    time.sleep(pause)
    with process:
        process.kill()
    return process.returncode == -signal.SIGKILL


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--how", choices=("live", "batch"), default="live")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    counts = {"pages": options.pages, "kills": options.kills, "seed": options.seed}
    with tempfile.TemporaryDirectory() as folder, forking("tests.vlm3_dataset.claude.storm", *CLIENT) as forks:
        outcome = storm(forks, Path(folder) / "work", options.how, **counts)
    print(outcome, f"bound={outcome.bound(options.how)}", f"model={MODEL.name}")


if __name__ == "__main__":
    main()
