"""Does a crawl stay as small and as fast as it began, over a million posts?

    python benchmarks/memory.py [--posts 1000000] [--minutes 30]

Prints pages a second and resident memory for each tenth of the run, and ends with the ratio of the last tenth's rate to
the first's. It stops by itself after so many minutes.
"""

import argparse
import subprocess
import time
from itertools import pairwise
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory

from _loopback import crawl, finish, serving

POSTS = 20


def resident(process: subprocess.Popen) -> float:
    """Megabytes, of the crawl and of the process that reads its pages, what they share counted twice."""
    task = Path(f"/proc/{process.pid}/task/{process.pid}")
    family = [process.pid, *map(int, (task / "children").read_text().split())]
    states = (Path(f"/proc/{pid}/status").read_text() for pid in family)
    return sum(int(state.partition("VmRSS:")[2].split()[0]) for state in states if "VmRSS:" in state) / 1024


def done(state: Path) -> int:
    with connect(f"file:{state}?mode=ro", uri=True) as database:
        return database.execute("select count(*) from pages where step = 'posts' and state = 'done'").fetchone()[0]


def watch(process: subprocess.Popen, state: Path, pages: int, until: float) -> list[tuple[float, int, float]]:
    """(seconds, pages done, megabytes) at the end of each tenth."""
    seen = [(time.monotonic(), done(state), 0.0)]
    while process.poll() is None and time.monotonic() < until and len(seen) <= 10:
        time.sleep(0.5)
        count = done(state)
        if count >= pages * len(seen) // 10:
            seen.append((time.monotonic(), count, resident(process)))
            (at, before, _), (now, after, memory) = seen[-2:]
            print(f"{after:>8} pages: {(after - before) / (now - at):6.1f} pages/s, {memory:6.1f} MB", flush=True)
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=30)
    given = parser.parse_args()
    pages = given.posts // POSTS
    with TemporaryDirectory() as folder, serving(pages) as host:
        for step in ("forums", "threads"):
            finish(crawl(host, Path(folder), step))
        process = crawl(host, Path(folder), "posts", quiet=True)
        seen = watch(process, Path(folder) / "bench" / "state.sqlite", pages, time.monotonic() + given.minutes * 60)
        process.kill()
        process.wait()
    if len(seen) <= 10:
        print(f"stopped after {given.minutes:g} minutes, or ended early, at {seen[-1][1]} of {pages} pages")
    rates = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(seen)]
    print(f"largest: {max(memory for *_, memory in seen):.1f} MB")
    print(f"ratio: {rates[-1] / rates[0]:.2f}")


if __name__ == "__main__":
    main()
