"""One function of a shard, here and on a cluster of two nodes: the same bytes, whatever dies on the way."""

import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.vlm3_dataset import nodes
from tests.vlm3_dataset.boards import boards
from tests.vlm3_dataset.nodes import digest
from tests.vlm3_dataset.shelves import fill, text_pdf
from vlm3_dataset import __main__ as command
from vlm3_dataset import engine, threads
from vlm3_dataset.engine import mapped, spread
from vlm3_dataset.filters.embedding import Vectors
from vlm3_dataset.schema import Page
from vlm3_dataset.sources import inventory
from vlm3_dataset.sources.pages import prepare
from vlm3_dataset.table import dataset, page_of

pytestmark = pytest.mark.slow

PAGES, A_BOOK = 4, 2


@pytest.fixture(scope="module")
def cluster():
    with nodes.cluster() as cluster:
        yield cluster


@dataclass
class Local:
    shelf: Path
    pages: list[Page]
    digest: list[tuple[str, str]]


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    shelf, work = (tmp_path_factory.mktemp(name) for name in ("shelf", "work"))
    fill(shelf, nodes.books(PAGES // A_BOOK, A_BOOK))
    pages = prepare.make(tasks(shelf), work)
    assert len(pages) == PAGES
    return Local(shelf, pages, digest(work))


def tasks(shelf):
    return prepare.tasks(inventory.scan(shelf), shelf, shelf / "none")


def twice(numbers):
    return [2 * number for number in numbers]


def refuse(_):
    raise OSError(28, "No space left on device")


def asleep(seconds):
    time.sleep(seconds[0])
    return []


def test_what_is_spread_comes_back_once(cluster):
    for count in (0, 1, 19, 20, 21, 100):
        wanted = twice(range(count))
        assert sorted(spread(twice, range(count), "local")) == sorted(spread(twice, range(count), "ray")) == wanted


def test_what_goes_wrong_over_there_is_raised_here(cluster):
    with pytest.raises(OSError, match="No space left"):
        list(spread(refuse, [1], "ray"))


def section(row):
    return {"section_name": row["page_id"].upper()}


def test_rows_stay_in_their_order(cluster, local):
    rows = dataset([{"page_id": page.page_id, "number": page.number} for page in local.pages])
    assert mapped(rows, section, "ray", "x").to_list() == mapped(rows, section, "local", "x").to_list()
    assert page_of(mapped(rows, section, "ray", "x")[0]).section_name == "BOOK-000-P01"


def test_stages_end_with_the_same_bytes_and_folders_may_be_relative(cluster, local, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data_src").symlink_to(local.shelf)
    boards(tmp_path, 4)
    for work in ("local", "ray"):
        for stage in ("prepare", "classify", "generate"):
            told = ["--archive", "archive", "--posts", "old.jsonl", "--labeler", "rules"]
            command.main([stage, "--work", work, "--engine", work, *told])
    assert len(list((tmp_path / "ray" / "qa_raw").iterdir())) == PAGES + 6
    assert digest(tmp_path / "ray") == digest(tmp_path / "local")


class Lengths:
    """Vectors without a model."""

    weights = "none"

    def __call__(self, texts):
        return np.array([[len(text), 1.0] for text in texts], np.float32)


def test_vectors_are_the_same(cluster, tmp_path):
    texts = [f"{'long ' * (number % 7)}question {number}" for number in range(2_500)]
    vectors = Vectors(tmp_path / "vectors.sqlite", Lengths(), "ray")(texts)
    assert (vectors == Lengths()(texts)).all()


def test_nothing_leaves_loopback(cluster):
    ours = [psutil.Process(), *nodes.processes(cluster)]
    ends = {end.raddr.ip for process in ours if process.is_running() for end in process.net_connections() if end.raddr}
    assert ends
    assert {ip.removeprefix("::ffff:").partition(".")[0] for ip in ends} == {"127"}


def test_a_cluster_that_hangs_is_given_up_with_a_way_on(cluster, monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE", 2)
    with pytest.raises(engine.NoEngine, match="run again to go on"):
        list(spread(asleep, [20], "ray"))


@pytest.mark.parametrize("victim", ["worker", "node"])
def test_pages_are_the_same_bytes_whatever_dies(cluster, local, tmp_path, monkeypatch, victim):
    monkeypatch.setattr(engine, "SHARD", 2)
    with nodes.killing(cluster, victim, 1, tmp_path):
        made = prepare.make(tasks(local.shelf), tmp_path, engine="ray")
    assert (made, digest(tmp_path)) == (local.pages, local.digest)


@pytest.mark.parametrize("victim", ["worker", "node"])
def test_threads_are_the_same_bytes_whatever_dies(cluster, tmp_path, monkeypatch, victim):
    monkeypatch.setattr(threads, "A_SHARD", 3)
    archive, posts = boards(tmp_path, 20)
    made = {}
    for engine_ in ("local", "ray"):
        with nodes.killing(cluster, victim, 0, tmp_path / "ray", threads) if engine_ == "ray" else nullcontext():
            made[engine_] = threads.prepare(archive, posts, tmp_path / engine_, threads.ALL_THREADS, engine_)
    assert made["ray"] == made["local"]
    assert len(made["ray"][0]) == 30
    assert digest(tmp_path / "ray") == digest(tmp_path / "local")


def test_without_ray_there_is_one_line(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    fill(tmp_path / "scans", {"book.pdf": text_pdf([[("Bolt", "10 Nm")]])})
    monkeypatch.chdir(tmp_path)
    folders = ["--data-src", tmp_path / "scans", "--work", tmp_path / "work"]
    with pytest.raises(SystemExit) as ended:
        command.main(["prepare", "--engine", "ray", *map(str, folders)])
    error = capsys.readouterr().err.splitlines()[-1]
    assert (ended.value.code, error) == (
        1,
        "vlm3: prepare: --engine ray needs Ray: pip install 'vlm3[ray]'",
    )
