"""Every page is made once, whatever happens in between, and comes out the same."""

import base64
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.forks import Forks, forking
from tests.vlm3_dataset.shelves import TABLE, board, fill, scan, spec_html, text_pdf
from vlm3_dataset import threads
from vlm3_dataset.claude import asking, request
from vlm3_dataset.claude.prices import named
from vlm3_dataset.labelers.claude.prompts import PROMPT
from vlm3_dataset.schema import Source
from vlm3_dataset.sources import inventory
from vlm3_dataset.sources.pages import page_counts, prepare, readings
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.pages.rows import lines

pytestmark = pytest.mark.slow

FILES = {
    "21 - Clutch/21-01.jpg": scan(),
    "21 - Clutch/21-02.jpg": scan()[:3_000],
    "notes.pdf": text_pdf([TABLE, TABLE]),
    "specs.html": spec_html(),
}


def run(shelf, work, archive=None):
    archive = archive or shelf / "no archive"
    sources = inventory.scan(shelf, prepare.boards(archive))
    return prepare.make(prepare.tasks(sources, shelf, archive, work), work)


def contents(work):
    return {path.relative_to(work).as_posix(): path.read_bytes() for path in work.rglob("*") if path.is_file()}


def test_each_kind_of_source_becomes_pages(tmp_path):
    made = run(fill(tmp_path / "shelf", FILES), tmp_path / "work")
    assert [(page.page_id, page.origin, bool(page.reason)) for page in made] == [
        ("21-01", "image", False),
        ("21-02", "image", True),
        ("notes-p01", "pdf", False),
        ("notes-p02", "pdf", False),
        ("specs", "html", False),
    ]
    engines = {page.page_id: load_reading(tmp_path / "work", page.page_id).engine for page in made}
    assert engines == {
        "21-01": readings.engine_name(),
        "21-02": "",
        "notes-p01": "text layer",
        "notes-p02": "text layer",
        "specs": "html",
    }
    for page_id in ("21-01", "notes-p01", "specs"):
        text = lines(load_reading(tmp_path / "work", page_id).segments)
        assert all(value in text for _, value in TABLE)


def test_reading_a_page_reports_to_nobody(tmp_path, root):
    """Outside CI, where ONNX Runtime keeps still by itself: it writes what it will send into the home first."""
    code = "import numpy, vlm3_dataset.sources.pages.readings as r; r._engine()(numpy.full((64, 64, 3), 255, 'uint8'))"
    alone = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=root, env=alone, check=True, capture_output=True)
    assert not list(tmp_path.iterdir())


def test_a_picture_of_a_post_brings_its_words(tmp_path):
    post = {"post_id": 7, "thread_id": 3, "text": "Torque sticker", "author": "A", "url": "http://b/7", "images": [0]}
    board(tmp_path / "archive", "S14 Board", [post], [scan()], {3: "Clutch"})
    (page,) = run(tmp_path / "shelf", tmp_path / "work", tmp_path / "archive")
    assert page.page_id.startswith("post-s14-board-7-")
    assert (page.origin, page.group, page.source_url) == ("post", "thread-S14-Board-6a4638-3", "http://b/7")
    assert page.context == "Thread: Clutch\nPost: Torque sticker"


@pytest.mark.parametrize(
    "name", ["e30", "S14", "board.example", "Käfer & Co", "a-board-named-with-more-than-forty-letters"]
)
def test_a_picture_of_a_post_is_in_the_group_of_its_thread(tmp_path, name):
    asked = {"post_id": 7, "thread_id": 77, "text": "Why does it leak here?", "author": "A", "images": [0]}
    answered = asked | {"post_id": 8, "author": "B", "text": "It is the seal."}
    archive, shelf = tmp_path / "archive", tmp_path / "shelf"
    board(archive, name, [asked, answered], [scan()], {77: "Leak"})
    (task,) = prepare.plan(inventory.scan(shelf, prepare.boards(archive)), shelf, archive)
    ((thread,), _) = threads.prepare(archive, None, tmp_path / "work", threads.ALL_THREADS)
    assert task.page.group == thread.group


def test_a_picture_of_a_post_goes_on_without_its_cameras_words(tmp_path):
    out = io.BytesIO()
    Image.open(io.BytesIO(scan())).save(out, "JPEG", comment=b"taken by Jo Owner")
    post = {"post_id": 7, "thread_id": 3, "text": "Sticker", "author": "A", "url": "u", "images": [0]}
    board(tmp_path / "archive", "s14", [post], [out.getvalue()], {3: "Clutch"})
    (page,) = run(tmp_path / "shelf", tmp_path / "work", tmp_path / "archive")
    assert b"Jo Owner" not in (tmp_path / "work" / page.image).read_bytes()


def test_a_photograph_is_sent_without_its_cameras_words_and_paid_for_as_before(tmp_path):
    out = io.BytesIO()
    Image.open(io.BytesIO(scan())).save(out, "JPEG", comment=b"taken by Jo Owner")
    fill(tmp_path / "shelf", {"21 - Clutch/21-01.jpg": out.getvalue()})
    (page,) = run(tmp_path / "shelf", tmp_path / "work")
    asked = asking.ask(PROMPT, "Ask.", page, tmp_path / "work", named("claude-haiku-5-5"))
    assert asked.key == request.key(PROMPT, "Ask.", out.getvalue(), asked.model)
    image, _ = asked.request()["messages"][0]["content"]
    assert b"Jo Owner" not in base64.b64decode(image["source"]["data"])

    fill(tmp_path / "shelf", {"21 - Clutch/21-01.jpg": scan([("Bolt", "99 Nm")])})
    (anew,) = run(tmp_path / "shelf", tmp_path / "work")
    assert anew.page_id == page.page_id
    key = asking.ask(PROMPT, "Ask.", anew, tmp_path / "work", asked.model).key
    assert key == request.key(PROMPT, "Ask.", scan([("Bolt", "99 Nm")]), asked.model)


