"""Recognise the kind of a file by its bytes: its name can say anything."""

import re

HEAD = 4096  # bytes that decide

HTML_TAG = rb"<(!doctype html|html|head|body|table|h[1-6])\b"

# PyMuPDF would open a JPEG named .pdf as a one-page document, so names are never asked.
MAGIC = (
    ("jpeg", re.compile(rb"\xff\xd8\xff")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("tiff", re.compile(rb"II[*+]\0|MM\0[*+]")),
    ("webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("jp2", re.compile(rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51")),
    # ISO 14496-12: a box "ftyp" with a brand, a version, and the brands that it is compatible with.
    ("avif", re.compile(rb".{4}ftyp(?:avi[fs]|(?:mif1|msf1|miaf).{4}(?:.{4}){0,16}?avi[fs])", re.DOTALL)),
    ("heic", re.compile(rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", re.DOTALL)),
    ("bmp", re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL)),
    ("pdf", re.compile(rb".{0,1024}?%PDF-", re.DOTALL)),
    ("html", re.compile(rb"(?is)(\xef\xbb\xbf)?\s*(<\?xml[^>]*+>\s*)?(<!--(?:(?!-->).)*+-->\s*)*+" + HTML_TAG)),
)
IMAGES = frozenset({"jpeg", "png", "gif", "tiff", "webp", "jp2", "bmp", "avif", "heic"})
# Both patterns match a bounded stretch from each "<": the inventory has no time limit, and 2 MB of "<" took a day.
IMAGE_LINK = re.compile(
    rb"<a\s[^<>]{0,500}?href\s*=\s*[\"']?[^\"'<>\s]{1,500}\.(?:jpe?g|png|gif|tiff?|pdf|html?)\b", re.IGNORECASE
)
TAG = re.compile(rb"<[^<>]*+>")
ZIP, OLE, RTF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf"
OFFICE_SUFFIXES = frozenset(
    {".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp", ".pages", ".numbers"}
)


def sniff(head: bytes) -> str:
    """Return the kind of a file by its first 4,096 bytes, or "" for a kind that this project does not read."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        head = head.decode("utf-16", "ignore").encode()
    return next((kind for kind, magic in MAGIC if magic.match(head)), "")


def is_office(suffix: str, head: bytes) -> bool:
    """Return True for what a word processor or its like wrote; only its name tells it from another ZIP archive."""
    return suffix in OFFICE_SUFFIXES and head.startswith((ZIP, OLE, RTF))


def is_site_index(html: bytes) -> bool:
    """Return True for a page that only lists other pages: it has links to files, and almost no text beside them.

    The seed's section pages carry 60 to 110 characters of text per link; its spec sheets over 1,000.
    """
    links = len(IMAGE_LINK.findall(html))
    return links >= 3 and len(TAG.sub(b"", html)) / links < 200
