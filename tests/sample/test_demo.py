"""The demo goes on after a kill, and leaves nothing running behind it."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest

from sample import demo
from sample.board import Board

PATIENCE = 120


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty place for demo/, which the demo names relative to where it runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "e30crawl.settings")
    demo.DEMO.mkdir()
    return tmp_path


def posts(board):
    lines = (demo.ARCHIVE / f"sample-{board}" / "posts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["post_id"] for line in lines]


def test_a_killed_demo_goes_on_to_the_same_posts(here):
    raw = demo.ARCHIVE / "sample-vb3" / "raw"
    with demo.forum() as port:
        program, *arguments = demo.crawl("vb3", port)
        with subprocess.Popen([demo.BIN / program, *arguments], stderr=subprocess.DEVNULL) as crawl:
            while len(list(raw.glob("*/*"))) < 3 and crawl.poll() is None:
                time.sleep(0.005)
            crawl.kill()
    assert not (demo.ARCHIVE / "sample-vb3" / "posts.jsonl").exists()
    with demo.forum() as port:
        demo.step("go on", *demo.crawl("vb3", port))
    expected = {post.id for thread in Board.load().threads.values() for post in thread.posts}
    assert len(posts("vb3")) == len(expected) == 45
    assert set(posts("vb3")) == expected


def test_a_port_that_is_taken_is_told_in_one_line(here, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        demo.PORT.write_text(f"{other.getsockname()[1]}\n")
        with pytest.raises(SystemExit) as ended, demo.forum():
            pass
    error = capsys.readouterr().err
    assert ended.value.code == 1
    assert f"remove {demo.DEMO}/" in error
    assert error.count("\n") == 1


@pytest.mark.skipif(not demo.TETHER, reason="setpriv is not there: only Linux ends a step with the demo")
def test_nothing_outlives_a_killed_demo(root):
    """The pipe closes only when the last program that holds it has ended: demo, forum and step."""
    step = "import time; print('begun', flush=True); time.sleep(600)"
    code = f"from sample import demo\nwith demo.serving(0): demo.step('wait', 'python', '-c', {step!r})"
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True) as running:
        while running.stdout.readline() not in ("begun\n", ""):
            pass
        running.kill()
        running.communicate(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("module", "words", "said"),
    [
        ("demo", ["--quick"], "unrecognized arguments: --quick"),
        ("load", [], "the following arguments are required: folder"),
        ("forum", ["--prot", "1"], "unrecognized arguments: --prot 1"),
        ("forum", ["--port", "70000"], "'70000' is not a port; they go from 0 to 65535"),
        ("forum", ["--port", "-1"], "'-1' is not a port"),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(root, module, words, said):
    command = [sys.executable, "-m", f"sample.{module}", *words]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("module", ["demo", "load", "forum"])
def test_help_runs_nothing(root, tmp_path, module):
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, "-m", f"sample.{module}", "--help"]
    output = subprocess.check_output(command, cwd=tmp_path, env=environment, text=True, timeout=PATIENCE)
    assert f"usage: python -m sample.{module}" in output
    assert not list(tmp_path.iterdir())


def test_a_folder_without_a_dataset_is_told_in_one_line(root, tmp_path):
    command = [sys.executable, "-m", "sample.load", tmp_path]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"python -m sample.load: {tmp_path}: no dataset there")
    assert ended.stderr.count("\n") == 1
