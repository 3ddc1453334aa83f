"""Many pages, a server that fails as it likes, and kills at any moment: what was paid, and what every page has.

python -m tests.vlm3_dataset.storm --pages 2000 --kills 20 --how batch
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from tests.vlm3_dataset import claude as stand_in
from tests.vlm3_dataset.test_claude import MODEL, REPLY, labels_of
from vlm3_dataset.claude import live
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.schema import Page

ROOT = Path(__file__).resolve().parents[2]
ODDS = 0.03  # of a fault, for each request and each item of a batch
MOST_RUNS = 60  # after the kills, until every page has its answer
RUN = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.vlm3_dataset.storm import numbered
from tests.vlm3_dataset.test_claude import MODEL, Budget
from vlm3_dataset.claude import batches, live, pace, pending_batches
from vlm3_dataset.labelers import label
pending_batches.WAITS, pending_batches.SHOWN_AFTER, pace.BACK_OFF = (0.05,), timedelta(seconds=1), (0.05,)
batches.MOST_REQUESTS = 500
work = Path(sys.argv[1])
print(len(label.with_claude(numbered(int(sys.argv[2])), work, MODEL, Budget(50), how=sys.argv[3])))
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    pages: int
    kills: int
    labelled: int  # pages with pairs
    listed: Counter[str]  # pages without, by the reason they carry
    paid_again: int  # answers paid for more than once
    torn: int  # of all answers, those that were billed and did not arrive
    requests_afterwards: int  # of one more run
    asked_for_ten_more: int

    @property
    def bound(self) -> int:
        """The most that may be paid again by live calls: those in flight at each kill, and what the line lost."""
        return self.kills * live.IN_FLIGHT + self.torn


def numbered(count: int) -> list[Page]:
    return [
        Page(f"99-{n:04d}", f"{n}.png", 1, "image", "99", "Storm", "g", f"pages/{n}.png", sha256=f"{n:064d}")
        for n in range(count)
    ]


def draw(work: Path, count: int) -> None:
    (work / "pages").mkdir(parents=True)
    for page in numbered(count):
        image = Image.new("L", (160, 90), "white")
        ImageDraw.Draw(image).text((10, 30), f"Bolt {page.source}")
        image.save(work / page.image)


def storm(work: Path, how: str, pages: int, kills: int, seed: int = 0) -> Outcome:
    draw(work, pages + 10)
    rng = random.Random(seed)
    served = stand_in.serving(REPLY, latency=0.05, turnaround=0.5, before_reply=0.1, odds=ODDS, rng=random.Random(seed))
    with served as server:
        for _ in range(kills):
            _killed(work, pages, how, server, rng)
        for _ in range(MOST_RUNS):
            if _run(work, pages, how, server) == 0:
                break
        before, torn = server.requests, server.torn
        assert _run(work, pages, how, server) == 0
        afterwards = server.requests - before
        paid = Counter(each["messages"][0]["content"][0]["source"]["data"] for each in server.billed)
        server.odds = 0.0
        assert _run(work, pages + 10, how, server) == 0
        ten_more = len(server.billed) - paid.total()
    found = [labels_of(work, page) for page in numbered(pages)]
    store = Store(work / "labels.sqlite")
    assert not store.on_its_way()
    store.close()
    return Outcome(
        pages=pages,
        kills=kills,
        labelled=sum(bool(labels and labels.pairs) for labels in found),
        listed=Counter(labels.problem for labels in found if labels and labels.problem),
        paid_again=paid.total() - len(paid),
        torn=torn,
        requests_afterwards=afterwards,
        asked_for_ten_more=ten_more,
    )


def _command(work: Path, pages: int, how: str) -> list[str]:
    return [sys.executable, "-c", RUN, str(work), str(pages), how]


def _environment(server: stand_in.Claude) -> dict[str, str]:
    return dict(os.environ) | {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "none of ours"}


def _run(work: Path, pages: int, how: str, server: stand_in.Claude) -> int:
    """How many pages have no answer yet."""
    ended = subprocess.run(
        _command(work, pages, how), cwd=ROOT, env=_environment(server), check=True, capture_output=True, text=True
    )
    return int(ended.stdout.split()[-1])


def _killed(work: Path, pages: int, how: str, server: stand_in.Claude, rng: random.Random) -> None:
    """Two in three times while it is sending or taking in, else at any moment from its start."""
    process = subprocess.Popen(
        _command(work, pages, how),
        cwd=ROOT,
        env=_environment(server),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    before = len(server.billed)
    if rng.random() < 2 / 3:
        while process.poll() is None and len(server.billed) == before:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.8))
    else:
        time.sleep(rng.uniform(0, 6))
    process.send_signal(signal.SIGKILL)
    process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--how", choices=("live", "batch"), default="live")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = storm(Path(folder) / "work", options.how, options.pages, options.kills, options.seed)
    print(outcome, f"bound={outcome.bound if options.how == 'live' else 0}", f"model={MODEL.name}")


if __name__ == "__main__":
    main()
