"""What SkyPilot is told to run is our command, with flags that it takes.

SkyPilot itself is not in the tested set; `make clouds` reads the file with its own parser, which has to be downloaded.
"""

import shlex
from pathlib import Path

import yaml

from finetune import config, tools

TASK = yaml.safe_load((Path(tools.__file__).parent / "sky.yaml").read_text(encoding="utf-8"))


def test_it_calls_the_command_with_flags_that_it_takes() -> None:
    line = TASK["run"].replace("$FLAGS", TASK["envs"]["FLAGS"])
    command, *flags = shlex.split(line)
    assert command == "vlm3-finetune"
    settings = config.read(flags)
    assert (settings.data, settings.output, settings.name) == ("/store/training_data", "/store/runs", "first")


def test_what_must_outlive_a_spot_machine_lies_in_the_bucket() -> None:
    (mount,) = TASK["file_mounts"]
    assert TASK["resources"]["use_spot"] is True
    assert f"--output {mount}/runs" in TASK["run"]
    assert set(TASK) == {"name", "resources", "workdir", "file_mounts", "envs", "setup", "run"}


def test_its_fields_are_of_the_types_that_the_manual_of_skypilot_0_14_gives_them() -> None:
    types = {"accelerators": str, "use_spot": bool, "disk_size": int}
    assert {name: type(value) for name, value in TASK["resources"].items()} == types
    assert all(isinstance(TASK[name], str) for name in ("name", "workdir", "setup", "run"))
    assert {type(value) for value in TASK["envs"].values()} == {str}
    # MOUNT takes no random write, COPY uploads nothing.
    assert TASK["file_mounts"]["/store"] == {"name": "vlm3", "mode": "MOUNT_CACHED"}
