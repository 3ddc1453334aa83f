"""Find threads in stored pages' links (`follow=threads`), where the lists that would have named them are lost."""

from functools import partial
from pathlib import Path

import sqlalchemy as sa

from e30crawl.archive.blobs import BlobStore
from e30crawl.archive.stored import StoredPage, stored_pages
from e30crawl.frontier.queue import Frontier
from e30crawl.frontier.records import PageRef, Step
from e30crawl.frontier.schema import pages
from e30crawl.frontier.scope import LOST
from e30crawl.links import thread_links
from e30crawl.parallel import in_order
from e30crawl.parsers.charset import decode
from e30crawl.parsers.document import parse

BETWEEN = 500  # pages, 1 s, until the board's lease is renewed


def follow_threads(frontier: Frontier, folder: Path) -> int:
    """Add the threads that stored pages link to and no list has named; return how many, 0 where no list page was lost.

    The new threads may link to further ones: call it again when they are read, until it returns 0. It takes 5 ms a
    stored page on one core, and uses all there are. Raises DamagedError and Frontier.Error.
    """
    lists = pages.c.step.in_((Step.FORUMS, Step.THREADS))
    lost, found = sa.or_(*LOST.values()), []
    with frontier.engine.connect() as connection:
        if connection.scalar(sa.select(pages.c.id).where(lists, lost).limit(1)) is None:
            return 0
        begun = sa.select(pages.c.url).where(pages.c.sha256.is_not(None), pages.c.step != Step.MEDIA)
        home = connection.scalar(begun.order_by(pages.c.id).limit(1))  # a start may have led nowhere
        if home is None:
            return 0
        known = set(connection.scalars(sa.select(pages.c.thread_id).where(pages.c.step == Step.POSTS).distinct()))
        latest = (raw for raw in stored_pages(connection) if not raw.old)
        for number, links in enumerate(in_order(partial(linked_threads, folder, home), latest)):
            new = [link for link in links if link.thread_id not in known]
            known.update(link.thread_id for link in new)
            found += new
            if number % BETWEEN == 0:
                frontier.renew_lease()
    frontier.add(found)
    return len(found)


def linked_threads(folder: Path, home: str, raw: StoredPage) -> list[PageRef]:
    """Return the threads that a stored page links to. Raises DamagedError."""
    source, _ = decode(BlobStore(folder).get_page(raw.sha256), raw.content_type)
    document = parse(source, raw.location or raw.claim.url)
    return thread_links(document, home) if document else []
