"""Find the further pages that a page links to, for skins that write their pager in a way of their own."""

import re
from itertools import islice

from e30crawl.parsers.document import Document, Element
from e30crawl.parsers.records import Page, PageKind
from e30crawl.urls import UrlKind, classify

_KINDS = {PageKind.POSTS: UrlKind.THREAD, PageKind.THREADS: UrlKind.FORUM}
_PAGER = re.compile(r"pag(?:e-?nav|inat|er\b)", re.IGNORECASE)
_LEVELS = 5  # from a link up to the box of its pager


def last_linked(page: Page, document: Document) -> int:
    """Return the highest number among the links of a pager to this very thread or forum; 1 where there are none.

    On 150 real pages none is beyond the last page that their pagers print.
    """
    kind = _KINDS[page.kind]
    own = page.thread_id if kind is UrlKind.THREAD else page.forum_id
    named = str(own)
    links = (link for link in document.elements("a", "link") if named in link.get("href", "")) if own else ()
    targets = (classify(document.address(link.get("href")) or "") for link in links if _in_pager(link))
    return max((target.page for target in targets if target.kind is kind and target.id == own), default=1)


def _in_pager(link: Element) -> bool:
    around = (link, *islice(link.iterancestors(), _LEVELS))
    return "next" in link.get("rel", "") or any(_PAGER.search(each.get("class", "")) for each in around)
