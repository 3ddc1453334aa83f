"""What `pip install vlm3` brings: every file that the code reads, and commands that answer at once from any folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ("e30crawl", "vlm3_dataset", "finetune", "evaluation")
BUILT_FROM = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
NOT_READ = {"README.md"}  # by any code; people read it in the repository
UNREAL = shutil.ignore_patterns("__pycache__")
# Everything after the name must be ready to print its help without the libraries that take seconds to load.
HEAVY = ("torch", "transformers", "datasets", "deepeval", "pymupdf", "sqlalchemy")


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built and unpacked into a folder of its own as pip does it; nothing is downloaded."""
    tree, target = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("installed")
    for package in PACKAGES:
        shutil.copytree(root / package, tree / package, ignore=UNREAL)
    for name in BUILT_FROM:
        shutil.copy(root / name, tree)
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
    assert f"{installed}" in _origin(command, installed, bare, tmp_path)
    assert not loaded & set(HEAVY)


def _origin(command: str, installed: Path, environment: dict[str, str], folder: Path) -> str:
    """Where the package of a command is loaded from: not from a checkout that the environment may know as well."""
    (line,) = [line for line in (installed / "bin" / command).read_text().splitlines() if line.startswith("from ")]
    package = line.split()[1].partition(".")[0]
    code = f"import {package}; print({package}.__file__)"
    return subprocess.check_output([sys.executable, "-c", code], cwd=folder, env=environment, text=True)
