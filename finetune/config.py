"""Define the settings of a run: their meaning, their sources, and the values that are allowed.

Values come in layers, each over the one before: `lora_qwen2vl.yaml` (the recipe, every setting), `tiny.yaml` where the
model is `tiny`, the file of `--config`, the command line. The flags are made from the fields below by TRL's TrlParser,
which in TRL 1.16 imports neither torch nor transformers (0.25 s), so that the help text stays instant.
"""

import argparse
import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import yaml
from annotated_types import Ge, Gt, Lt
from pydantic import BeforeValidator, ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from trl import TrlParser

from finetune.errors import one_line
from vlm3_dataset.arguments import Defaults, OneLineParser
from vlm3_dataset.errors import Misused, UserError
from vlm3_dataset.hub.reader import PIXELS_PER_TOKEN

PROG = "vlm3-finetune"
RECIPE = Path(__file__).with_name("lora_qwen2vl.yaml")
FINISHED = "README.md"  # a run's card is written last
TINY = Path(__file__).with_name("tiny.yaml")

FolderName = Annotated[str, StringConstraints(pattern=r"^[\w][\w.-]*$")]
RepoName = Annotated[str, StringConstraints(pattern=r"^[\w][\w.-]*/[\w][\w.-]*$")]
Count = Annotated[int, Gt(0)]
Pixels = Annotated[int, Ge(PIXELS_PER_TOKEN)]  # below one token there is no image
# YAML reads `off` as False.
Packing = Annotated[Literal["shared", "off"], BeforeValidator(lambda value: "off" if value is False else value)]

Assignment = Annotated[str, StringConstraints(pattern=r"^\w+=.+$")]
# A block of YAML becomes `name=value`, the form of a command line.
Assignments = Annotated[
    list[Assignment],
    BeforeValidator(
        lambda block: [f"{name}={one}" for name, one in block.items()] if isinstance(block, dict) else block
    ),
]


def _help(text: str) -> Any:
    return dataclasses.field(metadata={"help": text})


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Settings:
    """Everything that decides a run. `lora_qwen2vl.yaml` has the values of the recipe, with their reasons."""

    model: str = _help("base model: a name on the hub, a folder, or `tiny` (random weights, proves the path on a CPU)")
    data: str = _help("folder of vlm_train.jsonl and vlm_val.jsonl, or of Parquet; a .jsonl; or owner/name on the hub")
    revision: str | None = _help("branch, tag or commit of a data set on the hub")
    output: str = _help("folder that holds the runs")
    name: FolderName = _help("name of this run (letters, digits, - _ .): its folder is OUTPUT/NAME")

    bits: Literal[4, 16] = _help("language model weights: 4 (nf4, double quantisation) or 16 (bfloat16)")
    min_pixels: Pixels = _help("smaller pages are enlarged to this many pixels")
    max_pixels: Pixels = _help("larger pages are reduced to this many pixels; a token is 28 x 28 of them")

    lora_rank: Count = _help("rank of the adapter on the language model's linear layers")
    lora_alpha: Count = _help("the adapter is scaled by alpha / rank")
    lora_dropout: Annotated[float, Ge(0), Lt(1)] = _help("share of an adapter's inputs dropped while training")

    packing: Packing = _help("`shared`: a row is a page and several of its questions; `off`: a page and one question")
    questions: Count = _help("the most questions that share a page; with `--packing off` so many rows go at once")
    attention: Literal["auto", "sdpa", "varlen"] = _help("kernel for shared pages; `auto`: the best one here")

    mix: Assignments = _help("source=weight: how often a source's rows come in an epoch (manual, forum, text)")
    epochs: Annotated[float, Gt(0)] = _help("passes over the training rows")
    max_steps: Count | None = _help("stop after this many optimiser steps, whatever the epochs say")
    batch_size: Count = _help("rows per device and forward pass")
    step_questions: Count = _help(
        "about so many questions in an optimiser step: as near as whole passes come, which is printed"
    )
    accumulation: Count | None = _help("forward passes of a step, over all devices; in place of --step-questions")
    learning_rate: Annotated[float, Gt(0)] = _help("peak learning rate; it falls to zero along a cosine")
    warmup: Annotated[float, Ge(0), Lt(1)] = _help("share of the steps in which the learning rate rises to its peak")
    gradient_checkpointing: Literal["all", "half", "none"] = _help(
        "layers computed again in the backward pass to save memory: all, every second (half), or none"
    )
    seed: Annotated[int, Ge(0), Lt(2**32)] = _help("decides order, dropout and the adapter's first weights")
    workers: Annotated[int, Ge(0)] = _help("processes that decode pages beside the training")

    log_every: Count = _help("steps between two lines of metrics.jsonl")
    save_every: Count = _help("steps between two checkpoints: what a kill can cost at most")
    eval_every: Count = _help("steps between two evaluations on the validation rows")

    auto: bool = _help("take the settings of the forecast that cost least: questions, bits, gradient checkpointing")
    sft: Assignments = _help("name=value: further options of TRL's SFTConfig, such as weight_decay=0.01")
    lora: Assignments = _help("name=value: further options of PEFT's LoraConfig, such as use_rslora=true")
    preflight: bool = _help("say whether this machine has what the training needs, and train nothing")
    usd_per_hour: Annotated[float, Gt(0)] | None = _help("price of this machine; the run then tells its cost")
    report_to: Literal["tensorboard", "trackio", "wandb"] | None = _help("also send the metrics there")
    push: RepoName | None = _help("owner/name on the hub, to send the finished adapter to; a new repository is private")

    def __post_init__(self) -> None:
        if self.min_pixels > self.max_pixels:
            raise ValueError(f"min_pixels ({self.min_pixels}) is larger than max_pixels ({self.max_pixels})")
        for source, weight in self.weights.items():
            if not isinstance(weight, int | float) or not 0 <= weight < math.inf:
                raise ValueError(f"mix has {source}={weight}; a weight is a number from 0 on")

    @property
    def shares_pages(self) -> bool:
        return self.packing == "shared"

    @property
    def weights(self) -> dict[str, float]:
        """How often the rows of each source come in an epoch; once for a source without a weight."""
        return parsed(self.mix)

    @property
    def rows_per_pass(self) -> int:
        """Rows of one forward pass on one device: a step has the same number of questions in either packing."""
        return self.batch_size * (1 if self.shares_pages else self.questions)

    @property
    def folder(self) -> Path:
        return Path(self.output) / self.name

    @property
    def is_tiny(self) -> bool:
        return self.model == "tiny"