def test_an_archive_that_is_not_the_inventorys(tmp_path):
    source = Source("s14/media/ab.jpg", "jpeg", 1, "1", post="s14/7")
    with pytest.raises(prepare.Mismatch, match="any more; run it again"):
        prepare.plan([source], tmp_path, tmp_path)


@pytest.mark.parametrize("name", ["strip.png", "gone.jpg"])
def test_one_page_that_cannot_be_made_does_not_end_the_rest(tmp_path, name):
    shelf = fill(tmp_path / "shelf", {"a.jpg": scan(), name: scan(size=(9_000, 70), kind="PNG")})
    sources = inventory.scan(shelf)
    if name == "gone.jpg":
        (shelf / name).unlink()
    made = prepare.make(prepare.tasks(sources, shelf, shelf / "no archive"), tmp_path / "work")
    assert {page.source: bool(page.reason) for page in made} == {"a.jpg": False, name: True}


def test_a_second_run_makes_nothing(tmp_path, monkeypatch):
    shelf = fill(tmp_path / "shelf", FILES)
    first = run(shelf, tmp_path / "work")
    before = contents(tmp_path / "work")
    for place in (prepare, page_counts):
        monkeypatch.setattr(place, "each", lambda _, items, *__: pytest.fail(f"again: {items}") if items else ())
    assert run(shelf, tmp_path / "work") == first
    assert contents(tmp_path / "work") == before


def test_a_changed_file_is_made_again_and_a_lost_picture_or_reading_too(tmp_path):
    files = {"a.jpg": scan(), "b.pdf": text_pdf(), "c.pdf": text_pdf([TABLE[:2]])}
    shelf, work = fill(tmp_path / "shelf", files), tmp_path / "work"
    first = {page.page_id: page.sha256 for page in run(shelf, work)}
    fill(shelf, {"a.jpg": scan([("Another bolt", "9 Nm")])})
    (work / "pages" / "b.jpg").unlink()
    (work / "readings" / "c.json").unlink()
    with pytest.raises(readings.NoReading, match=r"c\.json has gone; run the stage prepare again"):
        load_reading(work, "c")
    second = {page.page_id: page.sha256 for page in run(shelf, work)}
    assert first["a"] != second["a"]
    assert first["b"] == second["b"]
    assert (work / "pages" / "b.jpg").is_file()
    assert "25 Nm" in lines(load_reading(work, "c").segments)


def test_two_files_with_one_name_are_two_pages(tmp_path):
    files = {"a b.jpg": scan(), "a-b.jpg": scan([("Another bolt", "9 Nm")])}
    made = run(fill(tmp_path / "shelf", files), tmp_path / "work")
    assert len({page.page_id for page in made}) == len({page.image for page in made}) == 2
    assert {page.group for page in made} == {"a-b-0x"}  # whatever the ids: neighbours stay together


def test_a_page_keeps_its_id_when_one_of_the_same_name_comes_and_when_it_is_moved(tmp_path):
    shelf, work = fill(tmp_path / "shelf", {"E30/21 - Clutch/21-01.jpg": scan()}), tmp_path / "work"
    (first,) = run(shelf, work)
    fill(shelf, {"A10/21 - Clutch/21-01.jpg": scan([("Another bolt", "9 Nm")])})
    later, kept = run(shelf, work)
    assert (first.page_id, kept.page_id) == ("21-01", "21-01")
    assert later.page_id.startswith("21-01-")
    (shelf / "E30").rename(shelf / "Binder")
    _, moved = run(shelf, work)
    assert (moved.source, moved.page_id, moved.group) == ("Binder/21 - Clutch/21-01.jpg", "21-01", first.group)


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Starts the command, whose own imports are half of its time on a small shelf; its workers are spawned as ever."""
    with forking("vlm3_dataset.build", "vlm3_dataset.sources.pages.prepare", "vlm3_dataset.vlm3_dataset") as forks:
        yield forks


def begun(forks, shelf, work):
    (empty := work.parent / "no boards").mkdir(exist_ok=True)
    words = ["vlm3", "prepare", "--data-src", shelf, "--archive", empty, "--work", work]
    return forks.start("vlm3_dataset.__main__:main", words)


def wait_for_pages(process, work, count):
    while len(list(work.glob("pages/*.json"))) < count:
        assert process.poll() is None
        time.sleep(0.02)


def test_a_killed_run_goes_on_to_the_same_end(forks, tmp_path):
    scans = {f"more/{n}.jpg": scan([("Bolt", f"{n} Nm")]) for n in range(4)}
    books = {f"more/{n}.pdf": text_pdf([[("Bolt", f"{n} Nm")]]) for n in range(4)}
    shelf = fill(tmp_path / "shelf", FILES | scans | books)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    for pages in (1, 4, 7):
        with begun(forks, shelf, killed) as process:
            wait_for_pages(process, killed, pages)
            process.kill()
        assert process.returncode == -signal.SIGKILL
    for work in (killed, whole):
        begun(forks, shelf, work).output()
    assert contents(killed) == contents(whole)


def test_a_worker_ends_with_its_parent(forks, tmp_path):
    shelf = fill(tmp_path / "shelf", {f"{n:02d}.jpg": scan([("Bolt", f"{n} Nm")]) for n in range(30)})
    with begun(forks, shelf, tmp_path / "work") as process:
        wait_for_pages(process, tmp_path / "work", 1)
        workers = children(process.pid)
        process.kill()
    deadline = time.monotonic() + 120
    while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers
    assert not any(alive(pid) for pid in workers)


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False
