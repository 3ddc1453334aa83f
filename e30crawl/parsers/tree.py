"""Make a tree of a page's bytes, and tell whether it is that of the whole page."""

from lxml import etree
from lxml.etree import _Element as Element

# No comments (a third of all nodes in stock pages), no hash of ids (12 % of the parsing), and plain elements: lxml.html
# has classes of its own, which make each touch of an element ten times as dear (0.4 µs).
_OPTIONS = {"encoding": "utf-8", "collect_ids": False, "remove_comments": True, "remove_pis": True}
_PARSER = etree.HTMLParser(**_OPTIONS)
# That one ends at a depth of 256, to which a post with as many unclosed tags comes; this one at 2048.
_DEEP_PARSER = etree.HTMLParser(**_OPTIONS, huge_tree=True)


def tree(body: bytes) -> tuple[Element | None, bool]:
    """Return the tree of a page in UTF-8, None for one without a single element, and whether nothing of it is missing.

    A parser that has come to its limits drops what follows, and looks like one that has come to the end.
    """
    root, whole = _parsed(body, _PARSER)
    if whole:
        return root, True
    deep, whole = _parsed(body, _DEEP_PARSER)
    return deep if whole else root, whole


def _parsed(body: bytes, parser: etree.HTMLParser) -> tuple[Element | None, bool]:
    root, error = etree.fromstring(body, parser), parser.error_log.last_error
    return root, error is None or error.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT
