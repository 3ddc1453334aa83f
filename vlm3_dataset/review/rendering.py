"""Render templates in which every value is escaped, and characters that a text may hide are shown."""

import unicodedata
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment(package: str, *, autoescape: bool = True) -> Environment:
    """Return the environment for a package's templates. `autoescape=False` is only for Markdown of our own words."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=autoescape,  # noqa: S701 - False only for Markdown, see above
        finalize=printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def printable(value: Any) -> Any:
    """Return a text with each control character replaced by U+FFFD: some reverse a line, others cannot be seen."""
    if type(value) is not str:  # numbers, and markup that has been through here
        return value
    return "".join(
        char if char == "\n" or unicodedata.category(char)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for char in value
    )
