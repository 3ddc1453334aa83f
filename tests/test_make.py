"""The targets that the README promises, and what they must never remove."""

import subprocess

import pytest

DATA_SET = {"all", "quick", "regen-qa", "refilter", "status"}
TARGETS = DATA_SET | {"demo", "test", "clean", "crawl", "finetune", "evaluate", "bench", "lint", "help", "review"}
TARGETS |= {"clouds", "docs", "extras", "inspect", "pictures"}
PAID_OR_FOREIGN = ["decisions", "labels.sqlite", "labels.sqlite-wal", "notes.txt"]


def make(root, *arguments, cwd=None):
    command = ["make", "--no-print-directory", "-f", root / "Makefile", *arguments]
    return subprocess.run(command, cwd=cwd or root, capture_output=True, text=True, check=False)


def test_help_lists_every_target(root):
    assert {line.split()[0] for line in make(root, "help").stdout.splitlines()} == TARGETS


@pytest.mark.parametrize("target", sorted(DATA_SET))
def test_folders_reach_the_program(root, target):
    command = make(root, "-n", target, "DATA_SRC=my scans", "WORK=w", "OUTPUT=o").stdout
    assert f'vlm3 {target} --data-src "my scans"' in command
    assert '--work "w" --output "o"' in command


def test_clean_keeps_what_was_paid_for_and_what_is_not_ours(root, tmp_path):
    for name in (*PAID_OR_FOREIGN, "inventory.csv", "pages.parquet", "readings/a.json", "qa_raw/a.json"):
        path = tmp_path / "my work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert make(root, "clean", "WORK=my work", cwd=tmp_path).returncode == 0
    assert sorted(path.name for path in (tmp_path / "my work").iterdir()) == PAID_OR_FOREIGN


def test_finetune_and_evaluate_speak_of_one_run(root):
    recipe = (root / "finetune" / "lora_qwen2vl.yaml").read_text()
    (name,) = [line.split()[1] for line in recipe.splitlines() if line.startswith("name:")]
    assert f"runs/{name}/adapter" in make(root, "-n", "evaluate").stdout


def test_a_crawl_says_who_asks(root):
    command = make(root, "-n", "crawl", "URL=https://board.example/forums/", "CONTACT=you@example.org").stdout
    assert '-a archive="forum_archive" -s CONTACT="you@example.org"' in command
    assert "CONTACT" not in make(root, "-n", "crawl", "URL=https://board.example/forums/").stdout
