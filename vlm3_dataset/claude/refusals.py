"""What a server's "no" is about: this one request, every request, or only the moment. Pure."""

import re
from typing import Any, Literal

About = Literal["request", "everything", "moment"]

TRIES = 3  # a request that is refused so often has its answer: it is left out, and blocks nothing
STATUS = {  # inside a batch an error has a type and no status; every other type passes
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
}
FOR_EVERYTHING = frozenset({401, 402, 403, 404})  # a key, an account or a model that is wrong for one is wrong for all
FOR_ONE = frozenset({400, 413, 422})
# An empty account and a setting that a model does not know are 400s too, and must not end page after page.
ACCOUNT = re.compile(r"(?i)credit balance|billing|(usage|spend\w*) limit|quota|organi[sz]ation|workspace|api key")
SETTING = re.compile(
    r"(?i)(model|max_tokens|system|output_config|thinking|temperature|tools?|anthropic-\w+)\b[\w.]*: "
    r"|th(is|e) model\b|unsupported "
)


def about(status: int, message: str) -> About:
    """Return whom a refusal concerns, by its status; by its words only where a 400 may be either."""
    if status in FOR_EVERYTHING or (status == 400 and (ACCOUNT.search(message) or SETTING.match(message))):
        return "everything"
    return "request" if status in FOR_ONE else "moment"


def as_answer(model: str, reason: str) -> dict[str, Any]:
    """Return what the store keeps in place of an answer that there will never be."""
    return {"type": "error", "model": model, "stop_reason": "refusal", "error": {"message": reason}}


def said(error: Exception) -> str:
    """Return what the server says is wrong, without the SDK's frame around it."""
    body = getattr(error, "body", None)
    told = body.get("error") if isinstance(body, dict) else None
    return one_line(str(told.get("message") or error) if isinstance(told, dict) else str(error))


def one_line(text: str) -> str:
    return (text.splitlines() or [""])[0][:200]
