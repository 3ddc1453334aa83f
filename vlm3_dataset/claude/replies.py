"""Parse a stored reply into the model that was asked for. Pure: a better parser costs no new answers."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

UNFINISHED = {"refusal", "max_tokens"}  # stop reasons that a repeated request would end with too
Form = TypeVar("Form", bound=BaseModel)


class NoAnswer(Exception):
    """A reply that was refused, cut or garbled. It is final: the same request would not get another."""


def parse(body: dict[str, Any], form: type[Form]) -> Form:
    """Return the object in a reply's body. Raises NoAnswer."""
    if body.get("stop_reason") in UNFINISHED:
        raise NoAnswer((body.get("error") or {}).get("message") or body["stop_reason"])
    text = text_of(body)
    first, last = text.find("{"), text.rfind("}")  # servers without schemas put a fence or a sentence around the object
    try:
        return form.model_validate_json(text[first : last + 1] if 0 <= first < last else text)
    except ValidationError as error:
        raise NoAnswer(f"{error.error_count()} faults in its form") from error


def is_in_form(body: dict[str, Any], form: type[BaseModel]) -> bool:
    """Return False only where asking again may help: a refused or cut answer would end the same way."""
    try:
        parse(body, form)
    except NoAnswer:
        return body.get("stop_reason") in UNFINISHED
    return True


def is_message(body: Any) -> bool:
    """Return True if a body can be read as a message: a server may answer 200 and send an error, or null."""
    if not isinstance(body, dict) or not isinstance(body.get("usage") or {}, dict):
        return False
    blocks = body.get("content")
    return isinstance(blocks, list) and all(
        isinstance(block, dict) and isinstance(block.get("text") or "", str) for block in blocks
    )


def text_of(body: dict[str, Any]) -> str:
    return "".join(block.get("text") or "" for block in body.get("content") or [] if block.get("type") == "text")
