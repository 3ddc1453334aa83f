"""The units start what there is, with arguments that are understood, and systemd understands the units."""

import re
import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest
import yaml

from e30crawl import settings
from e30crawl.board_file import BoardFile
from e30crawl.params import CrawlParams

DEPLOY = Path(settings.__file__).with_name("deploy")
SERVICE, TIMER, BOARD = (DEPLOY / name for name in ("e30crawl@.service", "e30crawl@.timer", "board.yaml"))
PATIENCE = 120


def unit(path):
    parser = RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def told(words, **options):
    return subprocess.run(words, check=False, capture_output=True, text=True, timeout=PATIENCE, **options)


@pytest.fixture
def command(tmp_path):
    """The words of ExecStart for the board e30, with everything below this folder."""
    line = unit(SERVICE)["Service"]["ExecStart"].replace("%i", "e30").replace("%S", str(tmp_path))
    words = shlex.split(line.replace("/etc/e30crawl/", f"{tmp_path}/"))
    assert words[:3] == ["/srv/vlm3/.venv/bin/e30crawl", "crawl", "e30m3"]
    return [sys.executable, "-m", "e30crawl", *words[1:]]


def test_the_service_starts_a_crawl_that_is_understood(command, tmp_path):
    shutil.copy(BOARD, tmp_path / "e30.yaml")
    params = CrawlParams(**dict(word.split("=", 1) for word in command if "=" in word))
    assert params.folder == tmp_path / "e30crawl" / "e30"
    assert params.update
    assert params.config.settings == {"CONTACT": "you@example.org", "DOWNLOAD_DELAY": 3}


def test_the_service_archives_a_board(command, site, tmp_path):
    """From another folder than the repository's, in a second run as well."""
    (tmp_path / "e30.yaml").write_text(f"start_url: {site.url('/vb3/')}\ncontact: you@example.org\n")
    given = dict(word.split("=", 1) for word in unit(SERVICE)["Service"]["Environment"].split())
    environment = {name: value.replace("%S", str(tmp_path)) for name, value in given.items()}
    for _ in range(2):
        words = [*command, "-s", f"GUARD_ALLOW={site.host}", "-s", "DOWNLOAD_DELAY=0"]
        run = told(words, cwd=tmp_path, env=environment)
        assert run.returncode == 0, run.stderr
    folder = tmp_path / "e30crawl" / "e30"
    assert len((folder / "posts.jsonl").read_text().splitlines()) == 45
    assert (folder / "board.yaml").exists()


def test_the_example_names_every_key_but_the_units_own():
    text = BOARD.read_text(encoding="utf-8")
    assert BoardFile.load(BOARD).limits.window
    said = yaml.safe_load(re.sub(r"^# ((?:  )?\w+:\s)", r"\1", text, flags=re.MULTILINE))
    assert BoardFile.model_fields.keys() - said.keys() == {"board"}
    BoardFile.model_validate(said)


def test_the_units_have_their_parts():
    assert set(unit(SERVICE)) >= {"Unit", "Service", "Install"}
    assert unit(TIMER)["Timer"]["OnCalendar"]


def test_systemd_understands_the_units(tmp_path):
    if not (analyze := shutil.which("systemd-analyze")):
        pytest.skip("no systemd on this machine")
    for path in (SERVICE, TIMER):
        text = path.read_text(encoding="utf-8").replace("/srv/vlm3/.venv/bin/e30crawl", sys.executable)
        (tmp_path / path.name.replace("@", "@e30")).write_text(text, encoding="utf-8")
    units = sorted(map(str, tmp_path.glob("e30crawl@*")))
    run = told([analyze, "verify", "--man=no", *units])
    assert (run.returncode, run.stdout + run.stderr) == (0, "")
