"""A loopback stand-in for Claude's Messages API. It refuses what the real one refuses, and counts the bill."""

import base64
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

LARGEST_EDGE = 2_576  # pixels; with `oversized_image: error` a larger picture is refused instead of shrunk


@dataclass
class Claude:
    """What the stand-in answers, and what it was asked. `faults` are statuses to give before the next good answer."""

    reply: dict
    stop_reason: str = "end_turn"
    faults: list[int] = field(default_factory=list)
    billed: list[dict] = field(default_factory=list)
    usage: dict = field(default_factory=lambda: {"input_tokens": 2_000, "output_tokens": 1_000})
    latency: float = 0.05  # seconds; calls of several threads overlap, as they do on the real one
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def serving(reply: dict, **options) -> Iterator[Claude]:
    claude = Claude(reply, **options)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, body = answer(claude, self.path, self.headers, asked)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.send_header("retry-after", "0")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    claude.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield claude
    finally:
        server.shutdown()
        server.server_close()


def answer(claude: Claude, path: str, headers, asked: dict) -> tuple[int, dict]:
    if path != "/v1/messages" or not headers["anthropic-version"]:
        return error(404, "not_found_error", f"no {path}, or no anthropic-version")
    if not (headers["authorization"] or headers["x-api-key"]):
        return error(401, "authentication_error", "a key is needed")
    if wrong := fault_of(asked):
        return error(400, "invalid_request_error", wrong)
    with claude.lock:
        if claude.faults:
            return error(claude.faults.pop(0), "overloaded_error", "try again")
        claude.billed.append(asked)
    time.sleep(claude.latency)
    return 200, {
        "id": f"msg_{len(claude.billed)}",
        "type": "message",
        "role": "assistant",
        "model": asked["model"],
        "content": [{"type": "text", "text": json.dumps(claude.reply)}],
        "stop_reason": claude.stop_reason,
        "stop_sequence": None,
        "usage": claude.usage,
    }


def fault_of(asked: dict) -> str | None:
    """Why the real API would answer 400."""
    image, text = asked["messages"][0]["content"]
    if missing := {"model", "max_tokens", "messages"} - asked.keys():
        return f"missing {missing}"
    if "temperature" in asked:
        return "temperature is not supported"
    if asked["output_config"]["format"]["schema"].get("additionalProperties") is not False:
        return "additionalProperties must be false"
    picture = Image.open(io.BytesIO(base64.standard_b64decode(image["source"]["data"])))
    if image["source"]["media_type"] != Image.MIME[picture.format]:
        return "media_type does not match the image"
    if max(picture.size) > LARGEST_EDGE and image["transformations"] == {"oversized_image": "error"}:
        return "image is too large"
    return None if text["type"] == "text" and text["text"] else "empty text"


def error(status: int, kind: str, message: str) -> tuple[int, dict]:
    return status, {"type": "error", "error": {"type": kind, "message": message}}
