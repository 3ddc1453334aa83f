"""A start by `tests.forks` ends, is killed and speaks as one by subprocess does."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forks import Forks, forking


def tell() -> None:
    """Say on both ways what a start was given, and end as it asks."""
    print(Path.cwd(), os.environ.get("TOLD"), *sys.argv)
    sys.stderr.write("an error\n")
    sys.exit(int(sys.argv[1]))


def sleep() -> None:
    print("here", flush=True)
    time.sleep(600)


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with forking("tests.test_forks") as server:
        yield server


@pytest.mark.parametrize("code", [0, 1, 128])
def test_arguments_folder_and_environment_are_its_own(forks: Forks, tmp_path: Path, code: int) -> None:
    with forks.start("tests.test_forks:tell", ["it", code], cwd=tmp_path, env={"TOLD": "yes"}) as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == code
    assert sorted(said.splitlines()) == sorted([f"{tmp_path} yes it {code}", "an error"])
    assert "TOLD" not in os.environ


def test_its_errors_go_where_they_are_sent(forks: Forks, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        assert forks.start("tests.test_forks:tell", ["it", 0], stdout=out, stderr=err).wait(60) == 0
    assert (tmp_path / "err").read_text() == "an error\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_several_run_side_by_side_and_each_is_ended_alone(forks: Forks, number: int) -> None:
    one, other = (forks.start("tests.test_forks:sleep", ["it"]) for _ in range(2))
    for process in (one, other):
        assert process.stdout.readline() == "here\n"
    one.send_signal(number)
    assert one.wait(60) == -number
    assert other.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        other.wait(0.01)
    other.kill()
    assert other.wait(60) == -signal.SIGKILL


def test_what_still_runs_ends_with_the_server() -> None:
    with forking("tests.test_forks") as server:
        process = server.start("tests.test_forks:sleep", ["it"])
        assert process.stdout.readline() == "here\n"
    assert process.stdout.read() == ""  # nobody is left that holds its output
