"""Define the command line of the stages: the folders, the part of the shelf, the labeler and the budget."""

import argparse
from pathlib import Path

from vlm3_dataset.arguments import Defaults, OneLineParser, count, dollars, price, seconds, share
from vlm3_dataset.claude.client import OWN_KEY
from vlm3_dataset.endings import PROG, STAGES

DATA_SRC = Path("data_src")  # the default shelf; it may be missing where there is an archive
FROM = {"all": "inventory", "quick": "classify", "regen-qa": "generate", "refilter": "filter"}
# Commands with options of their own, and where they are.
OF_THEIR_OWN = {"review": "vlm3_dataset.commands.review", "publish": "vlm3_dataset.commands.publish"}


def parser() -> argparse.ArgumentParser:
    command_line = OneLineParser(
        prog=PROG,
        description="From a shelf of scans and a forum's archive to a dataset.",
        epilog="review and publish ORG/NAME have options of their own: see review --help, publish --help",
        formatter_class=Defaults,
    )
    command_line.add_argument(
        "stage",
        choices=(*FROM, *STAGES, "status", *OF_THEIR_OWN),
        help="one stage; or all, quick (skips inventory and prepare), regen-qa (from generate), refilter (from filter);"
        " status shows what is done and to do",
    )
    command_line.add_argument("--data-src", type=Path, default=DATA_SRC, help="the shelf: scans, PDFs, HTML pages")
    command_line.add_argument(
        "--archive", type=Path, default=Path("forum_archive"), help="folder of e30crawl's boards; it need not exist"
    )
    command_line.add_argument(
        "--posts", type=Path, metavar="FILE", help="posts that another program exported, one JSON object a line"
    )
    command_line.add_argument(
        "--forums", metavar="GLOB", action="append", default=[], help="threads of these forums, by title; repeatable"
    )
    command_line.add_argument(
        "--min-score", metavar="S", type=float, default=0.0, help="threads that score at least this, 0 to 1"
    )
    command_line.add_argument(
        "--work", type=Path, default=Path("work"), help="intermediate files, and the answers paid for"
    )
    command_line.add_argument("--passwords", type=Path, metavar="FILE", help="passwords of locked PDFs, one a line")
    command_line.add_argument(
        "--page-seconds", metavar="S", type=seconds, default=60.0, help="CPU time that prepare may spend on one page"
    )
    command_line.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="where the work is done: on this machine, or by Ray, on the cluster of RAY_ADDRESS or on one started here",
    )
    command_line.add_argument("--output", type=Path, default=Path("training_data"), help="the finished dataset")
    command_line.add_argument(
        "--shrink", action="store_true", help="let emit write although a fifth of the pairs in --output would be lost"
    )
    command_line.add_argument(
        "--labeler",
        choices=("auto", "rules", "imported", "claude"),
        default="auto",
        help="auto is claude where ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL is set, else rules;"
        " imported takes the pairs of --pairs",
    )
    command_line.add_argument(
        "--pairs", type=Path, metavar="FILE", help="JSONL of existing pairs, for --labeler imported"
    )
    command_line.add_argument(
        "--only", metavar="GLOB", default="", help="only pages of these files or ids: '21 - Clutch/*'"
    )
    command_line.add_argument("--sample", metavar="N", type=count, help="only N of these pages, spread over the shelf")
    command_line.add_argument(
        "--limit", metavar="N", type=count, help="only the first N of these pages, and the best N threads"
    )
    command_line.add_argument(
        "--html",
        choices=("picture", "text", "both"),
        default="picture",
        help="what an HTML page of the shelf becomes: a picture, rows of text without one, or both",
    )
    command_line.add_argument("--json", action="store_true", help="status as JSON, for scripts")
    split = command_line.add_mutually_exclusive_group()
    split.add_argument(
        "--val-share",
        metavar="SHARE",
        type=share,
        help="share of the pairs for validation, as 0.1, even if old groups must change sides; by default 0.05 to 0.15",
    )
    split.add_argument(
        "--val",
        metavar="GLOB",
        action="append",
        default=[],
        help="pages for validation, by file, folder or id, with their neighbours and pages like them; repeatable",
    )
    command_line.add_argument(
        "--embedding-model",
        default="sentence-transformers/all-MiniLM-L6-v2",
        help="model whose sentence vectors find duplicates",
    )
    _add_claude(command_line.add_argument_group("Claude"))
    return command_line


def _add_claude(group: argparse._ArgumentGroup) -> None:
    """Add the options about the model, how it is asked, and the budget."""
    group.add_argument("--model", default="claude-haiku-5-5", help="the Claude model that labels")
    group.add_argument(
        "--second-reader",
        choices=("auto", "all", "doubtful", "none"),
        default="auto",
        help="which pairs a second model answers again without seeing the first answer: doubtful are those that the"
        " page's text does not verify; all has also every answer with a number, a name, a colour, a side or an order;"
        " auto is all where Claude labels",
    )
    group.add_argument(
        "--second-model",
        metavar="MODEL",
        default="auto",
        help="the second model; auto is claude-haiku-5-5, or the labeler itself if it is a model of your own",
    )
    group.add_argument(
        "--second-reader-url",
        metavar="URL",
        help="server of that MODEL, if it is not Claude: http://host:8000/v1 for chat completions (vLLM, llama.cpp),"
        f" http://host:8000 for /v1/messages; its key is in {OWN_KEY}",
    )
    group.add_argument(
        "--second-reader-price",
        metavar="IN,OUT",
        type=price,
        default="0,0",
        help="dollars per million tokens of that server",
    )
    group.add_argument(
        "--price",
        metavar="IN,OUT",
        type=price,
        help="dollars per million tokens of a model that the table does not have",
    )
    group.add_argument(
        "--schema",
        choices=("auto", "yes", "no"),
        default="auto",
        help="whether the server holds answers to a JSON schema; auto is no where ANTHROPIC_BASE_URL is set",
    )
    group.add_argument(
        "--max-usd", metavar="DOLLARS", type=dollars, default=5.0, help="the most this run may spend on Claude"
    )
    group.add_argument(
        "--send",
        choices=("auto", "live", "batch"),
        default="auto",
        help="batch is half the price and may take an hour; auto is batch for more than 20 requests to Claude itself",
    )
    group.add_argument("--dry-run", action="store_true", help="print what asking would cost, and send nothing")
    group.add_argument("--yes", action="store_true", help="send without asking; the forecast is printed all the same")
