"""Templates whose every value is escaped, and shows the characters that a text may hide."""

import unicodedata
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment(package: str, *, autoescape: bool = True) -> Environment:
    """For the templates of a package. Without `autoescape` only for Markdown that prints no text from outside."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=autoescape,  # noqa: S701 - False only for Markdown, see above
        finalize=printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def printable(value: Any) -> Any:
    """A text without control characters: some turn the direction of a whole line, others cannot be seen at all."""
    if type(value) is not str:  # numbers, and markup that has been through here
        return value
    return "".join(
        char if char == "\n" or unicodedata.category(char)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for char in value
    )
