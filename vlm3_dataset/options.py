"""Define the command line of the stages: the folders, the part of the shelf, the labeler and the budget."""

import argparse
from pathlib import Path

from vlm3_dataset.arguments import Defaults, OneLineParser, add_budget, count, price, seconds, share
from vlm3_dataset.claude.client import OWN_KEY
from vlm3_dataset.endings import PROG, STAGES

DATA_SRC = Path("data_src")  # the default shelf; it may be missing where there is an archive
ARCHIVE = Path("forum_archive")  # the default archive; it may be missing where there is a shelf
SECOND_PRICE = "--second-reader-price"
FROM = {"all": "inventory", "quick": "classify", "regen-qa": "generate", "refilter": "filter"}
# Commands with options of their own, and where they are.
OF_THEIR_OWN = {"review": "vlm3_dataset.commands.review", "publish": "vlm3_dataset.commands.publish"}


def parser() -> argparse.ArgumentParser:
    command_line = OneLineParser(
        prog=PROG,
        description="Turn a shelf of scans and a forum's archive into a dataset of questions and answers.",
        epilog="review and publish have options of their own, and stand first: vlm3 review --help, vlm3 publish --help",
        formatter_class=Defaults,
    )
    command_line.add_argument(
        "stage",
        choices=(*FROM, *STAGES, "status", *OF_THEIR_OWN),
        help="one stage, or several: all goes from inventory to emit, quick from classify, regen-qa from generate,"
        " refilter from filter; status shows what is done and what is to do",
    )
    _add_sources(command_line.add_argument_group("what is read"))
    _add_choice(command_line.add_argument_group("which part of it"))
    _add_results(command_line.add_argument_group("what is written"))
    _add_labels(command_line.add_argument_group("who asks, and at what price"))
    _add_second_reader(command_line.add_argument_group("the second reader, for pairs that Claude has made"))
    return command_line


def _add_sources(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--data-src", type=Path, metavar="FOLDER", default=DATA_SRC, help="the shelf: scans, PDFs, HTML pages"
    )
    group.add_argument(
        "--archive",
        type=Path,
        metavar="FOLDER",
        default=ARCHIVE,
        help="folder of the boards that e30crawl has archived; this one need not exist",
    )
    group.add_argument(
        "--posts", type=Path, metavar="FILE", help="posts that another program exported, one JSON object a line"
    )
    group.add_argument("--passwords", type=Path, metavar="FILE", help="passwords of locked PDFs, one a line")
    group.add_argument(
        "--html",
        choices=("picture", "text", "both"),
        default="picture",
        help="what becomes of an HTML page of the shelf: a picture, rows of text without one, or both",
    )


def _add_choice(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--only", metavar="GLOB", default="", help="only pages of these files or ids: '21 - Clutch/*'")
    group.add_argument("--sample", metavar="N", type=count, help="only N of these pages, spread over the shelf")
    group.add_argument(
        "--limit", metavar="N", type=count, help="only the first N of these pages, and the N threads that score best"
    )
    group.add_argument(
        "--forums",
        metavar="GLOB",
        action="append",
        default=[],
        help="only threads of forums with this title: 'no start*'; repeatable",
    )
    group.add_argument(
        "--min-score", metavar="S", type=float, default=0.0, help="only threads that score at least S, from 0 to 1"
    )


def _add_results(group: argparse._ArgumentGroup) -> None:
    """Add the folders that are written, how the work is done, and how the dataset is split."""
    group.add_argument(
        "--work",
        type=Path,
        metavar="FOLDER",
        default=Path("work"),
        help="intermediate files, and the answers that were paid for",
    )
    group.add_argument(
        "--output", type=Path, metavar="FOLDER", default=Path("training_data"), help="the finished dataset"
    )
    group.add_argument(
        "--shrink",
        action="store_true",
        help="let emit replace the dataset in --output although more than a fifth of its pairs would be lost",
    )
    split = group.add_mutually_exclusive_group()
    split.add_argument(
        "--val-share",
        metavar="SHARE",
        type=share,
        help="share of the pairs for validation, as 0.1, even if pages of an earlier dataset must change sides;"
        " without it anything from 0.05 to 0.15 will do",
    )
    split.add_argument(
        "--val",
        metavar="GLOB",
        action="append",
        default=[],
        help="pages for validation, by file, folder or id; their neighbours and pages like them come along; repeatable",
    )
    group.add_argument(
        "--embedding-model",
        metavar="MODEL",
        default="sentence-transformers/all-MiniLM-L6-v2",
        help="model whose sentence vectors find questions that are asked twice",
    )
    group.add_argument(
        "--page-seconds", metavar="S", type=seconds, default=60.0, help="CPU time that prepare may spend on one page"
    )
    group.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="where the work is done: on this machine, or by Ray, on the cluster of RAY_ADDRESS or on one started here",
    )
    group.add_argument("--json", action="store_true", help="print status as JSON, for scripts")


def _add_labels(group: argparse._ArgumentGroup) -> None:
    """Add who makes the pairs, how a model is asked, and the budget."""
    group.add_argument(
        "--labeler",
        choices=("auto", "rules", "imported", "claude"),
        default="auto",
        help="rules asks what a page prints; imported takes the pairs of --pairs; auto is claude where"
        " ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL is set, and rules otherwise",
    )
    group.add_argument("--pairs", type=Path, metavar="FILE", help="JSONL of existing pairs, for --labeler imported")
    group.add_argument("--model", default="claude-haiku-5-5", help="the Claude model that labels")
    group.add_argument(
        "--dry-run", action="store_true", help="print what asking would cost; send nothing, and write no dataset"
    )
    group.add_argument("--yes", action="store_true", help="agree to the price beforehand; it is printed all the same")
    add_budget(group, "the most that this run may spend")
    group.add_argument(
        "--schema",
        choices=("auto", "yes", "no"),
        default="auto",
        help="whether the server can hold its answers to a JSON schema; auto is no where ANTHROPIC_BASE_URL is set",
    )


def _add_second_reader(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--second-reader",
        choices=("auto", "all", "doubtful", "none"),
        default="auto",
        help="which pairs a second model looks at: it answers those of pages again without seeing the first answer, and"
        " checks those of threads against their posts; doubtful are those that the page's text does not verify, and of"
        " threads those that rest on one owner or are disputed; all has also every answer with a number, a name, a"
        " colour, a side or an order, and of threads all; auto is all where Claude labels",
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
        help="server of the second model, if it is not Claude: http://host:8000/v1 for chat completions (vLLM,"
        f" llama.cpp), http://host:8000 for /v1/messages; its key is in {OWN_KEY}",
    )
    group.add_argument(
        SECOND_PRICE,
        metavar="IN,OUT",
        type=price,
        help="dollars per million tokens of the second model, if its price is not known here; a server of"
        " --second-reader-url costs nothing without it",
    )
