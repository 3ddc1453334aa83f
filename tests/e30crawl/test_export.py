"""The rows in other dresses: compressed, as WARC, and from another database."""

import io
import json
import subprocess
import sys

import pytest
import sqlalchemy as sa
import zstandard
from warcio.archiveiterator import ArchiveIterator

from e30crawl.archive import warc
from e30crawl.archive.blobs import BlobStore
from e30crawl.archive.export import export
from e30crawl.frontier.schema import connect, pages
from e30crawl.parallel import ALONE, in_order

FILES = ("forums", "threads", "posts", "media")


def contents(folder, suffix=""):
    return {name: (folder / f"{name}.jsonl{suffix}").read_bytes() for name in FILES}


def test_either_database_gives_the_same_bytes(folder, postgres_url):
    lite, large = connect(folder), connect(folder, postgres_url)
    with lite.connect() as source, large.begin() as target:
        rows = [row._asdict() for row in source.execute(sa.select(pages).order_by(pages.c.key.desc()))]
        target.execute(sa.insert(pages), rows)
    before = contents(folder)
    export(folder, postgres_url)
    assert contents(folder) == before
    lite.dispose()
    large.dispose()


def test_compressed_rows_are_the_same_rows_twice_over(scrapy, board):
    before = contents(board)
    assert scrapy("export", "vb3", "--archive", board.parent, "--zst")[0] == 0
    first = contents(board, ".zst")
    assert scrapy("export", "vb3", "--archive", board.parent, "--zst")[0] == 0
    assert contents(board, ".zst") == first
    read = {name: zstandard.ZstdDecompressor().stream_reader(io.BytesIO(body)).read() for name, body in first.items()}
    assert read == before


def records(paths):
    for path in paths:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                yield record, record.content_stream().read()


def test_a_warc_holds_every_page_and_file(board):
    found = {record.rec_headers["WARC-Target-URI"]: body for record, body in records(warc.write(board))}
    store, engine = BlobStore(board), connect(board)
    with engine.connect() as connection:
        for row in connection.execute(sa.select(pages).where(pages.c.sha256.is_not(None))):
            media = row.step == "media"
            body = store.media_path(row.sha256, row.suffix).read_bytes() if media else store.get_page(row.sha256)
            assert found[row.location or row.url] == body
    engine.dispose()


def test_the_same_archive_gives_the_same_warc_in_pieces_or_whole(board):
    whole = warc.write(board)
    assert [path.name for path in whole] == ["vb3-00000.warc.gz"]
    before = whole[0].read_bytes()
    assert [path.read_bytes() for path in warc.write(board)] == [before]
    bodies = [body for record, body in records(whole) if record.rec_type != "warcinfo"]
    pieces = warc.write(board, largest=20_000)
    assert len(pieces) > 2
    assert [body for record, body in records(pieces) if record.rec_type != "warcinfo"] == bodies
    assert not list(board.glob(".*.tmp"))


def test_bytes_that_were_there_before_are_a_revisit(board):
    engine = connect(board)
    with engine.begin() as connection:
        same = sa.select(pages.c.sha256).where(pages.c.key == "thread:106:1").scalar_subquery()
        connection.execute(sa.update(pages).where(pages.c.key == "thread:106:2").values(sha256=same))
    engine.dispose()
    revisits = [record for record, _ in records(warc.write(board)) if record.rec_type == "revisit"]
    assert len(revisits) == 1
    assert revisits[0].rec_headers["WARC-Refers-To-Target-URI"].endswith("t=106")


def test_warcios_own_check_is_content(board):
    [path] = warc.write(board)
    checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(path)], check=False, capture_output=True)
    assert checked.returncode == 0, checked.stdout


def test_one_who_writes_the_order_of_dates_gets_other_dates_and_a_zone_that_pages_state_stays(board):
    dates = []
    for text in ("date_order: dmy\n", "date_order: mdy\n", "date_order: mdy\ntimezone: Asia/Tokyo\n"):
        (board / "board.yaml").write_text(text)
        export(board)
        dates.append([json.loads(line)["date"] for line in (board / "posts.jsonl").read_text().splitlines()])
    assert all(dates[1])
    assert dates[0] != dates[1] == dates[2]


def double(number):
    if number < 0:
        raise ValueError(number)
    return number * 2


@pytest.mark.parametrize("count", [0, ALONE - 1, ALONE, ALONE + 1, 1000])
def test_parallel_work_keeps_its_order(count):
    assert [*in_order(double, range(count), processes=2)] == [number * 2 for number in range(count)]


def test_what_goes_wrong_in_a_process_is_raised_here():
    with pytest.raises(ValueError, match="-1"):
        [*in_order(double, [*range(500), -1], processes=2)]
