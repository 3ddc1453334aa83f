"""Keep of a JPEG or PNG what its pixels and colours need, and nothing else, without touching a pixel.

A telephone records where its owner stood, who they are and with what, in a dozen kinds of segments, in pictures and
films behind the picture, and in more with each year: so what stays is listed, and not what goes. Formats: JPEG segments
as in ITU-T T.81 B.1, PNG chunks as in the W3C specification, section 5.
"""

import re
import struct

SOI, EOI, SOS, APP0 = b"\xff\xd8", 0xD9, 0xDA, 0xE0
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
# Frames, tables, scans and restart intervals: what decodes the pixels.
DECODING = frozenset({*range(0xC0, 0xC8), *range(0xC9, 0xD0), *range(0xDA, 0xE0)})
# JFIF (pixels a point), a colour profile, and Adobe's word for the kind of colours.
LOOKS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
JFIF = 16  # bytes of its segment without a thumbnail, which may show what was cut off or made unreadable
MARKER = re.compile(rb"\xff+([^\x00\xff])")
END_OF_SCAN = re.compile(rb"\xff+[^\x00-\xbf\xd0-\xd7\xff]")  # a scan has restart markers, and broken ones others

PNG = b"\x89PNG\r\n\x1a\n"
PIXELS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"hIST", b"pHYs", b"sBIT"})
COLOURS = frozenset({b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"cICP", b"mDCV", b"cLLI"})


def without_metadata(data: bytes) -> bytes:
    """Return the same picture without data about people, places and devices; other formats come back unchanged."""
    if data.startswith(SOI):
        return _jpeg(data)
    if data.startswith(PNG):
        return _png(data)
    return data


def _jpeg(data: bytes) -> bytes:
    kept, at = [SOI], len(SOI)
    while found := MARKER.search(data, at):
        marker, start = found[1][0], found.end()
        if marker == EOI:
            kept.append(found[0])
            break
        end = start + (0 if marker in WITHOUT_LENGTH else int.from_bytes(data[start : start + 2]))
        if marker == SOS:
            scan = END_OF_SCAN.search(data, end)
            end = scan.start() if scan else len(data)
        if marker in DECODING:
            kept.append(data[found.start() : end])
        elif marker in LOOKS and data.startswith(LOOKS[marker], start + 2):
            kept += found[0], _without_thumbnail(data[start:end]) if marker == APP0 else data[start:end]
        at = end
    else:  # a broken scan may be read to the end all the same
        if sum(map(len, kept)) < len(data):
            kept.append(bytes((0xFF, EOI)))
    return b"".join(kept)


def _without_thumbnail(segment: bytes) -> bytes:
    """Return a JFIF segment without its small picture; its last two bytes are then the size of none."""
    return segment if len(segment) <= JFIF else struct.pack(">H", JFIF) + segment[2:14] + b"\0\0"


def _png(data: bytes) -> bytes:
    kept, at = [PNG], len(PNG)
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length  # length, name, data, CRC
        if name in PIXELS or name in COLOURS:
            kept.append(data[at:end])
        if name == b"IEND":
            break
        at = end
    return b"".join(kept)
