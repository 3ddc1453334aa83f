"""Check what a user says to `scrapy crawl e30m3 -a NAME=VALUE`, before anything starts."""

import re
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, Field, NonNegativeInt, ValidationError, model_validator

from e30crawl.board_file import KEPT, BoardFile, BoardFileError, BoardName, ForumUrl, board_name
from e30crawl.cookies import BoardJar, CookieFileError, load
from e30crawl.frontier.records import Lost, Scope, Step


def _words(value: object) -> object:
    return [word.strip() for word in value.split(",")] if isinstance(value, str) else value


Words = BeforeValidator(_words)
# What is described is told so where something else was given.
Ids = Annotated[frozenset[NonNegativeInt], Words, Field(description="an id, or several as in 4,7")]
Switch = Annotated[bool, Field(description="0 or 1")]


class CrawlParams(BaseModel, extra="forbid", frozen=True):
    """The arguments of the spider. Unknown ones are refused, because a misspelt filter would crawl everything."""

    start_url: ForumUrl
    board: BoardName | None = None
    only: Annotated[Step | None, Field(description="forums, threads, posts or media")] = None
    forum_id: Ids = frozenset()
    thread_id: Ids = frozenset()
    archive: Path = Path("forum_archive")
    update: Switch = False
    retry: Annotated[frozenset[Lost], Words, Field(description="failed, unread or failed,unread")] = frozenset()
    follow: Annotated[Literal["threads"] | None, Field(description="threads")] = None
    browser: Switch = False
    cookies: Path | None = None
    config: BoardFile = BoardFile()

    @model_validator(mode="before")
    @classmethod
    def _with_its_file(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Add what the board's file says; the command line wins over it."""
        if "config" not in given:
            return given
        try:
            config = BoardFile.load(Path(given["config"]))
        except BoardFileError as error:
            raise ValueError(f"config: {error}") from error
        return config.params | given | {"config": config}

    @model_validator(mode="after")
    def _can_be_crawled(self) -> Self:
        try:
            kept = self.folder / KEPT
        except ValueError as error:
            raise ValueError(f"start_url: no name for a folder in {self.start_url!r}; say -a board=NAME") from error
        # Without its file a board would be asked at other hours, and its pages be read in another way.
        if "config" not in self.model_fields_set and kept.exists():
            raise ValueError(f"config: {self.folder} has a board file; say -a config={kept}, or another one")
        try:
            _ = self.cookie_jar
        except CookieFileError as error:
            raise ValueError(f"cookies: {error}") from error
        return self

    @cached_property
    def cookie_jar(self) -> BoardJar | None:
        return load(self.cookies, self.start_url, datetime.now(UTC)) if self.cookies else None

    @property
    def folder(self) -> Path:
        return self.archive / self.name

    @property
    def name(self) -> str:
        """Return the board's name: as given, else from its host. Raises ValueError for an IPv6 address."""
        if self.board:
            return self.board
        host = (urlsplit(self.start_url).hostname or "").removeprefix("www.")
        return board_name(re.sub(r"[^a-z0-9.:]+", "-", host).strip("-."))

    @property
    def scope(self) -> Scope:
        steps = frozenset({self.only}) if self.only else frozenset(Step)
        return Scope(steps, self.forum_id, self.thread_id)


def explain(error: ValidationError) -> str:
    """Return what is wrong, in one line: a misspelt name before what is missing because of it."""
    errors = error.errors(include_url=False)
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    message = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return f"-a {message}"
    name = first["loc"][0]
    if first["type"] == "extra_forbidden":
        return f"-a {name}: no such argument; there are {', '.join(CrawlParams.model_fields)}"
    if first["type"] == "missing":
        return f"-a {name} is missing; give the forum's address, as in -a {name}=https://board.example/forums/"
    wanted = CrawlParams.model_fields[name].description
    return f"-a {name}: {first['input']!r} is not {wanted}" if wanted else f"-a {name}: {message}"
