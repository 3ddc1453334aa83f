"""A loopback stand-in for Claude's Messages API. It refuses what the real one refuses, and counts the bill."""

import base64
import io
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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
    fates: list[str] = field(default_factory=list)  # of the next requests in batches: errored, expired, canceled
    turnaround: float = 0.1  # seconds until a batch has ended
    before_reply: float = 0.0  # seconds between a batch being made and its id being told
    batches: dict[str, "Batch"] = field(default_factory=dict)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Batch:
    id: str
    results: list[dict]
    made: float = field(default_factory=time.time)

    def shown(self, claude: Claude) -> dict:
        ended = time.time() - self.made >= claude.turnaround
        types = [each["result"]["type"] for each in self.results]
        kinds = ("succeeded", "errored", "canceled", "expired")
        counts = {kind: types.count(kind) if ended else 0 for kind in kinds} | {
            "processing": 0 if ended else len(types)
        }
        stamp = datetime.fromtimestamp(self.made, UTC)
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": "ended" if ended else "in_progress",
            "request_counts": counts,
            "created_at": stamp.isoformat(),
            "expires_at": (stamp + timedelta(days=1)).isoformat(),
            "ended_at": stamp.isoformat() if ended else None,
            "results_url": f"{claude.url}/v1/messages/batches/{self.id}/results" if ended else None,
            "archived_at": None,
            "cancel_initiated_at": None,
        }


@contextmanager
def serving(reply: dict, **options) -> Iterator[Claude]:
    claude = Claude(reply, **options)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self.reply(*answer(claude, self.path, self.headers, asked))

        def do_GET(self):
            self.reply(*looked_up(claude, self.path.partition("?")[0]))

        def reply(self, status, body):
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
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
    if path not in {"/v1/messages", "/v1/messages/batches"} or not headers["anthropic-version"]:
        return error(404, "not_found_error", f"no {path}, or no anthropic-version")
    if not (headers["authorization"] or headers["x-api-key"]):
        return error(401, "authentication_error", "a key is needed")
    if path.endswith("/batches"):
        return make_batch(claude, asked)
    if wrong := fault_of(asked):
        return error(400, "invalid_request_error", wrong)
    with claude.lock:
        if claude.faults:
            return error(claude.faults.pop(0), "overloaded_error", "try again")
        claude.billed.append(asked)
    time.sleep(claude.latency)
    return 200, message(claude, asked)


def message(claude: Claude, asked: dict) -> dict:
    return {
        "id": f"msg_{len(claude.billed)}",
        "type": "message",
        "role": "assistant",
        "model": asked["model"],
        "content": [{"type": "text", "text": json.dumps(claude.reply)}],
        "stop_reason": claude.stop_reason,
        "stop_sequence": None,
        "usage": claude.usage,
    }


def make_batch(claude: Claude, asked: dict) -> tuple[int, dict]:
    """Whole or not at all; what is wrong with one request shows in its result."""
    ids = [each["custom_id"] for each in asked["requests"]]
    if not ids or len(ids) > 100_000 or len(ids) != len(set(ids)):
        return error(400, "invalid_request_error", "1 to 100,000 requests, each with a custom_id of its own")
    if not all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", each) for each in ids):
        return error(400, "invalid_request_error", "custom_id: 1 to 64 of a-z, A-Z, 0-9, _ and -")
    with claude.lock:
        if claude.faults:
            return error(claude.faults.pop(0), "overloaded_error", "try again")
        batch = Batch(f"msgbatch_{len(claude.batches)}", [outcome(claude, each) for each in asked["requests"]])
        claude.batches[batch.id] = batch
    time.sleep(claude.before_reply)
    return 200, batch.shown(claude)


def outcome(claude: Claude, request: dict) -> dict:
    asked, fate = request["params"], claude.fates.pop(0) if claude.fates else "succeeded"
    if wrong := fault_of(asked) or ("internal error" if fate == "errored" else ""):
        _, body = error(500, "invalid_request_error", wrong)
        return {"custom_id": request["custom_id"], "result": {"type": "errored", "error": body | {"request_id": "r"}}}
    if fate != "succeeded":
        return {"custom_id": request["custom_id"], "result": {"type": fate}}
    claude.billed.append(asked)
    return {"custom_id": request["custom_id"], "result": {"type": fate, "message": message(claude, asked)}}


def looked_up(claude: Claude, path: str) -> tuple[int, dict | bytes]:
    _, _, name = path.partition("/v1/messages/batches")
    name, _, results = name.strip("/").partition("/")
    if not name:
        newest_first = [batch.shown(claude) for batch in reversed(claude.batches.values())]
        return 200, {"data": newest_first, "has_more": False, "first_id": None, "last_id": None}
    if name not in claude.batches:
        return error(404, "not_found_error", f"no batch {name}")
    batch = claude.batches[name]
    if not results:
        return 200, batch.shown(claude)
    return 200, b"".join(json.dumps(each).encode() + b"\n" for each in reversed(batch.results))  # in any order


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
