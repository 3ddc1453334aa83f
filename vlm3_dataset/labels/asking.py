"""What is to be asked, and what came of asking."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from vlm3_dataset.labels import forecast, request, sizing
from vlm3_dataset.labels.prompts import SYSTEM, user_text
from vlm3_dataset.schema import Page


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. It is built when it is sent: a thousand pictures are half a gigabyte."""

    key: str
    page: Page  # one of those that would be asked about in the same words
    image: Path
    model: str
    tokens: int  # of its input, rounded up

    def request(self) -> dict[str, Any]:
        return request.build(self.page, self.image.read_bytes(), self.model)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer. A `final` one would be the same the next time."""

    reason: str
    final: bool = False


class Sender(Protocol):
    def send(self, asks: list[Ask]) -> dict[str, Failure]:
        """Asks, and leaves every answer in the store; those that have none are named by their key."""


def ask(page: Page, work: Path, model: str) -> Ask:
    """Raises OSError where the page's picture cannot be read."""
    image = work / page.image
    picture = image.read_bytes()
    size = sizing.fitted(sizing.size_of(picture))
    tokens = forecast.input_tokens(SYSTEM, user_text(page), size)
    return Ask(request.key(page, picture, model), page, image, model, tokens)


def refused_picture(error: str) -> Failure | None:
    """A 400 for the picture's sake is final; an empty account is a 400 too, and must not end every page."""
    return Failure(f"the API refuses the picture: {one_line(error)}", final=True) if "image" in error.lower() else None


def one_line(text: str) -> str:
    return (text.splitlines() or [""])[0][:200]
