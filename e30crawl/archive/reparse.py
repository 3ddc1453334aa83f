"""Read every stored page again by the parsers of today, without a request.

A parser that has learnt something finds threads where it saw an unknown page before: the state takes that over, and the
next crawl fetches what has become known.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from e30crawl.archive.rows import Board, page_rows
from e30crawl.archive.stored import stored_pages
from e30crawl.frontier.queue import Frontier
from e30crawl.frontier.schema import as_reason, connect, pages
from e30crawl.frontier.scope import KEPT
from e30crawl.parallel import in_order

BATCH = 500  # pages a transaction


@dataclass(slots=True)
class Reparsed:
    """The result: `changed` counts pages by (kind before, kind now), `found` addresses that were not known before."""

    pages: int = 0
    found: int = 0
    changed: Counter[tuple[str, str]] = field(default_factory=Counter)


def reparse(folder: Path, url: str = "") -> Reparsed:
    """Bring the state up to what the pages say by now. Killed at any moment, it is simply run again.

    Raises DamagedError, OSError and Frontier.Error.
    """
    engine, result = connect(folder, url), Reparsed()
    frontier = Frontier(engine)
    known = frontier.counts().total()
    with engine.connect() as connection:
        latest = (raw for raw in stored_pages(connection, bar="reparse") if not raw.old)
        digests = in_order(partial(page_rows, Board.at(folder, url), rows=False), latest)
        while batch := list(islice(digests, BATCH)):
            frontier.add([found for page in batch for found in page.found])
            news = [each for each in batch if (each.page.kind, each.records) != (each.raw.kind, each.raw.records)]
            with engine.begin() as writing:
                for each in news:
                    reason = as_reason(each.page.notice or each.page.reason)
                    values = {"kind": each.page.kind, "records": each.records}
                    values["reason"] = sa.case((KEPT, pages.c.reason), else_=reason)  # it is still to be asked again
                    writing.execute(sa.update(pages).where(pages.c.id == each.raw.claim.id).values(values))
            result.pages += len(batch)
            result.changed.update((each.raw.kind, each.page.kind) for each in news)
    result.found = frontier.counts().total() - known
    frontier.close()
    return result
