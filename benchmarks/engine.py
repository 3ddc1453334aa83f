"""What does Ray cost where one machine would do, and does it make the same pages, whatever dies?

    python benchmarks/engine.py

200 pages of 40 documents, read by `prepare` on all cores of this machine; then by a cluster of two nodes of one core
each on loopback: undisturbed, with a worker SIGKILLed at page 41, and with a whole node. All four leave the same bytes.
The cluster is up before it is timed, and notices a dead node in 5 s, where Ray itself takes 15. The ratio is the local
run's seconds to those of the undisturbed one: below 1 Ray is slower, and on two cores it must be, as its own processes
take some of them.

Needs ray.
"""

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.vlm3_dataset import nodes
from tests.vlm3_dataset.shelves import fill
from vlm3_dataset.sources import inventory, prepare

BOOKS, PAGES = 40, 5
KILLED_AT = 41  # pages


def made(shelf: Path, work: Path, **engine: str) -> tuple[float, list[tuple[str, str]]]:
    """Seconds, and what lies there."""
    started = time.perf_counter()
    tasks = prepare.tasks(inventory.scan(shelf), shelf, shelf / "none")
    pages = prepare.make(tasks, work, **engine)
    seconds = time.perf_counter() - started
    assert len({page.page_id for page in pages if page.image}) == BOOKS * PAGES
    return seconds, nodes.digest(work)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, nodes.cluster():
        place = Path(folder)
        shelf = fill(place / "shelf", nodes.books(BOOKS, PAGES))
        local, wanted = made(shelf, place / "local")
        print(f"local               {local:6.1f} s")
        seconds = {}
        for victim in ("nobody", "worker", "node"):
            with ExitStack() as stack:
                if victim != "nobody":
                    stack.enter_context(nodes.killing(victim, KILLED_AT, place / victim))
                seconds[victim], found = made(shelf, place / victim, engine="ray")
            print(f"ray, {victim:<6} killed {seconds[victim]:6.1f} s", flush=True)
            assert found == wanted
    print(f"the same {len(wanted)} files each time\nratio: {local / seconds['nobody']:.2f}")


if __name__ == "__main__":
    main()
