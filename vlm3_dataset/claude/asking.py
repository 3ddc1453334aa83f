"""Describe a request before it is sent, and the failure of one that got no answer."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from vlm3_dataset.claude import forecast, replies, request, sizing
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.request import Prompt
from vlm3_dataset.schema import Page


class Ask(Protocol):
    """A request of any kind. Its body is built only when it is sent: a thousand pictures are half a gigabyte."""

    @property
    def key(self) -> str:
        """The digest of everything that is asked; the store finds an answer by it."""

    @property
    def about(self) -> str:
        """The page, thread or case that it is about, for people who read the store."""

    @property
    def prompt_version(self) -> str: ...

    @property
    def model(self) -> Model: ...

    @property
    def tokens(self) -> int:
        """The tokens of its input, rounded up."""

    @property
    def usual_output(self) -> float:
        """The usual tokens of an answer, used until paid answers to this prompt have been counted."""

    @property
    def most_output(self) -> int:
        """The most tokens that an answer may have."""

    def request(self) -> dict[str, Any]:
        """Return the arguments of `messages.create`."""


@dataclass(frozen=True, slots=True)
class PageAsk:
    """A request about a page's picture, or about a thread, which has no picture."""

    key: str
    prompt: Prompt
    text: str  # all words that are sent with the picture
    page: Page  # where several pages would be asked about with the same request, one of them
    image: Path | None
    model: Model
    tokens: int
    usual_output: float
    most_tokens: int  # of the picture; a larger one is shrunk
    usual_pairs: float = 0.0  # of an answer, until paid answers have been counted; 0 where unknown
    wrong: str | None = None  # an earlier answer that was not in the form asked for

    @property
    def about(self) -> str:
        return self.page.page_id

    @property
    def prompt_version(self) -> str:
        return self.prompt.version

    @property
    def most_output(self) -> int:
        return request.MAX_TOKENS

    def request(self) -> dict[str, Any]:
        picture = self.image.read_bytes() if self.image else b""
        first = request.build(self.prompt, self.text, picture, self.model, self.most_tokens)
        return request.again(first, self.wrong) if self.wrong is not None else first


@dataclass(frozen=True, slots=True)
class Failure:
    """The reason why there is no answer yet. `passing`: it may pass, and the same run may ask again."""

    reason: str
    passing: bool = False


def ask(
    prompt: Prompt,
    words: str,
    page: Page,
    work: Path,
    model: Model,
    *,
    sent: str | None = None,
    usual_output: float | None = None,
    usual_pairs: float = 0.0,
    most_tokens: int = sizing.MOST_TOKENS,
) -> PageAsk:
    """Return the request about a page, keyed by `words`. If given, `sent` is sent instead: it adds the page's context.

    A picture counts as it was found: version 0.1 sent it with its metadata, and what was paid for is not asked again.

    Raises OSError where the page's picture cannot be read; a thread has none.
    """
    image = work / page.image if page.image else None
    picture = image.read_bytes() if image else b""
    size = sizing.fitted(sizing.size_of(picture), most_tokens) if image else sizing.Size(0, 0)
    text = words if sent is None else sent
    tokens = forecast.input_tokens(prompt.words(model), text, size)
    found = work / "found" / image.name if image else None
    key = request.key(prompt, words, found.read_bytes() if found and found.is_file() else picture, model)
    output = usual_output or prompt.usual_output
    return PageAsk(key, prompt, text, page, image, model, tokens, output, most_tokens, usual_pairs)


def once_more(first: PageAsk, body: dict[str, Any]) -> PageAsk | None:
    """Return the second request for an answer that was not in form; None where asking again would not help."""
    if first.model.has_schema or replies.is_in_form(body, first.prompt.answer):
        return None
    wrong = replies.text_of(body)
    tokens = first.tokens + forecast.text_tokens(wrong) + forecast.text_tokens(request.NOT_IN_FORM)
    return replace(first, key=request.key_again(first.key, wrong), tokens=tokens, wrong=wrong)


def later(reason: str) -> Failure:
    return Failure(f"{reason}; run again to ask once more", passing=True)
