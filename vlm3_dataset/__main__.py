"""Run one stage of the pipeline, or all of them: `vlm3 STAGE`, which is `python -m vlm3_dataset STAGE`."""

import argparse
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from vlm3_dataset.arguments import fail
from vlm3_dataset.claude.client import OWN_KEY, has_key
from vlm3_dataset.endings import PROG, STAGES, ending
from vlm3_dataset.errors import UserError
from vlm3_dataset.files import alone
from vlm3_dataset.options import ARCHIVE, DATA_SRC, FROM, OF_THEIR_OWN, SECOND_PRICE, parser

if TYPE_CHECKING:
    from datasets import Dataset

    from vlm3_dataset.build import Job
    from vlm3_dataset.claude.budget import Budget
    from vlm3_dataset.claude.forecast import Forecast
    from vlm3_dataset.claude.prices import Model

Result = TypeVar("Result")

STOPPED = 130  # the exit code after Ctrl-C, as shells have it


def main(argv: list[str] | None = None) -> None:
    """Run the command. Ctrl-C ends it with one line, printed after the progress bars have ended theirs."""
    with suppress(KeyboardInterrupt):
        _main(sys.argv[1:] if argv is None else argv)
        return
    fail(PROG, "stopped; the same command goes on from here", STOPPED)


def _main(argv: list[str]) -> None:
    if argv[:1] and argv[0] in OF_THEIR_OWN:
        import_module(OF_THEIR_OWN[argv[0]]).main(argv[1:])
        return
    options = parser().parse_args(argv)
    if options.stage in OF_THEIR_OWN:
        fail(PROG, f"{options.stage} has options of its own and stands first: {PROG} {options.stage} --help", 2)
    if options.json and options.stage != "status":
        fail(PROG, "--json goes with status alone", 2)
    if options.stage == "status":
        from vlm3_dataset.status import as_json, summary

        if not options.work.is_dir():
            fail(PROG, f"status: there is no folder {options.work}/; mend --work (WORK of make)", 2)
        show = partial(summary, options.work, options.output, model(options))
        if options.json:
            show = partial(as_json, options.work, options.output)
        print(_in_one_line("status", options, show))  # the table itself, and not a line about it
        return
    first = FROM.get(options.stage)
    run(STAGES[STAGES.index(first) :] if first else (options.stage,), options)


def run(stages: Sequence[str], options: argparse.Namespace) -> None:
    """Run the stages in order, as the only run in the work folder: two would write over each other."""
    for name, default in (("data_src", DATA_SRC), ("archive", ARCHIVE)):
        if (place := getattr(options, name)) is not default and not place.is_dir():
            option = f"--{name.replace('_', '-')} ({name.upper()} of make)"
            fail(PROG, f"there is no folder {place}/; mend {option}, or leave it out", 2)
    if (options.labeler == "imported") != (options.pairs is not None):
        fail(PROG, "--labeler imported and --pairs FILE belong together: name both, or neither", 2)
    if options.engine == "ray":  # its workers run in folders of their own
        for name in ("data_src", "archive", "posts", "work", "output"):
            setattr(options, name, (place := getattr(options, name)) and place.absolute())
    job = _job(options)
    lock = ExitStack()
    _in_one_line(stages[0], options, lambda: lock.enter_context(alone(job.work / "run.lock", "works in")))
    with lock:
        _run(stages, options, job)


def _run(stages: Sequence[str], options: argparse.Namespace, job: "Job") -> None:
    from vlm3_dataset import build, files

    for folder in (job.work, job.output):
        files.sweep(folder)
    pages = _in_one_line(stages[0], options, partial(build.begin, job, stages[0]))
    for place, stage in enumerate(stages):
        if options.dry_run and _ends_dry(options, job, stages[place:], pages):
            return
        pages, summary = _in_one_line(stage, options, partial(build.STEPS[stage], job, pages))
        print(f"{stage}: {summary}", flush=True)
    print(ending(stages[-1], job.work, job.output), flush=True)


