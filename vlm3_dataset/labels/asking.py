"""What is to be asked, and what came of asking."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from vlm3_dataset.labels import answers, forecast, request, sizing
from vlm3_dataset.labels.models import Model
from vlm3_dataset.labels.prompts import VERSION, system, user_text
from vlm3_dataset.schema import Page


class Ask(Protocol):
    """One request, whatever is asked. It is built when it is sent: a thousand pictures are half a gigabyte."""

    key: str  # of everything that is asked
    about: str  # for whoever reads the store
    prompt_version: str
    model: Model
    tokens: int  # of its input, rounded up
    most_output: int  # tokens that its answer may have

    def request(self) -> dict[str, Any]:
        """Arguments of `messages.create`."""


@dataclass(frozen=True, slots=True)
class PageAsk:
    """What a page is, and pairs for it."""

    key: str
    page: Page  # one of those that would be asked about in the same words
    image: Path
    model: Model
    tokens: int
    wrong: str | None = None  # what was answered before and is not in the form that was asked for
    prompt_version: str = VERSION
    most_output: int = request.MAX_TOKENS

    @property
    def about(self) -> str:
        return self.page.page_id

    def request(self) -> dict[str, Any]:
        first = request.build(self.page, self.image.read_bytes(), self.model)
        return request.again(first, self.wrong) if self.wrong is not None else first


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer. A `final` one would be the same the next time."""

    reason: str
    final: bool = False


class Sender(Protocol):
    def send(self, asks: list[Ask]) -> dict[str, Failure]:
        """Asks, and leaves every answer in the store; those that have none are named by their key."""


def ask(page: Page, work: Path, model: Model) -> PageAsk:
    """Raises OSError where the page's picture cannot be read."""
    image = work / page.image
    picture = image.read_bytes()
    size = sizing.fitted(sizing.size_of(picture))
    tokens = forecast.input_tokens(system(model), user_text(page), size)
    return PageAsk(request.key(page, picture, model), page, image, model, tokens)


def once_more(first: PageAsk, body: dict[str, Any]) -> PageAsk | None:
    """What to ask a server without schemas whose answer was not in form; None where that would be of no use."""
    if first.model.has_schema or answers.is_in_form(body):
        return None
    wrong = answers.text_of(body)
    tokens = first.tokens + forecast.text_tokens(wrong) + forecast.text_tokens(request.NOT_IN_FORM)
    return replace(first, key=request.key_again(first.key, wrong), tokens=tokens, wrong=wrong)


def refused(status: int, error: str) -> Failure | None:
    """A refusal that is final for its page: for the picture's sake, or because it is too large.

    Any other 400 is not: an empty account is one too, and must not end every page.
    """
    if status == 413 or (status == 400 and "image" in error.lower()):
        return Failure(f"the API refuses the picture: {one_line(error)}", final=True)
    return None


def try_again(error: Exception) -> Failure:
    return later(said(error))


def later(reason: str) -> Failure:
    return Failure(f"{reason}; run again to ask once more")


def said(error: Exception) -> str:
    """What the server says is wrong, without the SDK's frame around it."""
    body = getattr(error, "body", None)
    told = body.get("error") if isinstance(body, dict) else None
    return one_line(str(told.get("message") or error) if isinstance(told, dict) else str(error))


def one_line(text: str) -> str:
    return (text.splitlines() or [""])[0][:200]
