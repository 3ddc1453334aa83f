"""`python -m vlm3_dataset STAGE`: from a shelf of scans and a forum's archive to a dataset."""

import argparse
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from vlm3_dataset.arguments import OneLineParser, dollars, fail, price, seconds
from vlm3_dataset.claude.client import OWN_KEY, has_key
from vlm3_dataset.endings import ending
from vlm3_dataset.errors import UserError

if TYPE_CHECKING:
    from vlm3_dataset.claude.forecast import Forecast
    from vlm3_dataset.claude.prices import Model
    from vlm3_dataset.claude.sending import How

Result = TypeVar("Result")
PROG = "python -m vlm3_dataset"
STAGES = ("inventory", "prepare", "classify", "generate", "filter", "emit")
# Commands with options of their own.
OF_THEIR_OWN = {"review": "vlm3_dataset.commands.review", "publish": "vlm3_dataset.commands.publish"}
DATA_SRC = Path("data_src")  # the shelf that nobody named: it may be missing where there is an archive
FROM = {"all": "inventory", "quick": "classify", "regen-qa": "generate", "refilter": "filter"}


def main(argv: list[str] | None = None) -> None:
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] and argv[0] in OF_THEIR_OWN:
        import_module(OF_THEIR_OWN[argv[0]]).main(argv[1:])
        return
    options = parser().parse_args(argv)
    if options.stage == "status":
        from vlm3_dataset.status import summary

        show = partial(summary, options.work, options.output, model(options))
        print(_in_one_line("status", options, show))  # this is what was asked for
        return
    run(_stages(options.stage), options)


def parser() -> argparse.ArgumentParser:
    made = OneLineParser(
        prog=PROG,
        description=__doc__,
        epilog="review and publish ORG/NAME have options of their own: see review --help, publish --help",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    made.add_argument(
        "stage",
        choices=(*FROM, *STAGES, "status"),
        help="one stage; or all, quick (skips inventory and prepare), regen-qa (from generate), refilter (from filter)",
    )
    made.add_argument("--data-src", type=Path, default=DATA_SRC, help="the shelf: scans, PDFs, HTML pages")
    made.add_argument("--archive", type=Path, default=Path("forum_archive"), help="what e30crawl wrote, if anything")
    made.add_argument("--posts", type=Path, metavar="FILE", help="posts that others exported, a JSON object a line")
    made.add_argument(
        "--forums", metavar="GLOB", action="append", default=[], help="threads of these forums, by title; repeatable"
    )
    made.add_argument(
        "--min-score", metavar="S", type=float, default=0.0, help="threads that score at least this, 0 to 1"
    )
    made.add_argument("--work", type=Path, default=Path("work"), help="intermediate files, and the answers paid for")
    made.add_argument("--passwords", type=Path, metavar="FILE", help="passwords of locked PDFs, one a line")
    made.add_argument(
        "--page-seconds", metavar="S", type=seconds, default=60.0, help="CPU time that prepare may spend on one page"
    )
    made.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="who reads, grounds and embeds: this machine, or Ray, on the cluster of RAY_ADDRESS or else here",
    )
    made.add_argument("--output", type=Path, default=Path("training_data"), help="the finished dataset")
    made.add_argument("--shrink", action="store_true", help="emit also where a fifth of the pairs there would be lost")
    made.add_argument(
        "--labeler",
        choices=("auto", "rules", "imported", "claude"),
        default="auto",
        help="auto is claude where ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL is set, else rules;"
        " imported takes the pairs of --pairs",
    )
    made.add_argument("--pairs", type=Path, metavar="FILE", help="JSONL of pairs that exist, for --labeler imported")
    made.add_argument("--only", metavar="GLOB", default="", help="pages of these sources or ids: '21 - Clutch/*'")
    made.add_argument("--sample", metavar="N", type=count, help="so many of them, from all over the shelf")
    made.add_argument(
        "--limit", metavar="N", type=count, help="the first so many of them, and the best so many threads"
    )
    made.add_argument(
        "--html",
        choices=("picture", "text", "both"),
        default="picture",
        help="what an HTML page of the shelf is told by: its picture, rows of text without one, or both",
    )
    split = made.add_mutually_exclusive_group()
    split.add_argument(
        "--val-share",
        metavar="SHARE",
        type=share,
        help="pairs that validate, as 0.1, also where old groups must change sides for that; by default 0.05 to 0.15",
    )
    split.add_argument(
        "--val",
        metavar="GLOB",
        action="append",
        default=[],
        help="pages that validate, by file, folder or id, with their neighbours and likes, and no others; repeatable",
    )
    made.add_argument(
        "--embedding-model", default="sentence-transformers/all-MiniLM-L6-v2", help="sentence vectors for duplicates"
    )
    _add_claude(made.add_argument_group("Claude"))
    return made


