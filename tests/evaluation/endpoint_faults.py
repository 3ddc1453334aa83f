"""What does each fault of a server cost, and what does the user see? Measured with the real pauses, on loopback.

    python -m tests.evaluation.endpoint_faults

Seven questions, `--batch 2`. Each line has the seconds from the first request to the end of the command, its exit code,
how often it asked, and the last line that it wrote. The server that hangs is left alone until the first notice, and
then stopped by Ctrl-C. It takes some three minutes.
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from evaluation.models import endpoint
from tests.evaluation.conftest import PAGES, ROWS, row
from tests.evaluation.openai import Fault, Standin, serving

REFERENCES = {question: reference for _, question, reference in ROWS}
BAD = ROWS[0][1]


def refusing(status: int, message: str, *, one: bool = False) -> Callable[[Standin], None]:
    """A server that always refuses, or one question alone."""
    fault: Fault = (status, {}, json.dumps({"error": {"message": message}}).encode())

    def prepare(standin: Standin) -> None:
        standin.refuses = lambda question: fault if question == BAD or not one else None

    return prepare


def sending(*faults: Fault) -> Callable[[Standin], None]:
    return lambda standin: standin.faults.extend(faults)


def reasoning(standin: Standin) -> None:
    thought = {"choices": [{"message": {"content": None, "reasoning_content": "24?"}, "finish_reason": "length"}]}
    standin.refuses = lambda _: (200, {}, json.dumps(thought).encode())


def picky(standin: Standin) -> None:
    standin.reasons = True


FAULTS: dict[str, Callable[[Standin], None]] = {
    "none": lambda _: None,
    "429, retry-after 5, once": sending((429, {"retry-after": "5"}, b"{}")),
    "503, three times": sending(*[(503, {}, b"busy")] * 3),
    "a proxy's page, once": sending((200, {}, b"<html>")),
    "400 for one question": refusing(400, "image too small", one=True),
    "500 for one question": refusing(500, "CUDA error", one=True),
    "400 for every question": refusing(400, "does not take image input"),
    "503 for every question": refusing(503, "overloaded"),
    "401": refusing(401, "Incorrect API key"),
    "404": refusing(404, "The model m does not exist"),
    "only reasoning": reasoning,
    "refuses temperature and max_tokens": picky,
}


def command(data: Path, url: str, run: Path) -> list[str]:
    where = ["--endpoint", url, "--data", str(data), "--run", str(run), "--batch", "2"]
    return [sys.executable, "-m", "evaluation", "answer", "--model", "m", *where]


def first_request(server: Standin, running: subprocess.Popen) -> float:
    """When it came: before, the command only starts."""
    while not server.requests and running.poll() is None:
        time.sleep(0.01)
    return time.monotonic()


def answered(data: Path, fault: str, run: Path) -> str:
    with serving(lambda question, *_: REFERENCES[question]) as server:
        FAULTS[fault](server)
        running = subprocess.Popen(command(data, server.url, run), stderr=subprocess.PIPE, text=True)
        start = first_request(server, running)
        _, said = running.communicate()
        took = time.monotonic() - start
    last = said.strip().splitlines()[-1].rpartition("\r")[2]
    return f"{fault}: {took:.1f} s, exit {running.returncode}, asked {len(server.requests)} times: {last}"


def nobody(data: Path, run: Path) -> str:
    with serving(str) as gone:
        pass
    start = time.monotonic()
    ended = subprocess.run(command(data, gone.url, run), capture_output=True, text=True, check=False)
    return f"no server: {time.monotonic() - start:.1f} s, exit {ended.returncode}: {ended.stderr.splitlines()[-1]}"


def hung(data: Path, run: Path) -> Iterator[str]:
    with serving(lambda *_: time.sleep(endpoint.NOTICE_AFTER * 2) or "") as server:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        running = subprocess.Popen(command(data, server.url, run), **pipes, text=True)
        start = first_request(server, running)
        notice = running.stdout.readline()
        yield f"hangs: {time.monotonic() - start:.1f} s: {notice.strip()}"
        start = time.monotonic()
        running.send_signal(signal.SIGINT)
        _, said = running.communicate()
        yield f"hangs, Ctrl-C: {time.monotonic() - start:.1f} s, exit {running.returncode}: {said.splitlines()[-1]}"


def main() -> None:
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(3) as pool:
        folder = Path(name)
        (folder / "data" / "images").mkdir(parents=True)
        for page, size in PAGES.items():
            Image.new("L", size, 240).save(folder / "data" / "images" / f"{page}.jpg")
        (folder / "data" / "vlm_val.jsonl").write_text("".join(json.dumps(row(*one)) + "\n" for one in ROWS))
        waiting = pool.submit(lambda: [*hung(folder / "data", folder / "hung")])
        for line in pool.map(lambda fault: answered(folder / "data", fault, folder / fault), FAULTS):
            print(line, flush=True)
        print(nobody(folder / "data", folder / "nobody"), *waiting.result(), sep="\n")


if __name__ == "__main__":
    main()
