"""The text of a page, by the rules browsers follow (WHATWG Encoding: ISO-8859-1 means windows-1252)."""

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, to_unicode

DEFAULT = "cp1252"  # vBulletin's own default; a page that declares nothing is almost always that


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Text and the name of the Python codec that gave it; what does not decode becomes U+FFFD.

    UTF-8 is tried before anything declared: 6 of 59 real pages declare ISO-8859-1 and are UTF-8, while non-ASCII text
    in another encoding is practically never valid UTF-8.
    """
    mark, _ = read_bom(body)
    if mark:
        return to_unicode(body, mark).removeprefix("\ufeff"), mark
    plain = body.isascii()
    if not plain:
        try:
            return body.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            pass  # not UTF-8, so the declaration decides
    encoding = http_content_type_encoding(content_type) or html_body_declared_encoding(body) or DEFAULT
    if plain and encoding in {DEFAULT, "utf-8"}:  # 3 µs instead of 28 for a page
        return body.decode("ascii"), encoding
    return to_unicode(body, encoding), encoding
