"""All stages together: what is added changes nothing that was there, and no kill changes the end."""

import json
import random
import shutil
import signal
import time

import pytest

from tests.forks import forking
from tests.vlm3_dataset.boards import answer, boards
from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.test_claude import REPLY
from tests.vlm3_dataset.shelves import fill, scan, text_pdf
from tests.vlm3_dataset.stages import IMPORTED, Stages

pytestmark = pytest.mark.slow

PARTS = ["Flywheel", "Clutch", "Brake", "Hub", "Caliper", "Sump"]
SCANS = {f"21 - Clutch/21-0{n}.jpg": scan([(f"{part} bolt", f"{n}{n + 4} Nm") for part in PARTS]) for n in (1, 2)}


def book(pages, name):
    """A document whose pages give other values for other parts each."""
    return text_pdf(
        [[(f"{part} bolt {name}{n}", f"{n + k + 10} Nm") for k, part in enumerate(PARTS)] for n in range(pages)]
    )


@pytest.fixture(scope="module")
def forks():
    with forking(*IMPORTED) as forks:
        yield forks


@pytest.fixture
def stages(forks, tmp_path, monkeypatch):
    for name in ("API_KEY", "AUTH_TOKEN", "BASE_URL"):
        monkeypatch.delenv(f"ANTHROPIC_{name}", raising=False)
    return Stages(forks, tmp_path)


def sides(place):
    found = {}
    for side in ("train", "val"):
        for line in (place / f"training_data/vlm_{side}.jsonl").open():
            row = json.loads(line)
            found[row["metadata"]["page_id"], row["conversations"][0]["content"]] = side
    return found


def contents(folder):
    """Every file but the databases, whose bytes tell in which order they were written."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".sqlite" not in path.name
    }


def test_fifty_new_pages_move_no_old_one_and_are_all_that_the_changelog_names(tmp_path, stages):
    fill(tmp_path / "data_src", {f"book {name}.pdf": book(15, name) for name in "abc"})
    assert stages.run("all") == 0
    before = sides(tmp_path)
    assert set(before.values()) == {"train", "val"}
    data = tmp_path / "training_data"
    shutil.copy(data / "release.json", data / "released.json")  # as publishing does
    fill(tmp_path / "data_src", {"book d.pdf": book(50, "d")})
    assert stages.run("all") == 0
    after = sides(tmp_path)
    assert {key: after[key] for key in before} == before
    new = {page_id for page_id, _ in after.keys() - before.keys()}
    assert len(new) == 50
    assert all(page_id.startswith("book-d-") for page_id in new)
    named = ", ".join(f"{page_id} (6)" for page_id in sorted(new))
    log = (data / "hub/CHANGELOG.md").read_text()
    assert log.partition("## 1.1.0\n")[2].partition("\n## ")[0].strip() == f"- 300 pairs added on 50 pages: {named}"


def test_killed_at_any_file_or_while_a_second_reader_is_asked_it_ends_with_the_same_bytes(tmp_path, stages):
    """Filter, second reader and emit: six kills, each of a run that goes on from what the last one left."""
    fill(tmp_path / "data_src", SCANS | {"book.pdf": book(6, "x")})
    for stage in ("inventory", "prepare", "classify", "generate"):
        assert stages.run(stage) == 0
    shutil.copytree(tmp_path / "work", tmp_path / "whole")
    reader = ["--second-reader", "doubtful", "--yes", "--schema", "yes", "--send", "batch"]
    asked = {f"In the section Clutch, what tightening torque is given for {part} bolt?": "15 Nm" for part in PARTS[1:]}
    with stand_in.serving(REPLY, values=asked) as server:
        env = {"ANTHROPIC_API_KEY": "none of ours", "ANTHROPIC_BASE_URL": server.url}
        assert stages.run("refilter", *reader, "--work", "whole", "--output", "undisturbed", env=env) == 0
        assert len(server.billed) == len(SCANS)
        wanted = contents(tmp_path / "whole"), contents(tmp_path / "undisturbed")
        assert b'"second_reader": "agrees"' in wanted[1]["vlm_train.jsonl"] + wanted[1]["vlm_val.jsonl"]
        assert any(b"a second reader does not find it" in content for content in wanted[0].values())
        assert any(b"a second reader says: 15 Nm" in content for content in wanted[0].values())
        files = stages.files() - len(list((tmp_path / "undisturbed/images").iterdir()))  # these are written once
        with stages.start("refilter", *reader, env=env) as killed:
            wait_for(lambda: len(server.batches) == 2)
            killed.kill()
            assert killed.wait() == -signal.SIGKILL
        for die_at in [*sorted(random.Random(0).sample(range(1, files), 4)), files]:
            assert stages.run("refilter", *reader, env=env, die_at=die_at) == -signal.SIGKILL
        assert stages.run("refilter", *reader, env=env) == 0
        assert len(server.billed) == 2 * len(SCANS)
    assert (contents(tmp_path / "work"), contents(tmp_path / "training_data")) == wanted


def test_threads_killed_at_any_file_or_while_they_are_asked_about_end_with_the_same_bytes(tmp_path, stages):
    """From an archive's threads to what is emitted: five kills, each of a run that goes on from what it finds.

    The first falls while the labeler's batch is on its way, the second while the second reader's is.
    """
    archive, posts = boards(tmp_path, 8)
    board = ["--archive", str(archive), "--posts", str(posts), "--schema", "yes", "--send", "batch", "--yes"]
    with stand_in.serving(answer) as server:
        env = {"ANTHROPIC_API_KEY": "none of ours", "ANTHROPIC_BASE_URL": server.url}
        assert stages.run("all", *board, "--work", "whole", "--output", "undisturbed", env=env) == 0
        files = stages.files()
        wanted = contents(tmp_path / "whole"), contents(tmp_path / "undisturbed")
        assert len(server.billed) == 2 * len(list((tmp_path / "whole" / "threads").iterdir())) == 24
        rows = wanted[1]["vlm_train.jsonl"].splitlines() + wanted[1]["vlm_val.jsonl"].splitlines()
        assert [json.loads(row)["metadata"]["second_reader"] for row in rows] == ["agrees"] * 12
        for batches in (3, 4):
            with stages.start("all", *board, env=env) as killed:
                wait_for(lambda made=batches: len(server.batches) == made)
                killed.kill()
                assert killed.wait() == -signal.SIGKILL
        for die_at in [1, *sorted(random.Random(0).sample(range(2, files), 2))]:
            assert stages.run("all", *board, env=env, die_at=die_at) == -signal.SIGKILL
        assert stages.run("all", *board, env=env) == 0
        assert len(server.billed) == 48
    assert (contents(tmp_path / "work"), contents(tmp_path / "training_data")) == wanted


def wait_for(is_so):
    deadline = time.monotonic() + 120
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert is_so()
