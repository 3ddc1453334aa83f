"""Define the command line of the stages: the folders, the part of the shelf, the labeler and the budget."""

import argparse
from pathlib import Path

from vlm3_dataset.arguments import OneLineParser, count, dollars, price, seconds, share
from vlm3_dataset.claude.client import OWN_KEY
from vlm3_dataset.endings import PROG, STAGES

DATA_SRC = Path("data_src")  # the default shelf; it may be missing where there is an archive
FROM = {"all": "inventory", "quick": "classify", "regen-qa": "generate", "refilter": "filter"}
# Commands with options of their own, and where they are.
OF_THEIR_OWN = {"review": "vlm3_dataset.commands.review", "publish": "vlm3_dataset.commands.publish"}


def parser() -> argparse.ArgumentParser:
    made = OneLineParser(
        prog=PROG,
        description="From a shelf of scans and a forum's archive to a dataset.",
        epilog="review and publish ORG/NAME have options of their own: see review --help, publish --help",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    made.add_argument(
        "stage",
        choices=(*FROM, *STAGES, "status", *OF_THEIR_OWN),
        help="one stage; or all, quick (skips inventory and prepare), regen-qa (from generate), refilter (from filter);"
        " status shows what is done and to do",
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
    made.add_argument("--json", action="store_true", help="with status: for scripts")
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
    """Add the options about the model, how it is asked, and the budget."""
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
