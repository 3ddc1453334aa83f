"""Files that lie about themselves or unpack without end, made where a test needs them."""

import zlib

ONE_PAGE = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]


def raw_pdf(objects):
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return data + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n" % (len(objects) + 1, len(data))


def stream(head, data):
    return b"<<" + head + b"/Length %d>>stream\n" % len(data) + data + b"\nendstream"


def picture_pdf(head, data, *more, resources=b"", content=b"q 900 0 0 600 0 0 cm /I Do Q"):
    """One picture over a whole page; `more` are the objects from 6 on."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 900 600]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>%s>>>>"
    image = stream(b"/Type/XObject/Subtype/Image/BitsPerComponent 8" + head, data)
    return raw_pdf([*ONE_PAGE, page % resources, stream(b"", content), image, *more])


def count_lies():
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    return raw_pdf([ONE_PAGE[0], b"<</Type/Pages/Kids[3 0 R]/Count 2000000>>", page])


def endless_content(megabytes=1_024):
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"q Q " * 262_144) for _ in range(megabytes)) + packer.flush()
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"
    return raw_pdf([*ONE_PAGE, page, stream(b"/Filter/FlateDecode", packed)])


def form_bomb():
    """Eight forms, each of which draws the next ten times."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]"
    forms = [stream(head + b"/Resources<</XObject<</X %d 0 R>>>>" % (6 + n), b"/X Do " * 10) for n in range(7)]
    return raw_pdf([*ONE_PAGE, page, stream(b"", b"/X Do " * 10), *forms, stream(head, b"0 0 100 100 re f")])


def endless_word():
    return b"<html><body><p>" + b"W" * 2_000_000 + b"</p><p>Wheel bolt 100 Nm</p></body></html>"
