"""Run the command line of vlm3-evaluate: does the tuned model read the page, and how sure are we."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.rows import SPLITS, DataError
from vlm3_dataset.arguments import OneLineParser, add_budget, fail
from vlm3_dataset.commands.review import name, port
from vlm3_dataset.errors import Misused, UserError

if TYPE_CHECKING:
    from evaluation.judge.judging import Judge
    from evaluation.run import ModelNames, RunOptions

PROG = "vlm3-evaluate"


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(argv)
    from evaluation.judge.judging import JudgeError
    from evaluation.models.answers import StoreError
    from evaluation.models.endpoint import EndpointError
    from evaluation.models.weights import ModelError

    if options.endpoint and options.adapter:
        parser.error("--adapter needs the weights; an endpoint serves an adapter under a name of its own")
    if not options.run:  # the name of the adapter's training run, else of the model
        named = Path(options.adapter or getattr(options, "tuned", None) or options.model)
        named = named.resolve().parent if named.name in {"adapter", "merged"} else named
        options.run = Path("eval_runs", named.name)
    try:
        return options.command(options)
    except (DataError, EndpointError, ModelError, StoreError, JudgeError, UserError, OSError) as error:
        fail(PROG, str(error), getattr(error, "code", 1))
    except KeyboardInterrupt:
        fail(PROG, f"stopped; the same command goes on from {options.run}")


def _answer(options: argparse.Namespace) -> int:
    from evaluation.run import answer

    answers = answer(_run_options(options), _model_names(options, options.model))
    failed = [one for one in answers if one.error]
    sys.stdout.write(f"{len(answers) - len(failed)} answers in {options.run / 'answers.jsonl'}\n")
    if failed:
        first = f"{failed[0].question}: {failed[0].error}"
        fail(PROG, f"{len(failed)} of {len(answers)} questions have no answer ({first}); run again to ask them again")
    return 0


def _run(options: argparse.Namespace) -> int:
    from evaluation.run import run

    who = _model_names(options, options.tuned, options.baseline)
    figures = run(_run_options(options), who, seed=options.seed, judge=_judge(options))
    sys.stdout.write("".join(f"{sentence}\n" for sentence in figures["conclusions"]))
    sys.stdout.write(f"report: {options.run / 'report.html'}\n")
    return 0 if figures["valid"] else 1


def _agree(options: argparse.Namespace) -> int:
    from evaluation.judge import agreement, page
    from evaluation.pages import find_pages
    from vlm3_dataset.review.serving import serve

    every = agreement.load(options.run)
    pages = find_pages(options.data, options.work)
    items = [item for item in agreement.draw(every) if not item.image or item.page_id in pages]
    if not items:
        raise Misused(f"no page of the answers is in {options.data} or {options.work}; name them with --data, --work")
    person = options.person or name()
    told = f"{len({(item.id, item.side) for item in items})} answers, as {person}; Ctrl-C ends it"
    with suppress(KeyboardInterrupt):  # the normal way to end: every verdict is on the disk
        serve(lambda token: page.make(options.run, items, pages, person, token), options.port, told)
    for metric, found in agreement.by_metric(options.run, every).items():
        low, high = found.interval.low, found.interval.high
        sys.stdout.write(
            f"{metric}: judge and person agree on {found.share:.0%} of the run's answers, kappa {found.kappa:.2f}"
            f" ({low:.2f} to {high:.2f}), by {found.n} on {found.pages} pages; the next report of this run shows it\n"
        )
    return 0


def _run_options(options: argparse.Namespace) -> "RunOptions":
    from evaluation.run import RunOptions

    return RunOptions(options.data, options.work, options.split, options.limit, options.run, options.batch)


def _model_names(options: argparse.Namespace, tuned: str, baseline: str = "") -> "ModelNames":
    from evaluation.models.answers import Settings
    from evaluation.run import ModelNames

    settings = Settings(max_new_tokens=options.max_new_tokens, dtype=options.dtype)
    return ModelNames(tuned, options.adapter, options.endpoint, settings, baseline)


def _parser() -> OneLineParser:
    parser = OneLineParser(PROG, description="Does the tuned model read the page, and how sure are we?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="name")

    run = _add_run(commands)
    answer = commands.add_parser(
        "answer", help="only ask one model, and store its answers for a later run in the same folder"
    )
    answer.add_argument("--model", required=True, metavar="MODEL", help="folder or hub name of the model")
    answer.add_argument("--adapter", metavar="DIR", help="folder of an adapter for it")
    answer.set_defaults(command=_answer)

    agree = commands.add_parser(
        "agree", help="judge thirty answers yourself, to learn how far the judge can be believed"
    )
    agree.add_argument("--run", type=Path, required=True, metavar="DIR", help="folder of a run that was judged")
    agree.add_argument("--person", metavar="NAME", help="who judges (default: your name in git)")
    agree.add_argument(
        "--port", type=port, default=0, help="port of the page on loopback; 0, the default, takes one that is free"
    )
    agree.set_defaults(command=_agree, endpoint=None, adapter=None)
    _add_pages(agree)

    for command in (run, answer):
        _add_common(command)
    return parser


def _add_run(commands: "argparse._SubParsersAction[OneLineParser]") -> OneLineParser:
    """Add the command that compares two models, with the options about the judge of prose and its budget."""
    run = commands.add_parser(
        "run", help="ask the model before and after tuning, score and compare the answers, write the report"
    )
    run.add_argument("--baseline", required=True, metavar="MODEL", help="folder or hub name of the model before tuning")
    run.add_argument(
        "--tuned",
        required=True,
        metavar="MODEL",
        help="the same model if --adapter is given, or a folder into which the adapter was merged",
    )
    run.add_argument(
        "--adapter",
        metavar="DIR",
        help="folder of the adapter that tuning made, runs/NAME/adapter; it is laid on --tuned",
    )
    run.add_argument(
        "--seed",
        type=_whole_number,
        default=0,
        help="seed of the random flips behind the p-values (default 0)",
    )
    run.set_defaults(command=_run)
    group = run.add_argument_group("the judge")
    group.add_argument(
        "--judge",
        choices=("none", "claude", "replay"),
        default="none",
        help="who judges prose: claude, also for --judge-url, or replay, which uses stored replies only (default none)",
    )
    group.add_argument(
        "--judge-model", default="claude-sonnet-5-5", metavar="NAME", help="model that judges (default %(default)s)"
    )
    group.add_argument("--judge-url", metavar="URL", help="server of your own that answers /v1/messages")
    group.add_argument(
        "--judge-cache", type=Path, metavar="DIR", help="folder that keeps every reply (default RUN/judge)"
    )
    add_budget(group, "the most that judging may cost (default %(default)s)")
    return run


def _add_pages(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data",
        type=Path,
        default=Path("training_data"),
        metavar="FOLDER",
        help="the dataset: folder with vlm_val.jsonl and images/ (default training_data)",
    )
    command.add_argument(
        "--work",
        type=Path,
        default=Path("work"),
        metavar="FOLDER",
        help="folder in which the dataset was made: it has the pages of the probes, and where numbers stand on a page"
        " (default work)",
    )


def _add_common(command: argparse.ArgumentParser) -> None:
    _add_pages(command)
    command.add_argument(
        "--split",
        choices=SPLITS,
        default="val",
        help="which questions are asked: the validation rows, or our own probes alone (default val)",
    )
    command.add_argument(
        "--limit", type=_positive_number, metavar="N", help="ask only N questions, spread evenly over the split"
    )
    command.add_argument(
        "--run", type=Path, metavar="DIR", help="where answers and results are kept (default eval_runs/NAME)"
    )
    command.add_argument(
        "--endpoint",
        metavar="URL",
        help="ask a server that speaks OpenAI's chat completions, http://host:8000/v1; models are then names there, and"
        " a key is taken from OPENAI_API_KEY",
    )
    command.add_argument(
        "--batch", type=_positive_number, default=8, help="answers generated, or requests sent, at once (default 8)"
    )
    command.add_argument(
        "--max-new-tokens", type=_positive_number, default=256, help="tokens of the longest answer (default 256)"
    )
    command.add_argument(
        "--dtype", choices=("bfloat16", "float32"), default="bfloat16", help="type of the weights (default bfloat16)"
    )


def _judge(options: argparse.Namespace) -> "Judge | None":
    if options.judge == "none":
        return None
    from evaluation.judge.judging import Judge
    from vlm3_dataset.claude.client import has_key
    from vlm3_dataset.claude.prices import named

    own = options.judge_url or os.environ.get("ANTHROPIC_BASE_URL")
    if options.judge == "claude" and not (own or has_key()):
        fail(PROG, "no key for the judge: set ANTHROPIC_API_KEY, or use --judge none", 2)
    how = None if options.send == "auto" else options.send
    return Judge(
        model=named(options.judge_model, options.price, has_schema=options.judge_model.startswith("claude")),
        cache=options.judge_cache or options.run / "judge",
        max_usd=options.max_usd,
        how="live" if own and how is None else how,
        base_url=own,
        replay=options.judge == "replay",
    )


def _positive_number(text: str) -> int:
    number = _whole_number(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _whole_number(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is less than 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