def parsed(assignments: Sequence[str]) -> dict[str, Any]:
    """Return the values by their names, read as YAML reads them, but with `2e-4` as a number."""
    told = {}
    for one in assignments:
        name, _, value = one.partition("=")
        try:
            told[name] = float(value) if "e" in value.lower() else yaml.safe_load(value)
        except ValueError:
            told[name] = yaml.safe_load(value)
    return told


def options(kind: type, flag: str, assignments: Sequence[str], own: dict[str, Any], **default: Any) -> Any:
    """Return a library's configuration: its `default` values here, those that were assigned, and the run's `own`.

    Raises Misused for an option that the class does not have or the run itself decides, and for a wrong value.
    """
    types, given = get_type_hints(kind), parsed(assignments)
    for name, value in given.items():
        if name not in {field.name for field in dataclasses.fields(kind)}:
            raise Misused(f"{flag} {name}: there is no such option; see {kind.__name__} in the library's manual")
        if name in own:
            raise Misused(f"{flag} {name} is decided by the run's own settings (--help)")
        try:
            TypeAdapter(types[name]).validate_python(value)
        except ValidationError as error:
            raise Misused(f"{flag} {name}: {error.errors()[0]['msg']}, not {value!r}") from None
    with one_line(f"{flag} has a wrong value", Misused):
        return kind(**default | given | own)


class SettingsParser(OneLineParser, TrlParser):
    """TrlParser's flags with one-line errors."""


def read(argv: Sequence[str], prog: str = PROG, description: str | None = None) -> Settings:
    """Return the settings of a command line, over those of --config or of the run that --resume names.

    A typing error there or in a YAML file, and a UserError of either, is one line and SystemExit with code 2.
    """
    parser = SettingsParser(Settings, prog=prog, description=description, formatter_class=Defaults, allow_abbrev=False)
    parser.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="YAML file of settings")
    parser.add_argument("--resume", action="store_true", help="go on with a run, by its settings (--name if several)")
    try:
        parser.set_defaults_with_config(**load_yaml(RECIPE))
        asked = parser.parse_known_args(argv)[0]
        file = getattr(asked, "config", None)
        chosen = load_yaml(file) if file else {}
        if asked.resume and file:
            raise UserError("--resume goes on by the run's own settings; leave --config out")
        if asked.resume:
            named = any(word == "--name" or word.startswith("--name=") for word in argv)
            chosen = resumed(Path(asked.output), asked.name if named else None)
        parser.set_defaults_with_config(**chosen)
        if parser.parse_known_args(argv)[0].model == "tiny":
            parser.set_defaults_with_config(**(load_yaml(TINY) | chosen))
        settings, *_, unknown = parser.parse_args_into_dataclasses(
            argv, return_remaining_strings=True, look_for_args_file=False
        )
    except ValidationError as error:
        wrong = error.errors()[0]  # pydantic writes a paragraph for each
        formless = wrong["type"] == "string_pattern_mismatch"  # pydantic's words are a regular expression
        message = "must have the form that --help tells" if formless else wrong["msg"].removeprefix("Value error, ")
        where = ".".join(map(str, wrong["loc"]))
        parser.error(f"{where}: {message}, not {wrong['input']!r}" if where else message)
    except UserError as error:
        parser.error(str(error))
    if unknown:
        parser.error(f"unknown argument {unknown[0]}")
    return settings


def resumed(output: Path, name: str | None) -> dict[str, Any]:
    """Return the settings of the run to `--resume`: the one of this name, else the only one that is not finished.

    Raises UserError where there is none, or where there are several to choose from.
    """
    begun = sorted(path.parent for path in output.glob(f"{name or '*'}/config.yaml"))
    unfinished = [folder for folder in begun if name or not (folder / FINISHED).is_file()]
    if not unfinished:
        raise UserError(f"nothing to resume in {output / name if name else output}; start without --resume")
    if len(unfinished) > 1:
        raise UserError(f"several runs to resume, say which: --name {' or '.join(path.name for path in unfinished)}")
    return load_yaml(unfinished[0] / "config.yaml") | {"output": str(output), "name": unfinished[0].name}


def as_yaml(settings: Settings) -> str:
    """Return the settings as a file that `--config` reads back to equal settings."""
    return yaml.safe_dump(dataclasses.asdict(settings), sort_keys=False)


def load_yaml(path: Path) -> dict[str, Any]:
    """Return a file's settings. Raises UserError if it is missing, not YAML, or names an unknown setting."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{path} is no YAML: {' '.join(str(error).split())}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise UserError(f"{path} must hold lines of `setting: value`")
    known = {field.name for field in dataclasses.fields(Settings)}
    if unknown := [str(key) for key in values if key not in known]:
        raise UserError(f"{path}: unknown setting {', '.join(unknown)}")
    return values
