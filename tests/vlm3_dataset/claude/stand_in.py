"""A loopback stand-in for Claude's API: Messages and Message Batches, as SDK 2.12 calls them.

It refuses what the real one refuses (refuses.py), counts the bill, and fails as it is told to: `faults` are
those of the next requests, one each; with `odds` any request may have one; `refuses` says what it has against a page.
"""

import json
import random
import re
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

from tests.loopback import listening
from tests.vlm3_dataset.claude.refuses import fault_of

LARGEST_REQUEST = 32 * 2**20
LARGEST_BATCH = 256 * 2**20
MODELS = re.compile(r"claude-(haiku|sonnet|opus)-5-5(-\d{8})?")

STATUSES = {
    400: ("invalid_request_error", "your credit balance is too low"),
    401: ("authentication_error", "invalid x-api-key"),
    402: ("billing_error", "no card"),
    403: ("permission_error", "not for you"),
    404: ("not_found_error", "no such model"),
    413: ("request_too_large", "request exceeds the maximum size"),
    429: ("rate_limit_error", "this would exceed your rate limit"),
    500: ("api_error", "internal server error"),
    529: ("overloaded_error", "overloaded"),
}
STATUS_OF = {kind: status for status, (kind, _) in STATUSES.items()}
# "torn": answered, billed, and the line breaks; "slow": a second later; "half": a body that is not whole, on a whole
# line; "billed 500": what it says; "cut": the text ends inside its JSON; "refusal": the model declines.
ANY_TIME = (400, 401, 413, 429, 500, 529)
FAULTS = (*ANY_TIME, "torn", "slow", "half", "cut", "refusal")
FATES = ("errored", "expired", "canceled", "cut", "refusal")  # of a request inside a batch

Fault = int | str | None
Refusal = tuple[str, str]  # an error's type and message


def pleased(_: dict) -> None:
    """Refuses nothing."""


