"""Answers from any server that speaks OpenAI's chat completions: vLLM, SGLang, llama.cpp, or a paid one.

The key, from OPENAI_API_KEY, goes into one header and nowhere else: no message, no file.
"""

import base64
import os
import random
import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any, Self

import httpx
from PIL import Image

from evaluation.models.answers import Reply, Settings
from evaluation.rows import Question, open_page
from vlm3_dataset.files import fingerprint
from vlm3_dataset.hub.reader import inside, prompt

KEY = "OPENAI_API_KEY"
TRIES = 6
LONGEST_WAIT = 60  # seconds, also where a server asks for more
TIMEOUT = httpx.Timeout(600, connect=10)  # a page and 256 tokens on a busy server
AGAIN = frozenset({408, 409, 425, 429})  # and every 5xx: another try may work
NOT_EVERYWHERE = ("max_tokens", "temperature")  # OpenAI's reasoning models refuse both, by these names
UPRIGHT, EXIF_ORIENTATION = 1, 0x0112
SENT_AS_IS = {"JPEG": "image/jpeg", "PNG": "image/png"}


class EndpointError(ValueError):
    """Why an endpoint gives no answer, in one line."""


@dataclass(frozen=True, slots=True)
class Served:
    """A model behind an address. What the name stands for there is not known: it may change, and nobody would say."""

    url: str  # up to /v1
    model: str
    settings: Settings
    tiny: bool = False

    @classmethod
    def at(cls, url: str, model: str, settings: Settings) -> Self:
        """Raises EndpointError for an address that is none, or that carries a password."""
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise EndpointError(f"{url!r} is no address ({error})") from None
        if address.scheme not in {"http", "https"} or not address.host or address.userinfo or address.query:
            raise EndpointError(f"--endpoint takes http(s)://host/v1 without password or query; a key goes into {KEY}")
        return cls(str(address).rstrip("/"), model, settings)

    @property
    def name(self) -> str:
        return self.model

    def key(self, question: Question) -> str:
        """A digest of all that is known to decide the answer."""
        decides = ("served", self.url, self.model, self.settings.max_new_tokens)
        return fingerprint(*decides, question.image_sha256, question.text)

    def provenance(self) -> dict[str, Any]:
        settings = {name: value for name, value in asdict(self.settings).items() if name == "max_new_tokens"}
        settings["temperature"] = "0, where the server takes one"
        return {"name": self.name, "endpoint": self.url, "settings": settings}


class Client:
    """Asks an endpoint, several questions at once."""

    def answer(
        self, served: Served, questions: Sequence[Question], missing: Collection[str], batch: int
    ) -> Iterator[list[tuple[Question, Reply]]]:
        """Each missing reply as it comes, at most `batch` on their way at once. Raises EndpointError."""
        stop = threading.Event()
        refused: set[str] = set()
        headers = {"Authorization": f"Bearer {key}"} if (key := os.environ.get(KEY)) else {}
        with httpx.Client(headers=headers, timeout=TIMEOUT) as client:
            pool = ThreadPoolExecutor(batch)
            asked = {
                pool.submit(_ask, client, served, question, refused, stop): question
                for question in questions
                if question.id in missing
            }
            try:
                for done in as_completed(asked):
                    yield [(asked[done], done.result())]
            finally:
                stop.set()
                pool.shutdown(cancel_futures=True)


def _ask(client: httpx.Client, served: Served, question: Question, refused: set[str], stop: threading.Event) -> Reply:
    """What the server refuses to be told goes into `refused`, which all questions share."""
    whole = _body(served, question)
    for attempt in range(1, TRIES + 1):
        wait = min(LONGEST_WAIT, 2**attempt * random.uniform(0.25, 0.5))
        body = _without(whole, refused)
        try:
            response = client.post(f"{served.url}/chat/completions", json=body)
            if response.is_success:
                return _reply(response)
            problem = _said(response)
            if unwanted := _unwanted(response, body):
                refused |= unwanted
                continue
            if response.status_code not in AGAIN and response.status_code < 500:
                break
            wait = _asked_for(response) or wait
        except httpx.TransportError as error:
            problem = f"{type(error).__name__}: {error}".partition("\n")[0]
        except (ValueError, KeyError, IndexError, TypeError):  # a proxy's page, half a reply
            problem = "what it sends is no chat completion"
        if attempt == TRIES or stop.wait(wait):
            break
    raise EndpointError(f"{served.url} gave no answer to {question.id}: {problem}; what was answered is stored")


def _body(served: Served, question: Question) -> dict[str, Any]:
    """The request: the page first, then the question, as in training. No special token can be spelled in it."""
    (turn,) = prompt(question.text)
    parts = [
        {"type": "image_url", "image_url": {"url": _picture(question)}} if part["type"] == "image" else part
        for part in turn["content"]
    ]
    messages = [{"role": turn["role"], "content": parts}]
    return {"model": served.model, "messages": messages, "max_tokens": served.settings.max_new_tokens, "temperature": 0}


def _without(body: dict[str, Any], refused: Collection[str]) -> dict[str, Any]:
    """The request as this server takes it; the longest answer has a second name."""
    taken = {name: value for name, value in body.items() if name not in refused}
    return taken | ({"max_completion_tokens": body["max_tokens"]} if "max_tokens" in refused else {})


def _unwanted(response: httpx.Response, body: dict[str, Any]) -> set[str]:
    """The parameters for which a server refuses a request: "'temperature' is not supported with this model"."""
    if response.status_code != httpx.codes.BAD_REQUEST or "support" not in response.text:
        return set()
    return {name for name in NOT_EVERYWHERE if name in body and f"'{name}'" in response.text}


def _picture(question: Question) -> str:
    """The page as a data URL: its own bytes where any server shows them upright, else drawn anew."""
    page = open_page(question)  # says what is wrong with a page that cannot be read
    data = inside(question.folder, question.image).read_bytes()
    with Image.open(BytesIO(data)) as stored:
        as_is = stored.getexif().get(EXIF_ORIENTATION, UPRIGHT) == UPRIGHT and SENT_AS_IS.get(stored.format or "")
    if not as_is:
        file = BytesIO()
        page.save(file, "PNG")
        data = file.getvalue()
    return f"data:{as_is or 'image/png'};base64,{base64.b64encode(data).decode()}"


def _reply(response: httpx.Response) -> Reply:
    """Raises ValueError, KeyError, IndexError or TypeError for what is no chat completion."""
    body = response.json()
    choice = body["choices"][0]
    text = choice["message"].get("content") or ""
    if not isinstance(text, str):
        raise TypeError(type(text).__name__)
    tokens = (body.get("usage") or {}).get("completion_tokens") or 0
    return Reply(text.strip(), int(tokens), truncated=choice.get("finish_reason") == "length")


def _said(response: httpx.Response) -> str:
    """Status and message of a refusal in one short line, without the key should it be in there."""
    try:
        message = response.json()["error"]["message"]
    except (ValueError, KeyError, TypeError):
        message = response.text
    line = "".join(char if char.isprintable() else " " for char in str(message))[:200].strip()
    if key := os.environ.get(KEY):
        line = line.replace(key, "...")
    return f"{response.status_code} {line or response.reason_phrase}"


def _asked_for(response: httpx.Response) -> float | None:
    """The seconds that a server asks to wait, bounded; None where it does not say, or says a date."""
    try:
        return min(LONGEST_WAIT, max(0.0, float(response.headers["retry-after"])))
    except (KeyError, ValueError):
        return None
