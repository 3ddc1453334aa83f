"""What is to be asked, and what came of asking."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from vlm3_dataset.claude import forecast, replies, request, sizing
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.request import Prompt
from vlm3_dataset.schema import Page


class Ask(Protocol):
    """One request, whatever is asked. It is built when it is sent: a thousand pictures are half a gigabyte."""

    @property
    def key(self) -> str:
        """Of everything that is asked."""

    @property
    def about(self) -> str:
        """For whoever reads the store."""

    @property
    def prompt_version(self) -> str: ...

    @property
    def model(self) -> Model: ...

    @property
    def tokens(self) -> int:
        """Of its input, rounded up."""

    @property
    def usual_output(self) -> float:
        """Tokens of an answer, until some that were paid for know better."""

    @property
    def most_output(self) -> int:
        """Tokens that an answer may have."""

    def request(self) -> dict[str, Any]:
        """Arguments of `messages.create`."""


@dataclass(frozen=True, slots=True)
class PageAsk:
    """A prompt about a page's picture, or about a thread, which has none."""

    key: str
    prompt: Prompt
    text: str  # all the words that go with the picture
    page: Page  # one of those that would be asked about in the same words
    image: Path | None
    model: Model
    tokens: int
    usual_output: float
    most_tokens: int  # of the picture
    usual_pairs: float = 0.0  # of an answer, until some that were paid for know better; 0 where nobody can say
    wrong: str | None = None  # what was answered before and is not in the form that was asked for

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
    """Why there is no answer yet. `passing`: the same run may ask once more."""

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
    """The request about a page, keyed by `words`; `sent` in their place may bring more, what stands around the page.

    Raises OSError where the page's picture cannot be read; a thread has none.
    """
    image = work / page.image if page.image else None
    picture = image.read_bytes() if image else b""
    size = sizing.fitted(sizing.size_of(picture), most_tokens) if image else sizing.Size(0, 0)
    text = words if sent is None else sent
    tokens = forecast.input_tokens(prompt.words(model), text, size)
    key = request.key(prompt, words, picture, model)
    output = usual_output or prompt.usual_output
    return PageAsk(key, prompt, text, page, image, model, tokens, output, most_tokens, usual_pairs)


def once_more(first: PageAsk, body: dict[str, Any]) -> PageAsk | None:
    """What to ask a server without schemas whose answer was not in form; None where that would be of no use."""
    if first.model.has_schema or replies.is_in_form(body, first.prompt.answer):
        return None
    wrong = replies.text_of(body)
    tokens = first.tokens + forecast.text_tokens(wrong) + forecast.text_tokens(request.NOT_IN_FORM)
    return replace(first, key=request.key_again(first.key, wrong), tokens=tokens, wrong=wrong)


def later(reason: str) -> Failure:
    return Failure(f"{reason}; run again to ask once more", passing=True)
