"""The command that opens the review page: on this machine alone, for whoever it says, until Ctrl-C."""

import re
import signal
import subprocess
import sys

import pytest

from tests.vlm3_dataset.review.test_app import filtered, work  # noqa: F401 - fixtures
from vlm3_dataset.commands import review as command


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--host", "0.0.0.0"], "--host"), (["--port", "70000"], "must be 0 to 65535"), (["--port", "x"], "port value")],
)
def test_there_is_no_way_to_listen_elsewhere(capsys, words, said):
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_nothing_to_review_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["--work", str(tmp_path)])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert "run the stages up to filter first" in error
    assert error.count("\n") == 1


def test_who_reviews_is_git_s_user_or_the_account(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("USER", "anna")
    assert command.name() == "anna"
    monkeypatch.delenv("USER")
    assert command.name().startswith("user ")


def test_ctrl_c_ends_it_and_says_where_the_decisions_lie(work):  # noqa: F811
    process = subprocess.Popen(
        [sys.executable, "-m", "vlm3_dataset", "review", "--work", work, "--reviewer", "Anna"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "review: 4 pairs, 0 decided, as Anna; Ctrl-C ends it\n"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}\n", process.stdout.readline())
    process.send_signal(signal.SIGINT)
    said, error = process.communicate()
    assert f"decisions lie in {work}/decisions/\nNext: vlm3 emit" in said
    assert error == ""
    assert process.returncode == 0
