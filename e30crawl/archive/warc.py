"""Write an archive as WARC files (ISO 28500), which web archives and their players read.

The pages were decoded from the wire before they were stored, so they are `resource` records, not responses with headers
that nobody has. The same archive gives the same bytes: record ids are made from what they name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from warcio.recordbuilder import RecordBuilder
from warcio.warcwriter import WARCWriter

from e30crawl.archive.blobs import BlobStore, replacing
from e30crawl.archive.stored import media_rows, stored_pages
from e30crawl.frontier.records import State
from e30crawl.frontier.schema import opened

LARGEST = 2**30  # bytes of a file, as web archives cut them
VERSION = "WARC/1.1"
REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


@dataclass(frozen=True, slots=True)
class Capture:
    """One page or file that was fetched."""

    url: str
    fetched_at: str  # UTC, ISO 8601
    content_type: str
    sha256: str
    suffix: str | None = None  # of a file; None for a page

    @property
    def record_id(self) -> str:
        return f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{self.url} {self.fetched_at} {self.sha256}')}>"

    @property
    def date(self) -> str:
        return self.fetched_at.replace("+00:00", "Z")


def write(folder: Path, url: str = "", largest: int = LARGEST) -> list[Path]:
    """Write <board>-00000.warc.gz and so on into the board's folder, each by rename, and return their paths.

    A file ends with the record that takes it past `largest` bytes. Raises DamagedError, OSError and Frontier.Error.
    """
    written = []
    with opened(folder, url) as connection:
        captures, seen = captures_of(connection), {}
        following = next(captures, None)
        while following or not written:
            path = folder / f"{folder.name}-{len(written):05}.warc.gz"
            with replacing(path) as temporary, temporary.open("wb") as file:
                writer = WARCWriter(file, gzip=True, warc_version=VERSION)
                writer.write_record(_info(writer, path.name, following))
                while following and file.tell() < largest:
                    writer.write_record(_record(writer, following, BlobStore(folder), seen))
                    following = next(captures, None)
            written.append(path)
    return written


def captures_of(connection: sa.Connection) -> Iterator[Capture]:
    for raw in stored_pages(connection, bar="WARC, pages"):
        yield Capture(raw.location or raw.claim.url, raw.fetched_at, raw.content_type or "text/html", raw.sha256)
    for row in media_rows(connection, "WARC, files"):
        if row.state == State.DONE:
            kind = row.content_type or "application/octet-stream"
            yield Capture(row.location or row.url, row.fetched_at, kind, row.sha256, row.suffix)


def _info(builder: RecordBuilder, name: str, first: Capture | None) -> object:
    """Return the record that opens a file; its date is that of the first capture, as now would differ every time."""
    record = builder.create_warcinfo_record(name, {"software": "e30crawl", "format": "WARC File Format 1.1"})
    record.rec_headers.replace_header("WARC-Record-ID", f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{name} {first}')}>")
    record.rec_headers.replace_header("WARC-Date", first.date if first else "1970-01-01T00:00:00Z")
    return record


def _record(builder: RecordBuilder, capture: Capture, store: BlobStore, seen: dict[str, Capture]) -> object:
    """Return a record of the bytes, or of where they were before: 50 posts show the same picture."""
    headers = {"WARC-Record-ID": capture.record_id, "WARC-Date": capture.date}
    first = seen.setdefault(capture.sha256, capture)
    body = b""
    if first is capture:
        is_page = capture.suffix is None
        body = store.get_page(capture.sha256) if is_page else store.get_media(capture.sha256, capture.suffix)
    else:
        headers |= {
            "WARC-Profile": REVISIT,
            "WARC-Refers-To": first.record_id,
            "WARC-Refers-To-Target-URI": first.url,
            "WARC-Refers-To-Date": first.date,
        }
    return builder.create_warc_record(
        capture.url,
        "resource" if first is capture else "revisit",
        payload=BytesIO(body),
        length=len(body),
        warc_content_type=capture.content_type,
        warc_headers_dict=headers,
    )
