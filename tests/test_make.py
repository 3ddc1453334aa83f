"""The targets that the README promises, and what they must never remove."""

import subprocess

import pytest

TARGETS = (
    (
        "demo test all status quick regen-qa refilter clean crawl finetune evaluate bench lint help"  # as the README has them
    ).split()
)


def make(root, *arguments):
    return subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=root, capture_output=True, text=True, check=False
    )


def test_help_lists_every_target(root):
    listed = {line.split()[0] for line in make(root, "help").stdout.splitlines()}
    assert listed == set(TARGETS)


@pytest.mark.parametrize("target", ["all", "quick", "regen-qa", "refilter", "status"])
def test_folders_reach_the_program(root, target):
    command = make(root, "-n", target, "DATA_SRC=my scans", "WORK=w", "OUTPUT=o").stdout
    assert f'vlm3_dataset {target} --data-src "my scans"' in command
    assert '--work "w" --output "o"' in command


def test_clean_keeps_what_was_paid_for_and_what_is_not_ours(root, tmp_path):
    for name in (
        "labels.sqlite",
        "labels.sqlite-wal",
        "notes.txt",
        "inventory.csv",
        "readings/a.json",
        "qa_raw/a.json",
    ):
        path = tmp_path / "my work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert make(root, "clean", f"WORK={tmp_path}/my work").returncode == 0
    left = sorted(path.name for path in (tmp_path / "my work").iterdir())
    assert left == ["labels.sqlite", "labels.sqlite-wal", "notes.txt"]


def test_finetune_and_evaluate_speak_of_one_run(root):
    recipe = (root / "finetune" / "lora_qwen2vl.yaml").read_text()
    (name,) = [line.split()[1] for line in recipe.splitlines() if line.startswith("name:")]
    assert f"runs/{name}/adapter" in make(root, "-n", "evaluate").stdout