@dataclass
class Claude:
    """What the stand-in answers, and what it was asked."""

    reply: dict | Callable[[dict], dict]  # or what makes it of the request
    values: dict[str, str] = field(default_factory=dict)  # what a second reader is told, by question
    stop_reason: str = "end_turn"
    knows_schemas: bool = True
    says: list[str] = field(default_factory=list)  # texts of the next answers, before those of `reply`
    faults: list[Fault] = field(default_factory=list)
    fates: list[str] = field(default_factory=list)  # of the next requests in batches
    odds: float = 0.0  # of a fault for each request, and a fate for each request in a batch
    chances: tuple[Fault, ...] = FAULTS  # which faults the odds are of
    chosen_fates: tuple[str, ...] = FATES
    refuses: Callable[[dict], Refusal | None] = pleased
    unseen: list[int] = field(default_factory=list)  # statuses that the next batches are answered with, once made
    away: list[int] = field(default_factory=list)  # statuses of the next looks at a batch
    ends_early: list[str] = field(default_factory=list)  # how the next results do: "line", "word"
    rng: random.Random = field(default_factory=lambda: random.Random(0))
    retry_after: str = "0"
    limits: dict[str, str] = field(default_factory=dict)  # headers of each good answer
    requests: int = 0
    calls: list[float] = field(default_factory=list)  # when each /v1/messages came
    billed: list[dict] = field(default_factory=list)
    torn: int = 0  # answers that were billed and did not arrive
    usage: dict | Callable[[dict, str], dict] = field(
        default_factory=lambda: {"input_tokens": 2_000, "output_tokens": 1_000}
    )  # or what makes it of the request and the answer
    latency: float = 0.05  # seconds; calls overlap, as they do on the real one
    turnaround: float = 0.1  # seconds until a batch has ended
    before_reply: float = 0.0  # seconds between a batch being made and its id being told
    batches: dict[str, "Batch"] = field(default_factory=dict)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def draw(self, planned: list, choices: tuple) -> Fault:
        with self.lock:
            if planned:
                return planned.pop(0)
            return self.rng.choice(choices) if self.rng.random() < self.odds else None


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
def serving(reply: dict | Callable[[dict], dict], **options) -> Iterator[Claude]:
    claude = Claude(reply, **options)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            came = time.monotonic()
            raw = self.rfile.read(int(self.headers["content-length"]))
            told = posted(claude, self.path, self.headers, raw)
            if self.path == "/v1/messages" and told[0] == 200:  # what checking took is part of the latency
                latency = claude.latency + (1.0 if "slow" in told else 0.0)
                time.sleep(max(0.0, came + latency - time.monotonic()))
            self.answer(*told)

        def do_GET(self):
            self.answer(*looked_up(claude, self.path.partition("?")[0]))

        def answer(self, status, body, fault=None):
            claude.requests += 1
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            torn, data = (fault == "torn"), (data[: len(data) // 2] if fault == "half" else data)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            for name, value in (claude.limits if status == 200 else {"retry-after": claude.retry_after}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if torn else data)
            if torn:
                self.wfile.flush()
                self.connection.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER 0: a reset, not an end
                self.close_connection = True

        def log_message(self, *_):
            pass

    with listening(Handler) as claude.url:
        yield claude


def posted(claude: Claude, path: str, headers, raw: bytes) -> tuple:
    """Status, body, and what happens to the line."""
    asked = json.loads(raw)
    if not headers["anthropic-version"]:
        return error(400, "invalid_request_error", "anthropic-version: header is required")
    if not (headers["authorization"] or headers["x-api-key"]):
        return error(401, "authentication_error", "a key is needed")
    if path == "/v1/messages/batches":
        return make_batch(claude, asked, len(raw))
    if path != "/v1/messages":
        return error(404, "not_found_error", f"no {path}")
    return answer(claude, asked, len(raw))


def answer(claude: Claude, asked: dict, size: int) -> tuple:
    if size > LARGEST_REQUEST:
        return status(413)
    if wrong := fault_of(asked, knows_schemas=claude.knows_schemas):
        return error(400, "invalid_request_error", wrong)
    if claude.knows_schemas and not MODELS.fullmatch(asked["model"]):
        return error(404, "not_found_error", f"model: {asked['model']}")
    if refusal := claude.refuses(asked):
        return error(STATUS_OF.get(refusal[0], 500), *refusal)
    fault = claude.draw(claude.faults, claude.chances)
    with claude.lock:
        claude.calls.append(time.monotonic())
    if fault in STATUSES:
        return status(fault)
    with claude.lock:
        claude.billed.append(asked)
        claude.torn += fault in {"torn", "half", "billed 500"}
    if fault == "billed 500":
        return status(500)
    return 200, message(claude, asked, fault), fault


def message(claude: Claude, asked: dict, fault: Fault = None) -> dict:
    text = claude.says.pop(0) if claude.says else json.dumps(reply_to(claude, asked))
    stop_reason = "refusal" if fault == "refusal" else claude.stop_reason
    text = {"cut": text[: len(text) // 2], "refusal": ""}.get(fault, text)
    return {
        "id": f"msg_{len(claude.billed)}",
        "type": "message",
        "role": "assistant",
        "model": asked["model"],
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": claude.usage(asked, text) if callable(claude.usage) else claude.usage,
    }


def reply_to(claude: Claude, asked: dict) -> dict:
    """Pairs of a page, or the values that numbered questions ask for; never a shape that the schema does not have."""
    if callable(claude.reply):
        return claude.reply(asked)
    text = asked["messages"][0]["content"][1]["text"]
    questions = re.findall(r"^(\d+)\. (.*)$", text.partition("<questions>")[2], re.MULTILINE)
    answers = [{"number": int(number), "answer": claude.values.get(words, "")} for number, words in questions]
    reply = {"answers": answers} if questions else claude.reply
    if "output_config" in asked:
        assert reply.keys() == asked["output_config"]["format"]["schema"]["properties"].keys()
    return reply


def make_batch(claude: Claude, asked: dict, size: int) -> tuple:
    """Whole or not at all; what is wrong with one request shows in its result."""
    ids = [each["custom_id"] for each in asked["requests"]]
    if size > LARGEST_BATCH:
        return status(413)
    if not ids or len(ids) > 100_000 or len(ids) != len(set(ids)):
        return error(400, "invalid_request_error", "1 to 100,000 requests, each with a custom_id of its own")
    if not all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", each) for each in ids):
        return error(400, "invalid_request_error", "custom_id: 1 to 64 of a-z, A-Z, 0-9, _ and -")
    fault = claude.draw(claude.faults, (*ANY_TIME, "torn"))
    if fault in STATUSES:
        return status(fault)
    results = [outcome(claude, each) for each in asked["requests"]]
    with claude.lock:
        batch = Batch(f"msgbatch_{len(claude.batches)}", results)
        claude.batches[batch.id] = batch
    time.sleep(claude.before_reply)
    if claude.unseen:
        return error(claude.unseen.pop(0), "api_error", "made, and yet an error")
    return 200, batch.shown(claude), fault


def outcome(claude: Claude, request: dict) -> dict:
    asked, name = request["params"], request["custom_id"]
    fate = claude.draw(claude.fates, claude.chosen_fates)
    wrong = fault_of(asked, knows_schemas=claude.knows_schemas)
    refusal = ("invalid_request_error", wrong) if wrong else claude.refuses(asked)
    if fate == "errored":
        refusal = ("api_error", "internal error")
    if refusal:
        _, body = error(500, *refusal)
        return {"custom_id": name, "result": {"type": "errored", "error": body | {"request_id": "r"}}}
    if fate in {"expired", "canceled"}:
        return {"custom_id": name, "result": {"type": fate}}
    with claude.lock:
        claude.billed.append(asked)
    return {"custom_id": name, "result": {"type": "succeeded", "message": message(claude, asked, fate)}}


def looked_up(claude: Claude, path: str) -> tuple:
    if not path.startswith("/v1/messages/batches"):
        return error(404, "not_found_error", f"no {path}")
    name, _, results = path.removeprefix("/v1/messages/batches").strip("/").partition("/")
    if not name:
        newest_first = [batch.shown(claude) for batch in reversed(list(claude.batches.values()))]
        return 200, {"data": newest_first, "has_more": False, "first_id": None, "last_id": None}
    if name not in claude.batches:
        return error(404, "not_found_error", f"no batch {name}")
    batch = claude.batches[name]
    if claude.away:
        return error(claude.away.pop(0), "api_error", "away")
    if not results:
        return 200, batch.shown(claude)
    lines = [json.dumps(each).encode() + b"\n" for each in batch.results]
    claude.rng.shuffle(lines)  # in any order
    if claude.ends_early:
        early = b"".join(lines[: len(lines) // 2])
        return 200, early if claude.ends_early.pop(0) == "line" else early + lines[-1][:50]
    fault = claude.draw([], ("torn",))
    return 200, b"".join(lines), fault


def status(code: int) -> tuple:
    return error(code, *STATUSES[code])


def error(code: int, kind: str, message: str) -> tuple[int, dict]:
    return code, {"type": "error", "error": {"type": kind, "message": message}}
