"""Serve the review page on this machine until Ctrl-C: `vlm3 review`."""

import argparse
import json
import os
import subprocess
from pathlib import Path

from vlm3_dataset.arguments import Defaults, OneLineParser, fail
from vlm3_dataset.endings import command
from vlm3_dataset.errors import UserError

PROG = "vlm3 review"


def main(argv: list[str]) -> None:
    options = parser().parse_args(argv)
    try:
        run(options)
    except KeyboardInterrupt:  # the normal way to end: every decision is on the disk
        from vlm3_dataset.review.log import FOLDER

        print(f"\nreview: decisions lie in {options.work}/{FOLDER}/\nNext: {command('emit', work=options.work)}")
    except UserError as error:
        fail(PROG, str(error), error.code)
    except (OSError, json.JSONDecodeError) as error:
        fail(PROG, f"a file of {options.work}/ or the port {options.port} cannot be used: {error}")


def parser() -> argparse.ArgumentParser:
    made = OneLineParser(
        prog=PROG,
        description="Look at pairs beside their pages: accept, edit, reject. What you decide wins at the next emit.",
        epilog="The page is on loopback only. From another machine: ssh -L PORT:127.0.0.1:PORT, and that --port here.",
        formatter_class=Defaults,
    )
    made.add_argument(
        "--work", type=Path, default=Path("work"), help="folder of the stages, with the pairs and your decisions"
    )
    made.add_argument(
        "--reviewer", metavar="NAME", default=name(), help="who decides; the decisions lie in a file of this name"
    )
    made.add_argument("--port", type=port, default=0, help="port of the page; 0, the default, takes one that is free")
    return made


def run(options: argparse.Namespace) -> None:
    """Serve the review page. Raises UserError, OSError."""
    from vlm3_dataset.review.app import make
    from vlm3_dataset.review.log import Register
    from vlm3_dataset.review.pairs import load
    from vlm3_dataset.review.queue import Queue
    from vlm3_dataset.review.serving import serve
    from vlm3_dataset.status import unfinished

    queue, register = Queue(load(options.work)), Register(options.work, options.reviewer)
    if not queue.pairs:
        fail(PROG, f"no pair of {options.work}/ has been through the filter; run the stages up to filter first", 2)
    decided = sum(pair.subject in register.standing() for pair in queue.pairs)
    left = f"review: {left}; their pairs are not here\n" if (left := unfinished(options.work)) else ""
    told = f"{left}review: {len(queue.pairs)} pairs, {decided} decided, as {options.reviewer}; Ctrl-C ends it"
    serve(lambda token: make(options.work, queue, register, token), options.port, told)


def port(text: str) -> int:
    """Return a TCP port; 0 lets the system choose. Raises ArgumentTypeError for others, ValueError for no number."""
    value = int(text)
    if value not in range(2**16):
        raise argparse.ArgumentTypeError("must be 0 to 65535")
    return value


def name() -> str:
    """Return the reviewer's name: git's user.name, else the account's."""
    try:
        asked = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, check=False)
    except OSError:
        asked = None
    return (asked.stdout.strip() if asked else "") or os.environ.get("USER") or f"user {os.getuid()}"
