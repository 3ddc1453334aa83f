"""Get answers from any server that speaks OpenAI's chat completions: vLLM, SGLang, llama.cpp, or a paid one.

The key, from OPENAI_API_KEY, goes into one header and nowhere else: no message, no file.
"""

import math
import random
import re
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent import futures
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from functools import partial
from io import BytesIO
from typing import Any, Self

import httpx
from PIL import ExifTags, Image
from tqdm import tqdm

from evaluation.models import replies
from evaluation.models.answers import Settings
from evaluation.models.replies import Reply
from evaluation.rows import MEDIA_TYPES, Question, open_page
from vlm3_dataset.errors import Misused, first_line
from vlm3_dataset.files import fingerprint
from vlm3_dataset.hub.reader import inside, prompt
from vlm3_dataset.keys import read_key
from vlm3_dataset.pictures import data_uri, encoded

KEY_VARIABLE = "OPENAI_API_KEY"
TRIES = 6
LONGEST_WAIT = 60  # seconds, also where a server asks for more
ANSWER_TIMEOUT = 600  # seconds for a page and 256 tokens on a busy server; then a question counts as not answered
NOTICE_AFTER = 120  # seconds without any reply, after which the user is told
TIMEOUT = httpx.Timeout(ANSWER_TIMEOUT, connect=10)
FAILURES_AT_START = 5  # if so many questions fail before any is answered, the server is at fault
FATAL_STATUS = frozenset({401, 403, 404})
PATCH = 28  # pixels of a patch of Qwen2-VL; pages are resized to whole patches
RETRY_STATUS = frozenset({408, 409, 425, 429})  # and every 5xx: another try may work
OPTIONAL_PARAMETERS = ("max_tokens", "temperature")  # OpenAI's reasoning models refuse both, by these names
UPRIGHT = 1
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)


class EndpointError(ValueError):
    """The reason why an endpoint gives no answer, in one line."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model behind an address. What its name stands for there is unknown, and may change unnoticed."""

    url: str  # ends in /v1
    name: str
    settings: Settings
    tiny: bool = False

    @classmethod
    def at(cls, url: str, model: str, settings: Settings) -> Self:
        """Return the model at an address. Raises Misused if it is malformed or contains a password."""
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise Misused(f"{url!r} is no address ({error})") from None
        if address.scheme not in {"http", "https"} or not address.host or address.userinfo or address.query:
            raise Misused(
                f"--endpoint takes http(s)://host/v1 without password or query; a key goes into {KEY_VARIABLE}"
            )
        return cls(str(address).rstrip("/"), model, settings)

    def key(self, question: Question) -> str:
        """Return the digest of all that is known to decide the answer."""
        decides = ("served", self.url, self.name, self.settings.max_new_tokens, self.settings.max_pixels)
        return fingerprint(*decides, question.image_sha256, question.text)

    def provenance(self) -> dict[str, Any]:
        settings = {name: value for name, value in asdict(self.settings).items() if name == "max_new_tokens"}
        settings["temperature"] = "0, where the server takes one"
        return {"name": self.name, "endpoint": self.url, "settings": settings}


class Client:
    """Asks an endpoint several questions at once. `wait` sleeps for seconds, `tell` prints a line.

    `works` says that the model has answered before.
    """

    def __init__(
        self,
        wait: Callable[..., Any] = futures.wait,
        tell: Callable[[str], Any] = tqdm.write,
        *,
        works: bool = False,
    ) -> None:
        self._wait, self._tell, self._works = wait, tell, works

    def answer(
        self, model: ServedModel, questions: Sequence[Question], missing: Collection[str], batch: int
    ) -> Iterator[list[tuple[Question, Reply]]]:
        """Yield each missing reply as it comes, also errors; at most `batch` are asked for at once.

        Raises:
            EndpointError: nothing works; the first questions ever asked all fail, or the server refuses any.
            Misused: no header can carry the key.
        """
        stop = threading.Event()
        refused: set[str] = set()
        headers = {"Authorization": f"Bearer {key}"} if (key := read_key(KEY_VARIABLE)) else {}
        waiting = [question for question in questions if question.id in missing]
        works, enough = self._works or len(waiting) < len(questions), min(FAILURES_AT_START, len(waiting))
        failed = 0
        asked: dict[Future[Reply], Question] = {}
        with httpx.Client(headers=headers, timeout=TIMEOUT) as client:
            try:
                while waiting or asked:
                    while waiting and len(asked) < batch:
                        question = waiting.pop(0)
                        asked[_in_background(partial(_ask, client, model, question, refused, stop))] = question
                    for done in self._next_replies(model, asked):
                        question, reply = asked.pop(done), done.result()
                        works, failed = works or reply.error is None, failed + (reply.error is not None)
                        if not works and failed >= enough:
                            told = f"{question.id}: {reply.error}; what was answered is stored"
                            raise EndpointError(f"{model.url} gave no answer to {told}")
                        yield [(question, reply)]
            finally:
                stop.set()

    def _next_replies(self, model: ServedModel, asked: Collection[Future[Reply]]) -> Collection[Future[Reply]]:
        """Return the replies that have come, once there are any; tell the user if none comes for two minutes."""
        silent = 0
        while True:
            done, _ = self._wait(asked, timeout=NOTICE_AFTER, return_when=futures.FIRST_COMPLETED)
            if done:
                return done
            silent += NOTICE_AFTER
            limit = f"a question is given up after {ANSWER_TIMEOUT // 60}; Ctrl-C stops and keeps what is answered"
            self._tell(f"{model.url} has not answered for {silent // 60} minutes; {limit}")


