"""The object inside a stored reply, in the form that was asked for. Pure: a better reader costs nothing."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

UNFINISHED = {"refusal", "max_tokens"}  # stop reasons that would be the same the next time
Form = TypeVar("Form", bound=BaseModel)


class NoAnswer(Exception):
    """A reply that was refused, cut or garbled. It is final: the same request would not get another."""


def parse(body: dict[str, Any], form: type[Form]) -> Form:
    """The object of a reply's body. Raises NoAnswer."""
    if body.get("stop_reason") in UNFINISHED:
        raise NoAnswer((body.get("error") or {}).get("message") or body["stop_reason"])
    try:
        return form.model_validate_json(_object(text_of(body)))
    except ValidationError as error:
        raise NoAnswer(f"{error.error_count()} faults in its form") from error


def is_in_form(body: dict[str, Any], form: type[BaseModel]) -> bool:
    """False where asking once more for the form may help; a refused or cut answer has none, and would not get any."""
    try:
        parse(body, form)
    except NoAnswer:
        return body.get("stop_reason") in UNFINISHED
    return True


def text_of(body: dict[str, Any]) -> str:
    return "".join(block.get("text") or "" for block in body.get("content") or [] if block.get("type") == "text")


def _object(text: str) -> str:
    """What is around the object (a fence, a sentence) is what servers without schemas add."""
    first, last = text.find("{"), text.rfind("}")
    return text[first : last + 1] if 0 <= first < last else text
