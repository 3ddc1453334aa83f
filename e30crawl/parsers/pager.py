"""Where a page stands: "Page 3 of 12", in vBulletin 3 and 4, whatever the language."""

from collections.abc import Iterator

from e30crawl.parsers.document import Document, Element, counts, is_of, joined, words

# The element whose text begins with the number of the page and the number of pages, and the box it stands in.
_CONTROLS = (("td", "vbmenu_control", "pagenav"), ("a", "popupctrl", "pagination"))
# "Results 661 to 680 of 795" in vB4; in vB3 "Showing results 21 to 40 of 368", the title of the current page's number.
_STATISTICS = ("postpagestats", "threadpagestats")
_CURRENT, _TOTAL = "mb_page_current", "mb_page_total"  # Internet Brands


def pager(document: Document) -> tuple[int, int]:
    """Number of the page and of all pages; (1, 1) where the board shows no pager."""
    found = counts(joined(words(next((control for control, _ in _controls(document)), None))))
    if len(found) < 2:
        ends = [document.by_id.get(name) for name in (_CURRENT, _TOTAL)]
        found = [number for end in ends if end is not None for number in counts(end.get("value") or words(end))[:1]]
    return sane(*found[:2]) if len(found) > 1 else (1, 1)


def _controls(document: Document) -> Iterator[tuple[Element, Element]]:
    """With the box that each stands in."""
    for tag, name, outer in _CONTROLS:
        for control in document.of_class(tag, name):
            if (box := next((each for each in control.iterancestors() if is_of(each, outer)), None)) is not None:
                yield control, box


def sane(number: int, last: int) -> tuple[int, int]:
    """A page is never 0, nor beyond the last one."""
    # Turkish boards say how many there are first: `Toplam 5 Sayfadan 1`.
    number, last = (last, number) if number > last > 0 else (number, last)
    return max(number, 1), max(number, last, 1)


def results(document: Document) -> tuple[int, int, int] | None:
    """First and last of the posts or threads that the page says it shows, and how many there are on all pages."""
    for said in _statistics(document):
        found = counts(joined(said))
        if len(found) == 3 and 0 < found[0] <= found[1] <= found[2]:
            return found[0], found[1], found[2]
    return None


def _statistics(document: Document) -> Iterator[str]:
    _, box = next(_controls(document), (None, None))
    if box is not None and is_of(box, "pagenav"):
        yield from (title for span in box.iter("span") if (title := span.get("title")))
    else:
        yield from map(words, document.of_class("div", *_STATISTICS))
