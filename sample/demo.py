"""`make demo`: the main job from end to end on the sample, by the very commands that do it for real.

A small forum is served on loopback and archived; its pictures and the sample shelf become a dataset; a tiny model with
random weights is trained on it; and what that changed is measured. No key, no GPU, and no network beyond loopback.
Everything lies in demo/ afterwards. Run it again and each step goes on from where it is.
"""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sample.forum import serving
from vlm3_dataset.arguments import OneLineParser, fail

DEMO = Path("demo")
ARCHIVE, WORK, DATA = DEMO / "forum_archive", DEMO / "work", DEMO / "training_data"
RUN, REPORT = DEMO / "runs" / "tiny", DEMO / "eval_runs" / "tiny"
PORT = DEMO / "forum.port"
BOARDS = ("vb3", "vb4", "vb5")
BIN = Path(sys.executable).parent
# A step ends with the demo, also where the demo is killed: the next one would find its board locked for hours.
TETHER = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()

# Nothing here may ask a hub, a judge or a bill: the demo is free wherever it runs.
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HOME": str((DEMO / "cache").absolute()),
}
SECRETS = ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "HF_TOKEN")

RESULTS = (
    (f"{ARCHIVE}/", "the archived forum: raw pages, pictures, posts.jsonl"),
    (f"{WORK}/inventory.csv", "every file found, and why some were left out; threads.csv has the threads"),
    (f"{DATA}/vlm_train.jsonl", "the dataset; hub/ holds the same rows as Parquet with a card"),
    (f"{RUN}/", "the trained adapter, its metrics and curves"),
    (f"{REPORT}/report.html", "before and after, page by page: open it in a browser"),
)
NEXT = """
The model of this demo is tiny, with random weights: it proves the way and knows nothing.

With your own
  forum   make crawl URL=https://board.example/forums/    e30crawl/README.md
  shelf   make all DATA_SRC=my_scans                      vlm3_dataset/README.md
  key     ANTHROPIC_API_KEY=... make all DATA_SRC=...     the same, and Claude labels; says first what it costs
  GPU     vlm3-finetune                                   finetune/README.md; first: . .venv/bin/activate
  report  make evaluate                                   evaluation/README.md
"""


def main(argv: list[str] | None = None) -> None:
    about = f"Run the main job from end to end on the sample; everything lies in {DEMO}/ afterwards."
    OneLineParser(prog="python -m sample.demo", description=about).parse_args(argv)
    started = time.monotonic()
    os.environ |= QUIET
    for secret in SECRETS:
        os.environ.pop(secret, None)
    DEMO.mkdir(exist_ok=True)
    with forum() as port:
        for board in BOARDS:
            step(f"archive the sample forum, {board}", *crawl(board, port))
    step("shelf and archive to a dataset", "vlm3", "all", *dataset())
    step("load the dataset as anybody would", "python", "-m", "sample.load", str(DATA / "hub"))
    step("train", "vlm3-finetune", *training())
    step("compare before and after", "vlm3-evaluate", "run", *evaluation())
    print(f"\nDone in {time.monotonic() - started:.0f} s.\n\nWhere it all lies")
    for place, what in RESULTS:
        print(f"  {place:<38}{what}")
    print(NEXT)


def crawl(board: str, port: int) -> list[str]:
    host = f"127.0.0.1:{port}"
    arguments = [f"start_url=http://{host}/{board}/", f"board=sample-{board}", f"archive={ARCHIVE}"]
    # The forum is ours and local; a real one gets the polite defaults and no exception from the guard.
    settings = [f"GUARD_ALLOW={host}", "DOWNLOAD_DELAY=0.02", "AUTOTHROTTLE_START_DELAY=0.02", "LOG_LEVEL=WARNING"]
    return ["e30crawl", "crawl", "e30m3", *flags("-a", arguments), *flags("-s", settings)]


def dataset() -> list[str]:
    return [
        *("--data-src", "sample/shelf", "--archive", str(ARCHIVE), "--work", str(WORK), "--output", str(DATA)),
        *("--labeler", "rules", "--posts", "sample/old_board.jsonl"),
    ]


def training() -> list[str]:
    return ["--model", "tiny", "--data", str(DATA), "--output", str(RUN.parent), "--name", RUN.name, "--max-steps", "8"]


def evaluation() -> list[str]:
    base = str(RUN / "base")
    models = ["--baseline", base, "--tuned", base, "--adapter", str(RUN / "adapter")]
    rows = ["--data", str(DATA), "--work", str(WORK), "--split", "val", "--limit", "24"]
    return [*models, *rows, "--judge", "none", "--run", str(REPORT)]


def flags(name: str, values: list[str]) -> Iterator[str]:
    for value in values:
        yield from (name, value)


def step(title: str, program: str, *arguments: str) -> None:
    """Shows a command, runs it, and ends the demo where it fails."""
    print(f"\n== {title}\n$ {shlex.join([program, *arguments])}", flush=True)
    finished = subprocess.run([*TETHER, BIN / program, *arguments], check=False)
    if finished.returncode:
        fail("demo", f"this step failed with exit code {finished.returncode}; run make demo again to go on from here")


@contextmanager
def forum() -> Iterator[int]:
    """The sample forum on loopback. Its port stays that of the first start: pages that wait in the archive name it."""
    with ExitStack() as stack:
        try:
            port = stack.enter_context(serving(int(PORT.read_text()) if PORT.exists() else 0))
        except (OSError, ValueError) as error:
            fail(
                "demo",
                f"the forum's port, kept in {PORT}, cannot be had ({getattr(error, 'strerror', None) or error});"
                f" another demo may be running; if not, remove {DEMO}/ to begin anew",
            )
        temporary = PORT.with_name(f".{PORT.name}.tmp")
        temporary.write_text(f"{port}\n", encoding="ascii")
        temporary.replace(PORT)
        yield port


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("demo", "stopped; run make demo again to go on from here")
