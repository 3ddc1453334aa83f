"""Check and keep what is said of one board in a small YAML file, beside the command line.

The archive keeps a copy, because raw pages are read again for as long as it exists, and always the same way.
"""

import re
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ByteSize,
    Field,
    PlainSerializer,
    ValidationError,
    field_validator,
)
from w3lib.encoding import resolve_encoding

from e30crawl.archive.blobs import replacing
from e30crawl.budget import Limits, Window
from e30crawl.parsers.records import Reading, Selectors
from e30crawl.parsers.selectors import xpath_problem
from e30crawl.settings import DOWNLOAD_DELAY
from e30crawl.urls import UrlKind, classify

KEPT = "board.yaml"  # in the board's folder
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)


class BoardFileError(OSError):
    """A board's file cannot be read; the message says which, where and what to do."""


def board_name(value: str) -> str:
    """Return a name for a folder and nothing else: it never leads out of the archive. Raises ValueError."""
    if not NAME.fullmatch(value):
        raise ValueError("a board's name has only a-z, 0-9, '.', '_' and '-', and starts with a letter or a digit")
    return value


def _forum(value: str) -> str:
    parts = urlsplit(value)  # raises ValueError on "http://["
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:  # and on a port of 99999
        raise ValueError(f"{value!r} is not an http or https address")
    if not parts.hostname.isascii():  # the answers come from the ASCII name, and would be another site's
        raise ValueError(f"{value!r}: write its host as {parts.hostname.encode('idna').decode()}")
    if classify(value).kind in {UrlKind.POST, UrlKind.ATTACHMENT}:
        raise ValueError(f"{value!r} is a single post or file; give the forum or a thread")
    return value


def _charset(value: str) -> str:
    if resolve_encoding(value) is None:
        raise ValueError(f"no such charset as {value!r}; write it as windows-1252")
    return value


BoardName = Annotated[str, AfterValidator(board_name)]
ForumUrl = Annotated[str, AfterValidator(_forum)]
# Slower is for anyone to say, up to extensions.MAX_CRAWL_DELAY; faster is not.
Seconds = Annotated[float, Field(ge=DOWNLOAD_DELAY, le=300)]


OF_POST = {"post_id", "number", "author", "date", "text"}  # selectors that look inside a post


class BoardFile(BaseModel, extra="forbid", frozen=True):
    """The content of a board's YAML file, of which every key may be left out."""

    start_url: ForumUrl | None = None
    board: BoardName | None = None
    timezone: ZoneInfo | None = None  # of the dates it prints to a guest, and its day
    date_order: Literal["dmy", "mdy"] | None = None
    charset: Annotated[str, AfterValidator(_charset)] | None = None
    selectors: dict[str, str] = {}  # see records.Selectors
    cookies: Path | None = None
    browser: bool = False
    window: Annotated[Window, BeforeValidator(Window.parse), PlainSerializer(str)] | None = None
    budget: Annotated[ByteSize, Field(ge=1000)] | None = None  # a day; of "1,000 MB" pydantic reads the 1 alone
    contact: str | None = None
    delay: Seconds | None = None

    @field_validator("selectors")
    @classmethod
    def _look_in_their_place(cls, selectors: dict[str, str]) -> dict[str, str]:
        for name, xpath in selectors.items():
            if name not in Selectors.__slots__:
                raise ValueError(f"{name}: no such key; there are {', '.join(Selectors.__slots__)}")
            if problem := xpath_problem(xpath, within=name in OF_POST):
                raise ValueError(f"{name}: {xpath!r} {problem}")
        if "post" not in selectors and (inside := OF_POST & selectors.keys()):
            raise ValueError(f"{min(inside)} is looked for inside a post; say with `post` where the posts are")
        return selectors

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a board's file; the path of its cookies is taken from the file's own folder. Raises BoardFileError."""
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            file = cls.model_validate({} if content is None else content)
        except OSError as error:
            raise BoardFileError(f"{path}: {error.strerror}") from error
        except ValidationError as error:
            raise BoardFileError(f"{path}: {_explain(error)}") from error
        except (yaml.YAMLError, ValueError, RecursionError) as error:  # no UTF-8, a 31 February, a thousand brackets
            raise BoardFileError(f"{path}: not YAML{_where(error)}; write one `key: value` a line") from error
        if file.cookies is None:
            return file
        return file.model_copy(update={"cookies": (path.parent / file.cookies).resolve()})

    def keep(self, folder: Path) -> None:
        """Leave a copy in the board's folder, without anything secret: of the cookies only the path of their file."""
        if not self.model_fields_set:
            return
        text = yaml.safe_dump(self.model_dump(mode="json", exclude_unset=True), sort_keys=False, allow_unicode=True)
        with replacing(folder / KEPT) as temporary:
            temporary.write_text(text, encoding="utf-8")

    @property
    def params(self) -> dict[str, Any]:
        """Return the values that the command line may give as well."""
        return self.model_dump(include={"start_url", "board", "cookies", "browser"}, exclude_unset=True)

    @property
    def settings(self) -> dict[str, Any]:
        """Return the settings that `-s` may give as well."""
        given = {"CONTACT": self.contact, "DOWNLOAD_DELAY": self.delay}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def reading(self) -> Reading:
        return Reading(
            timezone=self.timezone,
            day_first=None if self.date_order is None else self.date_order == "dmy",
            charset=self.charset,
            selectors=Selectors(**self.selectors) if self.selectors else None,
        )

    @property
    def limits(self) -> Limits:
        return Limits(self.timezone or UTC, self.window, self.budget)


def load_kept(folder: Path) -> BoardFile:
    """Return the board file that the board in `folder` was crawled with, an empty one where there is none.

    Raises BoardFileError.
    """
    path = folder / KEPT
    return BoardFile.load(path) if path.exists() else BoardFile()


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" in line {mark.line + 1}" if mark else ""


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"{key}: no such key; there are {', '.join(BoardFile.model_fields)}"
    message = first["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" if key else "not a board's file; write one `key: value` a line"
