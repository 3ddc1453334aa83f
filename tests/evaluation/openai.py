"""A stand-in for a server that speaks OpenAI's chat completions: it looks at what the real ones refuse."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from io import BytesIO

from PIL import Image

from tests.loopback import listening

Fault = tuple[int, dict[str, str], bytes]


@dataclass
class Standin:
    """What was asked, and what is answered: `answer(question, page, model)`; `faults` are sent first, one a request."""

    answer: Callable[[str, Image.Image | None, str], str]
    faults: list[Fault] = field(default_factory=list)
    requests: list[dict] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)
    refuses: Callable[[str], Fault | None] | None = None  # what is always answered to a question
    reasons: bool = False  # then it refuses what OpenAI's reasoning models refuse, in their words
    url: str = ""


@contextmanager
def serving(answer: Callable[[str, Image.Image | None, str], str]) -> Iterator[Standin]:
    standin = Standin(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            standin.keys.add(self.headers.get("authorization"))
            standin.requests.append(body)
            question = body["messages"][-1]["content"][-1]["text"]
            if standin.faults:
                self._send(*standin.faults.pop(0))
            elif standin.refuses and (fault := standin.refuses(question)):
                self._send(*fault)
            elif standin.reasons and (wrong := _refusal(body)):
                self._send(400, {}, json.dumps({"error": {"message": wrong}}).encode())
            else:
                self._send(200, {}, json.dumps(_completion(standin, self.path, body)).encode())

        def _send(self, status: int, headers: dict[str, str], data: bytes) -> None:
            self.send_response(status)
            for name, value in (headers | {"content-length": str(len(data))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_) -> None:
            pass

    with listening(Handler) as url:
        standin.url = f"{url}/v1"
        yield standin


def _refusal(body: dict) -> str:
    if "max_tokens" in body:
        return (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
    if "temperature" in body:
        return "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) is supported."
    return ""


def _page(part: dict) -> Image.Image:
    assert part["type"] == "image_url"
    kind, _, data = part["image_url"]["url"].partition(";base64,")
    page = Image.open(BytesIO(base64.b64decode(data, validate=True)))
    assert kind == f"data:image/{page.format.lower()}"
    return page


def _completion(standin: Standin, path: str, body: dict) -> dict:
    assert path == "/v1/chat/completions"
    most = "max_completion_tokens" if standin.reasons else "max_tokens"
    assert set(body) == {"model", "messages", most} | (set() if standin.reasons else {"temperature"})
    (turn,) = body["messages"]
    *pages, text = turn["content"]
    assert (turn["role"], text["type"]) == ("user", "text")
    page = _page(*pages) if pages else None
    words = standin.answer(text["text"], page, body["model"]).split(" ")
    told, cut = " ".join(words[: body[most]]), len(words) > body[most]
    return {
        "object": "chat.completion",
        "choices": [
            {"message": {"role": "assistant", "content": told}, "finish_reason": "length" if cut else "stop"},
        ],
        "usage": {"completion_tokens": min(len(words), body[most])},
    }