def _in_background(ask: Callable[[], Reply]) -> Future[Reply]:
    """Run a function in a thread that nothing waits for: the end of the program would wait for a pool's threads."""
    reply: Future[Reply] = Future()

    def run() -> None:
        try:
            reply.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - raised where the reply is read
            reply.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return reply


def _ask(
    client: httpx.Client, model: ServedModel, question: Question, refused: set[str], stop: threading.Event
) -> Reply:
    """Return the reply to one question, or why it has none. Parameters that the server refuses go into `refused`.

    Raises EndpointError for an error that every question would get: a wrong key, an unknown model.
    """
    whole = _request_body(model, question)
    problem = ""
    for attempt in range(1, TRIES + 1):
        wait = min(LONGEST_WAIT, 2**attempt * random.uniform(0.25, 0.5))
        body = _without(whole, refused)
        try:
            response = client.post(f"{model.url}/chat/completions", json=body)
            if response.is_success:
                return replies.read(response)
        except httpx.ReadTimeout:  # the server hangs; another ten minutes would not help
            problem = f"no answer for {ANSWER_TIMEOUT // 60} minutes"
            break
        except httpx.RequestError as error:  # also a body that cannot be unpacked
            problem = first_line(error)
        except ValueError:  # a proxy's page, half a reply
            problem = "what it sends is no chat completion"
        else:
            problem = _refusal(model, response)
            if unwanted := _refused_parameters(response, body):
                refused |= unwanted
                continue
            if response.status_code not in RETRY_STATUS and response.status_code < 500:
                break
            asked = _SECONDS.fullmatch(response.headers.get("retry-after", ""))  # it may also be a date
            wait = min(LONGEST_WAIT, float(asked[0]) if asked else 0) or wait
        if attempt == TRIES or stop.wait(wait):
            break
    return Reply("", 0, truncated=False, error=problem)


def _refusal(model: ServedModel, response: httpx.Response) -> str:
    """Return status and message in one short line, with the key removed should it contain it.

    Raises EndpointError for a refusal that every question would get.
    """
    try:
        message = response.json()["error"]["message"]
    except (ValueError, KeyError, TypeError):
        message = response.text
    line = "".join(char if char.isprintable() else " " for char in str(message))[:200].strip()
    if key := read_key(KEY_VARIABLE):
        line = line.replace(key, "...")
    problem = f"{response.status_code} {line or response.reason_phrase}"
    if response.status_code in FATAL_STATUS:
        raise EndpointError(f"{model.url} refuses: {problem}; what was answered is stored")
    return problem


def _request_body(model: ServedModel, question: Question) -> dict[str, Any]:
    """Return the request: the page, if any, then the question as in training, with special tokens made harmless."""
    most = model.settings.max_pixels
    (turn,) = prompt(question.text, page=question.image is not None)
    parts = [
        part if part["type"] == "text" else {"type": "image_url", "image_url": {"url": _picture(question, most)}}
        for part in turn["content"]
    ]
    messages = [{"role": turn["role"], "content": parts}]
    return {"model": model.name, "messages": messages, "max_tokens": model.settings.max_new_tokens, "temperature": 0}


def _without(body: dict[str, Any], refused: Collection[str]) -> dict[str, Any]:
    """Return the request as this server takes it; `max_tokens` has a second name."""
    taken = {name: value for name, value in body.items() if name not in refused}
    return taken | ({"max_completion_tokens": body["max_tokens"]} if "max_tokens" in refused else {})


def _refused_parameters(response: httpx.Response, body: dict[str, Any]) -> set[str]:
    """Return the parameters for which a server refuses a request: "'temperature' is not supported with this model"."""
    if response.status_code != httpx.codes.BAD_REQUEST or "support" not in response.text:
        return set()
    return {name for name in OPTIONAL_PARAMETERS if name in body and f"'{name}'" in response.text}


def _picture(question: Question, most: int) -> str:
    """Return the page as a data URL: its own bytes where any server shows them upright, else drawn anew.

    A page of more pixels than training saw is sent at the size to which training brings it: whole patches, in bounds.
    """
    page = open_page(question)  # raises an error for a page that cannot be read
    data = inside(question.folder, question.image).read_bytes()
    with Image.open(BytesIO(data)) as stored:
        as_is = stored.getexif().get(ExifTags.Base.Orientation, UPRIGHT) == UPRIGHT and MEDIA_TYPES.get(stored.format)
    if page.width * page.height > most:
        shrink = math.sqrt(most / (page.width * page.height))
        size = [max(PATCH, math.floor(side * shrink / PATCH) * PATCH) for side in page.size]
        page, as_is = page.resize(size, Image.Resampling.BICUBIC), ""
    if not as_is:
        data = encoded(page, "PNG")
    return data_uri(data, as_is or "image/png")
