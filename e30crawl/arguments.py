"""What a user may say to `scrapy crawl e30m3 -a NAME=VALUE`, checked before anything starts."""

import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    field_validator,
    model_validator,
)

from e30crawl.tasks import Scope, Step
from e30crawl.urls import UrlKind, classify

BOARD_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)


def board_name(value: str) -> str:
    """A name for a folder and nothing else: it never leads out of the archive. Raises ValueError."""
    if not BOARD_NAME.fullmatch(value):
        raise ValueError("a board's name has only a-z, 0-9, '.', '_' and '-', and starts with a letter or a digit")
    return value


def _ids(value: object) -> object:
    if not isinstance(value, str):
        return value
    words = [word.strip() for word in value.split(",")]
    if not all(word.isascii() and word.isdigit() for word in words):
        raise ValueError(f"{value!r} is not a number, or several with commas")
    return frozenset(map(int, words))


Ids = Annotated[frozenset[int], BeforeValidator(_ids)]


class CrawlArguments(BaseModel):
    """The arguments of the spider. Unknown ones are refused, because a misspelt filter would crawl everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start_url: str
    board: Annotated[str, AfterValidator(board_name)] | None = None
    only: Step | None = None
    forum_id: Ids = frozenset()
    thread_id: Ids = frozenset()
    archive: Path = Path("forum_archive")

    @field_validator("start_url")
    @classmethod
    def _a_forum(cls, value: str) -> str:
        parts = urlsplit(value)  # raises ValueError on "http://["
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:  # and on a port of 99999
            raise ValueError(f"{value!r} is not an http or https address")
        if not parts.hostname.isascii():  # the answers come from the ASCII name, and would be another site's
            raise ValueError(f"{value!r}: write its host as {parts.hostname.encode('idna').decode()}")
        if classify(value).kind in {UrlKind.POST, UrlKind.ATTACHMENT}:
            raise ValueError(f"{value!r} is a single post or file; give the forum or a thread")
        return value

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        try:
            _ = self.name
        except ValueError as error:
            raise ValueError(f"start_url: no name for a folder in {self.start_url!r}; say -a board=NAME") from error
        return self

    @property
    def folder(self) -> Path:
        return self.archive / self.name

    @property
    def name(self) -> str:
        """The board's name: as given, else from its host."""
        if self.board:
            return self.board
        host = (urlsplit(self.start_url).hostname or "").removeprefix("www.")
        return board_name(re.sub(r"[^a-z0-9.]+", "-", host).strip("-."))

    @property
    def scope(self) -> Scope:
        steps = frozenset({self.only}) if self.only else frozenset(Step)
        return Scope(steps, self.forum_id, self.thread_id)


def explain(error: ValidationError) -> str:
    """What is wrong, in one line: a misspelt name before what is missing because of it."""
    errors = error.errors(include_url=False)
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    said = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return f"-a {said}"
    name = first["loc"][0]
    if first["type"] == "extra_forbidden":
        return f"-a {name}: no such argument; there are {', '.join(CrawlArguments.model_fields)}"
    if first["type"] == "missing":
        return f"-a {name} is missing; give the forum's address, as in -a {name}=https://board.example/forums/"
    return f"-a {name}: {said}"
