"""Tell what a refusal concerns: this one request, every request, or only the moment. Pure."""

import re
from typing import Literal

About = Literal["request", "everything", "moment"]

TRIES = 3  # a request refused so often is given up: its page is left out, and the run goes on
STATUS = {  # inside a batch an error has a type and no status; every other type is temporary
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
}
FOR_EVERYTHING = frozenset({401, 402, 403, 404})  # a wrong key, account or model is wrong for all requests
FOR_ONE = frozenset({400, 413, 422})
# An empty account and an unknown setting are 400s too, and must not make the run give up page after page.
ACCOUNT = re.compile(r"(?i)credit balance|billing|(usage|spend\w*) limit|quota|organi[sz]ation|workspace|api key")
SETTING = re.compile(
    r"(?i)(model|max_tokens|system|output_config|thinking|temperature|tools?|anthropic-\w+)\b[\w.]*: "
    r"|th(is|e) model\b|unsupported "
)
# vLLM's begins like one about a setting: "This model's maximum context length is 32768 tokens. However, you requested".
TOO_LONG = re.compile(r"(?i)maximum (context|model) length|context (length|size|window|limit)|too long")


def about(status: int, message: str) -> About:
    """Return what a refusal concerns, by its status; by its words only for a 400, which may be about either."""
    is_setting = SETTING.match(message) and not TOO_LONG.search(message)
    if status in FOR_EVERYTHING or (status == 400 and (ACCOUNT.search(message) or is_setting)):
        return "everything"
    return "request" if status in FOR_ONE else "moment"


def message_of(error: Exception) -> str:
    """Return the server's own error message, without what the SDK puts around it."""
    body = getattr(error, "body", None)
    details = body.get("error") if isinstance(body, dict) else None
    return one_line(str(details.get("message") or error) if isinstance(details, dict) else str(error))


def one_line(text: str) -> str:
    return (text.splitlines() or [""])[0][:200]
