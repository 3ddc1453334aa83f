"""What `pip install vlm3` brings: every file that the code reads, and commands that answer at once from any folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.extras import copy_sources
from vlm3_dataset.console import PACKAGES

NOT_READ = {"README.md"}  # by any code; people read it in the repository
# Everything after the name must be ready to print its help without the libraries that take seconds to load.
HEAVY = ("torch", "transformers", "datasets", "deepeval", "pymupdf")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built and unpacked into a folder of its own as pip does it; nothing is downloaded."""
    tree, target = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("installed")
    copy_sources(tree)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    here = ["--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "install", *here, "--target", target, tree], check=True, timeout=300)
    return target


def test_the_wheel_holds_every_file_of_the_packages(installed: Path, root: Path) -> None:
    def files(folder: Path) -> set[str]:
        return {
            path.relative_to(folder).as_posix()
            for package in PACKAGES
            for path in (folder / package).rglob("*")
            if path.is_file() and path.suffix != ".pyc" and path.name not in NOT_READ
        }

    assert files(installed) == files(root)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("vlm3", "usage: vlm3 "),
        ("e30crawl", "Available commands:"),
        ("vlm3-finetune", "usage: vlm3-finetune "),
        ("vlm3-evaluate", "usage: vlm3-evaluate "),
    ],
)
def test_each_command_helps_from_any_folder(command: str, said: str, installed: Path, tmp_path: Path) -> None:
    """The script that was installed, from a folder without a checkout; -X importtime lists what it has loaded."""
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(installed)}
    script = [sys.executable, "-X", "importtime", installed / "bin" / command, "--help"]
    done = subprocess.run(script, cwd=tmp_path, env=bare, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time")}
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize(
    ("command", "library", "extra"),
    [
        ("vlm3", "numpy", "dataset"),
        ("e30crawl", "scrapy", "crawl"),
        ("vlm3-finetune", "trl", "finetune"),
        ("vlm3-evaluate", "numpy", "evaluation"),
    ],
)
def test_a_library_that_is_missing_is_one_line(command: str, library: str, extra: str, installed: Path) -> None:
    """As after an install without the extra: a module that is None cannot be imported."""
    words = {"vlm3": ["all"], "vlm3-evaluate": ["answer", "--model", "m"]}.get(command, ["--help"])
    script = str(installed / "bin" / command)
    code = f"import runpy, sys; sys.modules[{library!r}] = None; sys.argv[:] = {[script, *words]!r}"
    code += f"; runpy.run_path({script!r}, run_name='__main__')"
    environment = os.environ | {"PYTHONPATH": str(installed)}
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, cwd=installed, env=environment, capture_output=True, text=True, check=False)
    said = f"{command}: {library} is not installed; pip install 'vlm3[{extra}]' brings what {command} needs\n"
    assert (done.returncode, done.stderr) == (1, said)
