"""Where a page stands: "Page 3 of 12", in vBulletin 3 and 4, whatever the language."""

from lxml.etree import XPath

from e30crawl.pages.document import Document, counts, first, has, words

# The number of the page and the number of pages come first in this text.
_PAGE_OF = XPath(
    f"(//td[{has('vbmenu_control')} and ancestor::*[{has('pagenav')}]]"
    f" | //a[{has('popupctrl')} and ancestor::*[{has('pagination')}]])[1]"
)
_CURRENT, _TOTAL = "mb_page_current", "mb_page_total"  # Internet Brands


def pager(document: Document) -> tuple[int, int]:
    """Number of the page and of all pages; (1, 1) where the board shows no pager."""
    found = counts(words(first(_PAGE_OF(document.root))))
    if len(found) < 2:
        ends = [document.by_id.get(name) for name in (_CURRENT, _TOTAL)]
        found = [number for end in ends if end is not None for number in counts(end.get("value") or words(end))[:1]]
    return sane(*found[:2]) if len(found) > 1 else (1, 1)


def sane(number: int, last: int) -> tuple[int, int]:
    """A page is never 0, nor beyond the last one."""
    return max(number, 1), max(number, last, 1)