def _job(options: argparse.Namespace) -> "Job":
    """Return what the stages have to do, with the choices made that the options leave open."""
    from vlm3_dataset import build
    from vlm3_dataset.claude.budget import Budget
    from vlm3_dataset.selection import PageSelection
    from vlm3_dataset.threads import ThreadSelection

    labeler = options.labeler
    if labeler == "auto":
        labeler = "claude" if has_key() or options.dry_run else "rules"
    if labeler == "claude" and not (has_key() or options.dry_run):
        fail(PROG, "no key: set ANTHROPIC_API_KEY, or use --labeler rules", 2)
    how = options.send if options.send != "auto" else None
    if how is None and os.environ.get("ANTHROPIC_BASE_URL"):
        how = "live"  # a server of one's own speaks /v1/messages, but has no Message Batches
    budget = Budget(options.max_usd)
    return build.Job(
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
        budget=budget,
        send=how,
        confirm_cost=partial(_confirm_cost, options, budget),
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


def _ends_dry(options: argparse.Namespace, job: "Job", stages: Sequence[str], pages: "Dataset") -> bool:
    """Tell the prices of the first of these stages, and return whether a dry run ends before it.

    It goes on only to tell another price: what the second reader costs depends on the pairs.
    """
    if stages[0] not in {"generate", "filter", "emit"}:
        return False
    if stages[0] != "emit" and _tell_prices(stages[0], options, job, pages):
        return True
    if "filter" in stages and job.second_reader is not None:
        return False
    print(f"{stages[0]}: there is nothing to ask, and a dry run writes no dataset")
    return True


def _tell_prices(stage: str, options: argparse.Namespace, job: "Job", pages: "Dataset") -> bool:
    """Print what labelling, or reading again, would cost of pages and of threads; return whether anything would."""
    from vlm3_dataset.build import price_of_labels, price_of_reading_again

    if stage == "generate":
        find, payee, later = price_of_labels, stage, "; what the second reader costs is told once there are pairs"
    else:
        find, payee, later = price_of_reading_again, "second reader", ""
    found = _in_one_line(stage, options, partial(find, job, pages))
    for kind, forecast in found.items():
        print(f"{payee}: about {kind}, {forecast}")
    if found:
        print(f"nothing was sent{later}")
    return bool(found)


def _in_one_line(stage: str, options: argparse.Namespace, work: Callable[[], Result]) -> Result:
    """Return what `work` returns; an error that the user can mend ends the program with one line.

    The line is printed after the exception is released: its frames hold the progress bars, which end their own line
    when they are collected.
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
    """Return the model that labels, or the one called `name`. A server of one's own gets a schema only if asked to."""
    from vlm3_dataset.claude.prices import NoPrice, named

    has_schema = not os.environ.get("ANTHROPIC_BASE_URL") if options.schema == "auto" else options.schema == "yes"
    is_second = name not in {"", options.model}
    price, option = (options.second_reader_price, SECOND_PRICE) if is_second else (options.price, "--price")
    try:
        return named(name or options.model, price, has_schema=has_schema, option=option)
    except NoPrice as error:
        fail(PROG, str(error), error.code)


def _second_reader(options: argparse.Namespace, labeler: str) -> "Model | None":
    """Return the second reader: by default the cheapest Claude where Claude labels, else the labelling model itself.

    One behind --second-reader-url is asked for JSON in words.
    """
    from vlm3_dataset.claude.prices import CHEAPEST, FREE, Model, known

    if options.second_reader == "none":
        return None
    if url := options.second_reader_url:
        address, name = urlsplit(url), options.second_model
        if name == "auto":
            fail(PROG, "--second-reader-url wants the model's name there: --second-model MODEL", 2)
        if address.scheme not in {"http", "https"} or not address.hostname or address.username or address.query:
            fail(PROG, f"--second-reader-url takes http(s)://host[/v1] without password; a key goes into {OWN_KEY}", 2)
        return Model(name, options.second_reader_price or FREE, has_schema=False, base_url=url)
    if options.second_reader == "auto" and labeler != "claude":
        return None
    if not (has_key() or options.dry_run):
        fail(PROG, "no key for the second reader: set ANTHROPIC_API_KEY, or use --second-reader none", 2)
    if options.second_model != "auto":
        return model(options, options.second_model)
    return model(options, CHEAPEST if known(options.model) else options.model)


def _confirm_cost(options: argparse.Namespace, budget: "Budget", who: str, forecast: "Forecast") -> bool:
    from vlm3_dataset.claude.prices import money

    most, left = money(options.max_usd), money(budget.left)
    print(f"{who}: {forecast}; this run stops at {most}{'' if left == most else f' and has {left} left'}", flush=True)
    if options.dry_run:
        raise SystemExit(0)
    if options.yes or not forecast.requests:  # answers that only have to be fetched were agreed to when they were sent
        return True
    if not sys.stdin.isatty():
        fail(PROG, f"{who}: nothing was sent, as nobody can be asked here; add --yes to agree to the price", 2)
    return _is_agreed("Send?")


def _may_shrink(options: argparse.Namespace, loss: str) -> bool:
    """Ask whether the dataset may shrink, if there is a terminal to ask on."""
    if options.shrink or not sys.stdin.isatty():
        return options.shrink
    return _is_agreed(f"emit: {loss}. Go on?")


def _is_agreed(question: str) -> bool:
    """Ask on the terminal; whoever ends the input with Ctrl-D has not agreed."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        print()
        return False


if __name__ == "__main__":
    main()