def _add_claude(made: argparse._ArgumentGroup) -> None:
    """Who is asked, how, and for how much."""
    made.add_argument("--model", default="claude-haiku-5-5", help="which Claude labels")
    made.add_argument(
        "--second-reader",
        choices=("auto", "all", "doubtful", "none"),
        default="auto",
        help="what a second model reads again, not seeing the answer: doubtful is what the page's text does not verify,"
        " all also every answer with a number, a name, a colour, a side or an order; auto is all where Claude labels",
    )
    made.add_argument(
        "--second-model",
        metavar="MODEL",
        default="auto",
        help="who reads again; auto is claude-haiku-5-5, or the labeler itself if it is a model of your own",
    )
    made.add_argument(
        "--second-reader-url",
        metavar="URL",
        help="where that MODEL answers, if not at Claude's: http://host:8000/v1 for chat completions (vLLM, llama.cpp),"
        f" http://host:8000 for /v1/messages; its key stands in {OWN_KEY}",
    )
    made.add_argument(
        "--second-reader-price", metavar="IN,OUT", type=price, default="0,0", help="dollars per million tokens there"
    )
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
    """Runs the stages in order."""
    from vlm3_dataset import build, files
    from vlm3_dataset.claude.budget import Budget
    from vlm3_dataset.selection import PageSelection
    from vlm3_dataset.threads import ThreadSelection

    if options.data_src is not DATA_SRC and not options.data_src.is_dir():
        fail(PROG, f"there is no folder {options.data_src}/; mend --data-src (DATA_SRC of make), or leave it out", 2)
    if (options.labeler == "imported") != (options.pairs is not None):
        fail(PROG, "--labeler imported and --pairs FILE belong together: name both, or neither", 2)
    if options.engine == "ray":  # its workers stand in folders of their own
        for name in ("data_src", "archive", "posts", "work", "output"):
            setattr(options, name, (place := getattr(options, name)) and place.absolute())
    labeler = _labeler(options)
    if labeler == "claude" and not (has_key() or options.dry_run):
        fail(PROG, "no key: set ANTHROPIC_API_KEY, or use --labeler rules")
    job = build.Job(
        data_src=options.data_src,
        archive=options.archive,
        work=options.work,
        output=options.output,
        passwords=options.passwords,
        labeler=labeler,
        pairs=options.pairs,
        model=model(options) if labeler == "claude" else None,
        second_reader=_second_reader(options, labeler),
        again="doubtful" if options.second_reader == "doubtful" else "all",
        budget=Budget(options.max_usd),
        send=_how(options.send),
        confirm_cost=partial(_confirm_cost, options),
        embedding_model=options.embedding_model,
        selection=PageSelection(options.only, options.sample, options.limit),
        posts=options.posts,
        threads=ThreadSelection(tuple(options.forums), options.min_score, options.limit),
        page_seconds=options.page_seconds,
        engine=options.engine,
        html=options.html,
        val_share=options.val_share,
        val=tuple(options.val),
        may_shrink=partial(_may_shrink, options),
    )
    for folder in (job.work, job.output):
        files.sweep(folder)
    pages = _in_one_line(stages[0], options, partial(build.begin, job, stages[0]))
    for stage in stages:
        pages, summary = _in_one_line(stage, options, partial(build.STEPS[stage], job, pages))
        print(f"{stage}: {summary}", flush=True)
    print(ending(stages[-1], job.work, job.output), flush=True)


