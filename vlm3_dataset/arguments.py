"""Parse command lines; an error is one line that says what is wrong and which --help to read."""

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from vlm3_dataset.claude.prices import Price


class OneLineParser(argparse.ArgumentParser):
    """An ArgumentParser that answers a typing error with one line and exit code 2.

    argparse prints the whole usage first, which pushes the one useful line off a small screen.
    """

    def error(self, message: str) -> NoReturn:
        """Write the line and raise SystemExit with code 2."""
        sys.stderr.write(f"{self.prog}: {message} (see {self.prog} --help)\n")
        raise SystemExit(2)


class Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Shows the default of each option that has one; argparse would also write (default: None)."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default else action.help


def fail(prog: str, message: str, code: int = 1) -> NoReturn:
    """Write one line about something that the user can mend, and raise SystemExit."""
    sys.stderr.write(f"{prog}: {message}\n")
    raise SystemExit(code)


def dollars(text: str) -> float:
    """Return an amount of US dollars, 0 or more. Raises ArgumentTypeError for another, ValueError for no number."""
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError("must be a number of dollars, 0 or more")
    return value


def seconds(text: str) -> float:
    """Return seconds, more than 0. Raises ArgumentTypeError for others, ValueError for no number."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be a number of seconds, more than 0")
    return value


def count(text: str) -> int:
    """Return a whole number, 1 or more. Raises ArgumentTypeError for another, ValueError for none."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def share(text: str) -> float:
    """Return a share, at most a half. Raises ArgumentTypeError for another, ValueError for no number."""
    value = float(text)
    if not 0 < value <= 0.5:
        raise argparse.ArgumentTypeError("must be more than 0 and at most 0.5")
    return value


def price(text: str) -> "Price":
    from vlm3_dataset.claude.prices import flat

    fresh, _, output = text.partition(",")
    return flat(dollars(fresh), dollars(output))


def add_budget(group: argparse._ArgumentGroup, most: str) -> None:
    """Add how Claude or another server is asked, and what it may cost; `most` is the help of --max-usd."""
    group.add_argument(
        "--send",
        choices=("auto", "live", "batch"),
        default="auto",
        help="batch is half the price and may take an hour; auto is batch for more than 20 requests to Claude itself",
    )
    group.add_argument(
        "--price",
        metavar="IN,OUT",
        type=price,
        help="dollars per million tokens, for a model whose price is not known here",
    )
    group.add_argument("--max-usd", metavar="DOLLARS", type=dollars, default=5.0, help=most)
