"""Types the commands of `docs/tutorial.md`, as they stand, on the sample: `python -m sample.tutorial --folder EMPTY`.

Blocks of `sh` are typed, one after the other in one folder; those of `console` are only shown, since they install, wait
for a browser or want a GPU. `--write` puts what came into the `text` blocks behind them.
"""

import os
import re
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sample.demo import QUIET, SECRETS
from sample.forum import serving

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "tutorial.md"
SHELF = ROOT / "sample" / "shelf"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
FORUM = "https://board.example/forums/"  # what the page calls the sample's forum
# The forum is ours and local; a real one gets the polite defaults and no exception from the guard.
SETTINGS = "from e30crawl.settings import *\nGUARD_ALLOW = [{host!r}]\nDOWNLOAD_DELAY = 0.02\n"
# Logs with their dictionaries, bars that were drawn over, and a library's word about its own defaults.
NOISE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d |^[\[{ ]+['<]|\d%\||\x1b\[|^\[transformers\]|^\s*$")
SHOWN = 24  # lines of one output


def main(argv: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m sample.tutorial", description=__doc__.partition(":")[0])
    parser.add_argument("--folder", type=Path, required=True, help="an empty folder to type in")
    parser.add_argument("--write", action="store_true", help="put the outputs into the page")
    options = parser.parse_args(argv)
    options.folder.mkdir(parents=True, exist_ok=True)
    outputs = list(typed(options.folder.resolve()))
    if options.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), outputs), encoding="utf-8")


def typed(folder: Path, programs: Path = Path(sys.executable).parent, scans: Path = SHELF) -> Iterator[str]:
    """Type each block in `folder`, with the commands that lie in `programs`, and yield what came of these scans.

    Raises:
        CalledProcessError: where a command ends otherwise than with 0.
    """
    with serving(0) as port, TemporaryDirectory(prefix="vlm3-tutorial-") as beside:
        host = f"127.0.0.1:{port}"
        Path(beside, "tutorial_settings.py").write_text(SETTINGS.format(host=host), encoding="utf-8")
        environment = os.environ | QUIET
        environment |= {"FORUM": f"http://{host}/vb3/", "SCANS": str(scans)}
        environment |= {"SCRAPY_SETTINGS_MODULE": "tutorial_settings"}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [beside, os.environ.get("PYTHONPATH")]))
        environment["PATH"] = os.pathsep.join([str(programs), os.environ["PATH"]])
        for secret in SECRETS:
            environment.pop(secret, None)
        for commands, _ in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
            print(f"$ {commands}", end="", flush=True)
            line = ["bash", "-euo", "pipefail", "-c", commands]
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
            done = subprocess.run(line, cwd=folder, env=environment, **pipes, check=False)
            print(done.stdout, flush=True)
            done.check_returncode()
            yield done.stdout.replace(f"http://{host}/vb3/", FORUM)


def written(page: str, outputs: list[str]) -> str:
    """The page with these outputs behind its commands, without logs and bars, and the middle of long ones left out."""
    after = iter(outputs)

    def block(found: re.Match[str]) -> str:
        lines = [line.rstrip() for line in next(after).split("\n")]
        lines = [line for line in lines if not NOISE.search(line)]
        if len(lines) > SHOWN:
            lines = [*lines[: SHOWN // 2], "…", *lines[-SHOWN // 2 :]]
        return f"```sh\n{found[1]}```\n\n```text\n" + "".join(f"{line}\n" for line in lines) + "```\n"

    return BLOCK.sub(block, page)


if __name__ == "__main__":
    main()
