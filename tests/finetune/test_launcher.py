"""A launcher that dies takes its child along, whatever that is doing; a shell that ends does not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.finetune.starts import ROOT

CHILD = """
from finetune.watch import launcher
launcher.follow()
print("follows", flush=True)
print(input(), flush=True)
"""
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


@pytest.mark.parametrize(("name", "ends"), [("accelerate", True), ("torchrun", True), ("shell", False)])
def test_the_child_ends_with_its_launcher(name: str, ends: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(PARENT, encoding="utf-8")
    pipe, path = subprocess.PIPE, {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(tmp_path / name)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=os.environ | path) as launcher:
        assert launcher.stdout.readline() == "follows\n"
        launcher.send_signal(signal.SIGKILL)
        if not ends:
            launcher.wait()
            launcher.stdin.write("still there\n")
            launcher.stdin.flush()
        assert launcher.stdout.read() == ("" if ends else "still there\n")  # closed once the child has ended too