def _in_one_line(stage: str, options: argparse.Namespace, work: Callable[[], Result]) -> Result:
    """What the work returns; what its user can mend ends the program with one line.

    It is told once the error is forgotten: its frames hold the progress bars, which end their line as they go.
    """
    try:
        return work()
    except UserError as error:
        lines, said, code = error.lines, str(error), error.code
    except (OSError, sqlite3.Error, json.JSONDecodeError) as error:
        lines, said, code = (), f"a file of {options.work}/ or {options.output}/ cannot be used: {error}", 1
    for line in lines:
        print(f"{stage}: {line}")
    return fail(PROG, f"{stage}: {said}", code)


def model(options: argparse.Namespace, name: str = "") -> "Model":
    """Who labels, or whom `name` says. A server of one's own is taken to know no schema, unless its owner says so."""
    from vlm3_dataset.claude.prices import NoPrice, named

    has_schema = not os.environ.get("ANTHROPIC_BASE_URL") if options.schema == "auto" else options.schema == "yes"
    try:
        price = options.price if name in {"", options.model} else None
        return named(name or options.model, price, has_schema=has_schema)
    except NoPrice as error:
        fail(PROG, str(error))


def _stages(name: str) -> list[str]:
    return list(STAGES[STAGES.index(FROM[name]) :]) if name in FROM else [name]


def _labeler(options: argparse.Namespace) -> str:
    if options.labeler != "auto":
        return options.labeler
    return "claude" if has_key() or options.dry_run else "rules"


def _second_reader(options: argparse.Namespace, labeler: str) -> "Model | None":
    """By default the cheapest Claude where Claude labels; a model of one's own reads again itself."""
    from vlm3_dataset.claude.prices import CHEAPEST, known

    if options.second_reader_url and options.second_reader != "none":
        return _own_reader(options)
    if options.second_reader == "none" or (options.second_reader == "auto" and labeler != "claude"):
        return None
    if not (has_key() or options.dry_run):
        fail(PROG, "no key for the second reader: set ANTHROPIC_API_KEY, or use --second-reader none")
    if options.second_model != "auto":
        return model(options, options.second_model)
    return model(options, CHEAPEST if known(options.model) else options.model)


def _own_reader(options: argparse.Namespace) -> "Model":
    """A model behind an address, which is asked for JSON in words."""
    from vlm3_dataset.claude.prices import Model

    address = urlsplit(options.second_reader_url)
    if options.second_model == "auto":
        fail(PROG, "--second-reader-url wants the model's name there: --second-model MODEL", 2)
    if address.scheme not in {"http", "https"} or not address.hostname or address.username or address.query:
        fail(PROG, f"--second-reader-url takes http(s)://host[/v1] without password; a key goes into {OWN_KEY}", 2)
    return Model(
        options.second_model, options.second_reader_price, has_schema=False, base_url=options.second_reader_url
    )


def _how(asked: str) -> "How | None":
    """A server of one's own speaks /v1/messages, and knows no batches."""
    if asked == "auto":
        return "live" if os.environ.get("ANTHROPIC_BASE_URL") else None
    return asked


def _confirm_cost(options: argparse.Namespace, who: str, forecast: "Forecast") -> bool:
    from vlm3_dataset.claude.prices import money

    print(f"{who}: {forecast}; this run stops at {money(options.max_usd)}", flush=True)
    if options.dry_run:
        raise SystemExit(0)
    if options.yes or not forecast.requests:  # what is only to be fetched was agreed to when it was sent
        return True
    if not sys.stdin.isatty():
        fail(PROG, f"{who}: nothing was sent; say --yes where nobody can be asked")
    return input("Send? [y/N] ").strip().lower() in {"y", "yes"}


def share(text: str) -> float:
    value = float(text)
    if not 0 < value <= 0.5:
        raise argparse.ArgumentTypeError("must be more than 0 and at most 0.5")
    return value


def _may_shrink(options: argparse.Namespace, loss: str) -> bool:
    """Asks where somebody is there to be asked."""
    if options.shrink or not sys.stdin.isatty():
        return options.shrink
    return input(f"emit: {loss}. Go on? [y/N] ").strip().lower() in {"y", "yes"}


def count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


if __name__ == "__main__":
    main()
