"""Settings come in layers, and a typing error in any of them is one line."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from finetune import config
from vlm3_dataset.hub.reader import MAX_PIXELS

PLANNED = {
    "model": "Qwen/Qwen2-VL-7B-Instruct",
    "bits": 4,
    "lora_rank": 64,
    "lora_alpha": 128,
    "lora_dropout": 0.05,
    "epochs": 3,
    "learning_rate": 2e-4,
    "warmup": 0.03,
    "gradient_checkpointing": "all",
    "data": "training_data",
    "packing": "shared",
    "attention": "auto",
}


def test_the_recipe_is_the_planned_one() -> None:
    settings = config.read([])
    assert {name: getattr(settings, name) for name in PLANNED} == PLANNED
    assert (settings.step_questions, settings.accumulation) == (16, None)
    assert settings.max_pixels == MAX_PIXELS  # an evaluation's default, for a processor that names none


def test_each_layer_lies_over_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("model: tiny\nlora_rank: 4\nseed: 1\n", encoding="utf-8")
    settings = config.read(["--config", str(file), "--seed", "2"])
    assert settings.seed == 2  # command line over file
    assert settings.lora_rank == 4  # file over tiny.yaml
    assert settings.max_pixels == 50176  # tiny.yaml over the recipe
    assert settings.lora_dropout == 0.05  # the recipe


def test_off_is_no_boolean_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("packing: off\n", encoding="utf-8")
    assert config.read(["--config", str(file)]).packing == "off"


def test_a_run_can_be_repeated_from_what_it_wrote(tmp_path: Path) -> None:
    settings = config.read(["--model", "tiny", "--max-steps", "8", "--name", "mine"])
    file = tmp_path / "config.yaml"
    file.write_text(config.as_yaml(settings), encoding="utf-8")
    assert config.read([f"--config={file}"]) == settings


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--lerning-rate", "1"], "--lerning-rate"),
        (["--learning-rate", "fast"], "learning_rate"),
        (["--learning-rate", "-1"], "learning_rate"),
        (["--bits", "8"], "--bits"),
        (["--packing", "dense"], "--packing"),
        (["--attention", "flash"], "--attention"),
        (["--questions", "0"], "questions"),
        (["--epochs"], "--epochs"),
        (["--max-steps", "0"], "max_steps"),
        (["--min-pixels", "2000000"], "min_pixels"),
        (["--lora-dropout", "1"], "lora_dropout"),
        (["--name", "../elsewhere"], "name"),
        (["--max-step", "3"], "--max-step"),
        (["--mix", "forum"], "mix"),
        (["--mix", "forum=-1"], "forum=-1"),
        (["--mix", "forum=much"], "forum=much"),
        (["--sft", "weight_decay"], "sft"),
        (["--config"], "--config"),
        (["--config", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_a_typing_error_is_one_line_and_exit_code_2(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _fails(arguments, named, capsys)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("lerning_rate: 1\n", "lerning_rate"),
        ("learning_rate: fast\n", "learning_rate"),
        ("bits: 8\n", "bits"),
        ("packing: on\n", "packing"),
        ("seed: 1.5\n", "seed"),
        ("epochs: [1, 2]\n", "epochs"),
        ("- epochs\n", "setting: value"),
        ("epochs: {\n", "no YAML"),
        ("1: 2\n", "unknown setting 1"),
        ("env: {HOME: /}\n", "env"),
    ],
)
def test_a_typing_error_in_a_file_is_no_different(
    text: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text, encoding="utf-8")
    _fails(["--config", str(file)], named, capsys)


def _fails(arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        config.read(arguments)
    error = capsys.readouterr().err
    assert stop.value.code == 2
    assert error.count("\n") == 1
    assert named in error
    assert "(see vlm3-finetune --help)" in error


@pytest.mark.parametrize("module", ["finetune.__main__", "finetune.tools.prepare"])
def test_the_help_text_loads_no_heavy_library(module: str, root: Path) -> None:
    code = f"""
import sys
sys.argv = ["finetune", "--help"]
from {module} import main
try:
    main()
except SystemExit:
    heavy = {{"torch", "transformers", "datasets", "peft", "bitsandbytes", "matplotlib"}} & set(sys.modules)
    sys.exit(", ".join(heavy) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--lora-rank" in done.stdout


def begun(output: Path, name: str, *, finished: bool = False, **values: Any) -> None:
    """A run's folder as far as `--resume` looks at it."""
    chosen = config.read(
        ["--output", str(output), "--name", name, *(f"--{key}={value}" for key, value in values.items())]
    )
    chosen.folder.mkdir(parents=True)
    (chosen.folder / "config.yaml").write_text(config.as_yaml(chosen), encoding="utf-8")
    if finished:
        (chosen.folder / config.FINISHED).touch()


def test_resume_takes_the_settings_of_the_run_that_is_not_finished(tmp_path: Path) -> None:
    begun(tmp_path, "done", finished=True, seed=7)
    begun(tmp_path, "half", seed=8, data="shop/pages")
    settings = config.read(["--resume", "--output", str(tmp_path), "--workers", "1"])
    assert (settings.name, settings.seed, settings.data, settings.workers) == ("half", 8, "shop/pages", 1)
    assert config.read(["--resume", "--output", str(tmp_path), "--name=done"]).seed == 7


@pytest.mark.parametrize(
    ("runs", "flags", "named"),
    [
        ([], [], "nothing to resume in"),
        (["a"], ["--name", "b"], "/b; start without --resume"),
        (["a", "b"], [], "several runs to resume, say which: --name a or b"),
        (["a"], ["--config", str(config.RECIPE)], "leave --config out"),
    ],
)
def test_what_resume_cannot_mean_is_one_line(
    runs: list[str], flags: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in runs:
        begun(tmp_path, name)
    with pytest.raises(SystemExit) as ended:
        config.read(["--resume", "--output", str(tmp_path), *flags])
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n")) == (2, 1)
    assert named in said


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["forum=0.5"], {"forum": 0.5}),
        (["forum=2", "manual=1"], {"forum": 2, "manual": 1}),
        (["forum=1e-1"], {"forum": 0.1}),
        (["forum=0"], {"forum": 0}),
    ],
)
def test_sources_are_weighted_on_the_command_line_or_in_a_block(
    given: list[str], told: dict[str, float], tmp_path: Path
) -> None:
    assert config.read(["--mix", *given]).weights == told
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"mix": told}), encoding="utf-8")
    assert config.read(["--config", str(file)]).weights == told


def test_options_of_the_libraries_are_values_of_their_kind() -> None:
    settings = config.read(["--sft", "weight_decay=0.01", "adam_beta2=9.9e-1", "optim=sgd", "--lora", "use_dora=true"])
    assert config.parsed(settings.sft) == {"weight_decay": 0.01, "adam_beta2": 0.99, "optim": "sgd"}
    assert config.parsed(settings.lora) == {"use_dora": True}
