"""Whatever a process dies of costs one item, and no process outlives the run."""

import ctypes
import mmap
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vlm3_dataset.sources.limits import OUT_OF_MEMORY, Limits, Lost, why_not
from vlm3_dataset.sources.pages import images, pdf
from vlm3_dataset.sources.pool import NoWorker, each

LIMITS = Limits(seconds=5)  # of CPU time: on a busy machine it took more than one to fill a gigabyte


def double(item):
    if type(item) is int:
        return 2 * item
    if isinstance(item, signal.Signals):
        os.kill(os.getpid(), item)
    if item == "spin":
        while True:
            pass
    if item == "hog":
        return [bytearray(50_000_000) for _ in range(100)]
    if item == "leave":
        os._exit(3)
    if item == "sleep":
        time.sleep(60)
    raise ValueError(item)


DEATHS = {
    signal.SIGKILL: -signal.SIGKILL,
    signal.SIGSEGV: -signal.SIGSEGV,
    "spin": -signal.SIGPROF,
    "hog": OUT_OF_MEMORY,
    "leave": 3,
}


@pytest.mark.parametrize("workers", [1, 3])
def test_each_death_costs_one_item_whatever_the_number_of_workers(workers):
    items = [1, *DEATHS, 2, 3]
    found = dict(each(double, items, LIMITS, workers))
    assert found == {1: 2, 2: 4, 3: 6} | {item: Lost(code) for item, code in DEATHS.items()}


class Reserving:
    """Work that reserves 1 GiB where it arrives, as a script does that imports pyarrow, and fills 0.6 GB an item."""

    def __call__(self, item):
        return sum(map(len, [bytearray(50_000_000) for _ in range(12)])) + len(reserved)

    def __reduce__(self):
        return reserve, ()


reserved = []


def reserve():
    reserved.append(mmap.mmap(-1, 1 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    return Reserving()


def test_what_a_process_holds_at_its_start_is_no_items():
    assert list(each(Reserving(), ["page"], LIMITS, 1)) == [("page", 600_000_001)]


def test_a_process_that_only_waits_ends_too():
    assert list(each(double, ["sleep"], Limits(seconds=0.2), 1)) == [("sleep", Lost(-signal.SIGALRM))]


def test_every_death_has_one_line_that_says_what_to_do():
    for code in (*DEATHS.values(), -signal.SIGALRM):
        assert "; " in Lost(code).reason(LIMITS)
        assert "\n" not in Lost(code).reason(LIMITS)


@pytest.mark.parametrize("folder", ["Memory upgrade", "alloc's", 'the "allocs"\\'])
@pytest.mark.parametrize(
    ("name", "read"), [("a.jpg", images.picture), ("a.pdf", pdf.count), ("none.jpg", images.frames)]
)
def test_a_broken_file_needs_no_memory_because_its_folder_is_called_so(tmp_path, folder, name, read):
    (tmp_path / folder).mkdir()
    file = tmp_path / folder / name
    if name != "none.jpg":
        file.write_bytes(b"%PDF-1.4 nothing")
    with pytest.raises((images.Unreadable, OSError)) as raised:
        read(file)
    assert "look at the file" in (why := why_not(raised.value, file)) or "make it anew" in why or "run inventory" in why


def test_a_lack_of_memory_is_one_in_whatever_words():
    for words in ("std::bad_alloc", "malloc (9 bytes) failed: cannot allocate", "Out of memory: a.pdf"):
        with pytest.raises(MemoryError):
            why_not(RuntimeError(words), Path("a.pdf"))


def test_what_the_work_raises_is_raised_here():
    with pytest.raises(ValueError, match="no such item"):
        list(each(double, [1, "no such item", 2], LIMITS, 1))


SEEN = []


def only_when_fresh(item):
    SEEN.append(item)
    if item == "wants it all" and len(SEEN) > 1:
        raise MemoryError
    return len(SEEN)


def test_an_item_that_others_left_too_little_for_gets_a_fresh_process():
    found = dict(each(only_when_fresh, ["a", "wants it all", "b"], LIMITS, 1))
    assert found == {"a": 1, "wants it all": 1, "b": 2}


class Unopened:
    def __reduce__(self):
        return os._exit, (4,)


def test_processes_that_cannot_start_end_the_run_with_one_line():
    with pytest.raises(NoWorker, match=r"exit code 4\); free some memory"):
        list(each(Unopened(), [1, 2], LIMITS, 2))


def test_a_script_that_starts_itself_again_is_told_so(root, tmp_path):
    script = tmp_path / "mine.py"
    script.write_text("""from vlm3_dataset.sources.limits import Limits
from vlm3_dataset.sources.pool import NoWorker, each
try:
    list(each(str, [1, 2], Limits(), 2))
except NoWorker as error:
    print(error)
""")
    environment = os.environ | {"PYTHONPATH": str(root)}
    line = [sys.executable, script]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("no process can be started (exit code 1); see the error above; a script of your own")


def hold_the_interpreter(item):
    Path(item).touch()
    ctypes.PyDLL(None).sleep(60)  # as MuPDF does it: no other thread of this process gets a turn


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_no_process_outlives_the_run(tmp_path, root, stop):
    script = "from tests.vlm3_dataset.sources import test_pool as t; import sys; "
    script += "list(t.each(t.hold_the_interpreter, sys.argv[1:], t.Limits(), 2))"
    marks = [tmp_path / "a", tmp_path / "b"]
    command = [sys.executable, "-c", script, *marks]
    run = subprocess.Popen(command, cwd=root, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 120
    while not all(mark.exists() for mark in marks) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert all(mark.exists() for mark in marks)
    os.kill(run.pid, stop) if stop == signal.SIGKILL else os.killpg(run.pid, stop)
    assert run.wait(20) != 0
    while alive(run.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(run.pid)


def alive(group):
    """The processes of a group that are neither dead nor waiting to be buried."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = stat.read_text().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state not in "ZX":
            found.append(stat.parent.name)
    return found
