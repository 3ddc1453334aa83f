"""Templates whose every value is escaped, and shows the characters that a text may hide."""

import unicodedata
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment() -> Environment:
    return Environment(
        loader=PackageLoader("vlm3_dataset.review"),
        autoescape=True,
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
