"""What does Ray cost where one machine would do, and does it make the same pages, whatever dies?

    python benchmarks/engine.py [DOCUMENTS]

200 pages of 40 documents, or 5 of each of as many as are named, read by `prepare` on all cores of this machine; then by
a cluster of two nodes of one core each on loopback: undisturbed, with a worker SIGKILLed after a fifth of the pages and
with a whole node. All four leave the same bytes.
The cluster is up before it is timed, and notices a dead node in 5 s, where Ray itself takes 15. The ratio is the local
run's seconds to those of the undisturbed one: below 1 Ray is slower, and on two cores it must be, as its own processes
take some of them.

Needs ray.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.vlm3_dataset import nodes
from tests.vlm3_dataset.shelves import fill
from vlm3_dataset.sources import inventory
from vlm3_dataset.sources.pages import prepare

BOOKS, PAGES = 40, 5
SHARDS_SECONDS = 1_800  # without one of 20 pages; the tests, whose pages are few, give up after 50


def made(shelf: Path, work: Path, pages: int, **engine: str) -> tuple[float, list[tuple[str, str]]]:
    """Seconds, and what lies there."""
    started = time.perf_counter()
    tasks = prepare.tasks(inventory.scan(shelf), shelf, shelf / "none")
    found = prepare.make(tasks, work, **engine)
    seconds = time.perf_counter() - started
    assert len({page.page_id for page in found if page.image}) == pages
    return seconds, nodes.digest(work)


def main() -> None:
    books = int(sys.argv[1]) if len(sys.argv) > 1 else BOOKS
    pages = books * PAGES
    with tempfile.TemporaryDirectory() as folder, nodes.cluster(patience=SHARDS_SECONDS) as cluster:
        place = Path(folder)
        shelf = fill(place / "shelf", nodes.books(books, PAGES))
        local, wanted = made(shelf, place / "local", pages)
        print(f"local               {local:6.1f} s")
        seconds = {}
        for victim in ("nobody", "worker", "node"):
            with ExitStack() as stack:
                if victim != "nobody":
                    stack.enter_context(nodes.killing(cluster, victim, pages // 5 + 1, place / victim))
                seconds[victim], found = made(shelf, place / victim, pages, engine="ray")
            print(f"ray, {victim:<6} killed {seconds[victim]:6.1f} s", flush=True)
            assert found == wanted
    print(f"the same {len(wanted)} files each time\nratio: {local / seconds['nobody']:.2f}")


if __name__ == "__main__":
    main()
