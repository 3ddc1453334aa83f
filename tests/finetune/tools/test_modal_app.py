"""The Modal app calls our commands as anybody would type them; Modal itself is not installed here."""

import runpy
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import pytest

from finetune import config
from finetune.tools import serve
from vlm3_dataset.console import PACKAGES

APP = Path(config.__file__).parent / "tools" / "modal_app.py"


class Function:
    """What Modal makes of a decorated function, which its command line calls on another machine."""

    def __init__(self, function: Any, **options: Any) -> None:
        self.local, self.options = function, options


class Image:
    """An image as Modal builds it: what is copied into it from this machine, and the commands that are run."""

    def __init__(self, copied: dict[str, Path] | None = None, commands: tuple[str, ...] = ()) -> None:
        self.copied, self.commands = copied or {}, commands

    @classmethod
    def debian_slim(cls, **_: Any) -> "Image":
        return cls()

    def env(self, _: dict[str, str]) -> "Image":
        return self

    def pip_install(self, *_: str) -> "Image":
        return self

    def add_local_dir(self, local: Path, remote: str, *, copy: bool, ignore: list[str]) -> "Image":
        assert (copy, ignore, local.is_dir()) == (True, ["**/__pycache__"], True)
        return Image(self.copied | {remote: local}, self.commands)

    def add_local_file(self, local: Path, remote: str, *, copy: bool) -> "Image":
        assert (copy, local.is_file()) == (True, True)
        return Image(self.copied | {remote: local}, self.commands)

    def run_commands(self, *commands: str) -> "Image":
        return Image(self.copied, (*self.commands, *commands))


@pytest.fixture
def modal(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A stand-in of the modal package that has only what the app uses."""
    modal = ModuleType("modal")
    modal.App = MagicMock()
    modal.App().function = lambda **options: lambda function: Function(function, **options)
    modal.Image, modal.Volume, modal.Secret = Image, MagicMock(), MagicMock()
    modal.is_local = lambda: True
    modal.concurrent = lambda **_: lambda function: function
    modal.web_server = lambda *_, **__: lambda function: function
    monkeypatch.setitem(sys.modules, "modal", modal)
    return modal


@pytest.fixture
def app(modal: ModuleType) -> dict[str, Any]:
    """The names of the file, as it is read on the machine that starts it."""
    return runpy.run_path(str(APP))


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    commands: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: commands.append(list(command)))
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: commands.append(list(command)))
    return commands


def test_training_is_the_command_of_the_readme(app: dict[str, Any], called: list[list[str]]) -> None:
    app["train"].local(flags='--name "first" --questions 8')
    (command,) = called
    assert command[0] == "vlm3-finetune"
    settings = config.read(command[1:])
    assert (settings.data, settings.output, settings.name) == ("/store/training_data", "/store/runs", "first")
    assert settings.questions == 8
    app["store"].commit.assert_called_once_with()


def test_what_a_failed_training_wrote_is_kept(app: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(command: list[str], **_: Any) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(subprocess.CalledProcessError):
        app["train"].local()
    app["store"].commit.assert_called_once_with()


def test_the_run_is_merged_and_what_was_merged_is_served(app: dict[str, Any], called: list[list[str]]) -> None:
    app["merge"].local(name="first")
    app["serve"].local()
    merge, server = called
    assert merge[:3] == ["python", "-m", "finetune.tools.merge"]
    assert merge[merge.index("--adapter") + 1] == "/store/runs/first/adapter"
    assert server[:3] == ["python", "-m", "finetune.tools.serve"]
    assert server[server.index("--model") + 1] == merge[merge.index("--output") + 1]
    assert server[server.index("--host") + 1] not in serve.LOOPBACK
    assert app["serve"].options["secrets"]


def test_the_image_is_the_tested_set(app: dict[str, Any]) -> None:
    (command,) = app["training"].commands
    assert "--constraint constraints.txt --editable .[finetune]" in command


@pytest.mark.parametrize("image", ["training", "serving"])
def test_only_the_packages_and_what_installs_them_leave_the_machine(app: dict[str, Any], image: str) -> None:
    """A checkout may hold a shelf, an archive, cookies and keys as well."""
    root = APP.parents[2]
    installs = ["setup.cfg", "pyproject.toml", "constraints.txt", "README.md", "LICENSE"]
    assert app[image].copied == {f"/vlm3/{name}": root / name for name in (*PACKAGES, *installs)}


def test_on_modals_machine_the_file_stands_alone(modal: ModuleType, tmp_path: Path) -> None:
    """Modal puts it into /root, without the folders above it."""
    modal.is_local = lambda: False
    modal.Image = MagicMock()
    alone = tmp_path / APP.name
    alone.write_bytes(APP.read_bytes())
    assert runpy.run_path(str(alone))["ROOT"] == Path("/vlm3")


def test_without_modal_it_is_one_line() -> None:
    done = subprocess.run([sys.executable, str(APP)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "pip install modal" in done.stderr
