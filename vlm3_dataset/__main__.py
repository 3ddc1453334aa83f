"""`python -m vlm3_dataset STAGE`: from a shelf of scans and a forum's archive to a data set."""

import argparse
import json
import os
import sqlite3
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vlm3_dataset.arguments import OneLineParser, dollars, fail, price
from vlm3_dataset.labels.client import has_key

if TYPE_CHECKING:
    from vlm3_dataset.labels.forecast import Forecast
    from vlm3_dataset.labels.models import Model
    from vlm3_dataset.labels.sending import How

PROG = "python -m vlm3_dataset"
STAGES = ("inventory", "prepare", "classify", "generate", "filter", "emit")
FROM = {"all": "inventory", "quick": "classify", "regen-qa": "generate", "refilter": "filter"}


def main(argv: list[str] | None = None) -> None:
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["publish"]:  # it has options of its own
        from vlm3_dataset.release.command import main as publish

        publish(argv[1:])
        return
    options = parser().parse_args(argv)
    if options.stage == "status":
        from vlm3_dataset.status import table

        print(table(options.work, options.output, model(options)))  # this is what was asked for
        return
    run(_stages(options.stage), options)


def parser() -> argparse.ArgumentParser:
    made = OneLineParser(
        prog=PROG,
        description=__doc__,
        epilog="publish ORG/NAME has options of its own: see publish --help",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    made.add_argument(
        "stage",
        choices=(*FROM, *STAGES, "status"),
        help="one stage; or all, quick (skips inventory and prepare), regen-qa (from generate), refilter (from filter)",
    )
    made.add_argument("--data-src", type=Path, default=Path("data_src"), help="the shelf: scans, PDFs, HTML pages")
    made.add_argument("--archive", type=Path, default=Path("forum_archive"), help="what e30crawl wrote, if anything")
    made.add_argument("--work", type=Path, default=Path("work"), help="intermediate files, and the answers paid for")
    made.add_argument("--passwords", type=Path, metavar="FILE", help="passwords of locked PDFs, one a line")
    made.add_argument("--output", type=Path, default=Path("training_data"), help="the finished data set")
    made.add_argument(
        "--labeler",
        choices=("auto", "extractive", "claude"),
        default="auto",
        help="auto is claude where ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL is set, else extractive",
    )
    made.add_argument("--only", metavar="GLOB", default="", help="pages of these sources or ids: '21 - Clutch/*'")
    made.add_argument("--sample", metavar="N", type=count, help="so many of them, from all over the shelf")
    made.add_argument("--limit", metavar="N", type=count, help="the first so many of them")
    made.add_argument(
        "--embedding-model", default="sentence-transformers/all-MiniLM-L6-v2", help="sentence vectors for duplicates"
    )
    _add_claude(made.add_argument_group("Claude"))
    return made


def _add_claude(made: argparse._ArgumentGroup) -> None:
    """Who is asked, how, and for how much."""
    made.add_argument("--model", default="claude-haiku-5-5", help="which Claude labels")
    made.add_argument(
        "--price",
        metavar="IN,OUT",
        type=price,
        help="dollars per million tokens of a model that the table does not have",
    )
    made.add_argument(
        "--schema",
        choices=("auto", "yes", "no"),
        default="auto",
        help="whether the server holds answers to a JSON schema; auto is no where ANTHROPIC_BASE_URL is set",
    )
    made.add_argument(
        "--max-usd", metavar="DOLLARS", type=dollars, default=5.0, help="the most this run may spend on Claude"
    )
    made.add_argument(
        "--send",
        choices=("auto", "live", "batch"),
        default="auto",
        help="batch is half the price and may take an hour; auto is batch for more than 20 requests to Claude itself",
    )
    made.add_argument("--dry-run", action="store_true", help="print what asking would cost, and send nothing")
    made.add_argument("--yes", action="store_true", help="send without asking; the forecast is printed all the same")


def run(stages: list[str], options: argparse.Namespace) -> None:
    """Runs the stages in order; what their user can mend ends the program with one line."""
    from vlm3_dataset import files, pipeline
    from vlm3_dataset.choice import Choice
    from vlm3_dataset.errors import Mendable

    labeler = _labeler(options.labeler)
    if labeler == "claude" and not has_key():
        fail(PROG, "no key: set ANTHROPIC_API_KEY, or use --labeler extractive")
    job = pipeline.Job(
        data_src=options.data_src,
        archive=options.archive,
        work=options.work,
        output=options.output,
        passwords=options.passwords,
        labeler=labeler,
        model=model(options) if labeler == "claude" else None,
        max_usd=options.max_usd,
        send=_how(options.send),
        agree=partial(_agree, options),
        embedding_model=options.embedding_model,
        choice=Choice(options.only, options.sample, options.limit),
    )
    for folder in (job.work, job.output):
        files.sweep(folder)
    for stage in stages:
        try:
            summary = pipeline.STAGES[stage](job)
        except pipeline.Unfinished as unfinished:
            for line in unfinished.lines:
                print(f"{stage}: {line}")
            fail(PROG, f"{stage}: {unfinished}")
        except Mendable as error:
            fail(PROG, f"{stage}: {error}")
        except (OSError, sqlite3.Error, json.JSONDecodeError) as error:
            fail(PROG, f"{stage}: a file of {job.work}/ or {job.output}/ cannot be used: {error}")
        print(f"{stage}: {summary}", flush=True)


def model(options: argparse.Namespace) -> "Model":
    """Who is asked; a server of one's own is taken to know no schema, unless its owner says that it does."""
    from vlm3_dataset.labels.models import NoPrice, named

    has_schema = not os.environ.get("ANTHROPIC_BASE_URL") if options.schema == "auto" else options.schema == "yes"
    try:
        return named(options.model, options.price, has_schema=has_schema)
    except NoPrice as error:
        fail(PROG, str(error))


def _stages(name: str) -> list[str]:
    return list(STAGES[STAGES.index(FROM[name]) :]) if name in FROM else [name]


def _labeler(asked: str) -> str:
    if asked != "auto":
        return asked
    return "claude" if has_key() else "extractive"


def _how(asked: str) -> "How | None":
    """A server of one's own speaks /v1/messages, and knows no batches."""
    if asked == "auto":
        return "live" if os.environ.get("ANTHROPIC_BASE_URL") else None
    return asked


def _agree(options: argparse.Namespace, forecast: "Forecast") -> bool:
    print(f"generate: {forecast}; this run stops at ${options.max_usd:.2f}", flush=True)
    if options.dry_run:
        raise SystemExit(0)
    if options.yes:
        return True
    if not sys.stdin.isatty():
        fail(PROG, "generate: nothing was sent; say --yes where nobody can be asked")
    return input("Send? [y/N] ").strip().lower() in {"y", "yes"}


def count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


if __name__ == "__main__":
    main()
