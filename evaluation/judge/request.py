"""Build the two requests about an answer, and the key under which each reply is stored."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from evaluation.judge import prompts
from evaluation.judge.known import known_facts
from evaluation.judge.picture import PagePicture
from evaluation.judge.prompts import Task
from evaluation.rows import Question
from vlm3_dataset.claude import forecast
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.replies import text_of
from vlm3_dataset.claude.request import NOT_IN_FORM, again, key_again, output_config

MAX_TOKENS = 4_000  # ten verdicts with their reasons are 700; the rest is room for thinking
USUAL_OUTPUT = 300  # tokens of a reply, until replies have been counted
SCHEMA_TOKENS = 250


@dataclass(frozen=True, slots=True)
class JudgeAsk:
    """One request: text, and the page where the judge needs it."""

    key: str
    about: str  # the question's id
    model: Model
    task: Task
    text: str
    picture: PagePicture | None
    tokens: int
    claims: tuple[str, ...] = ()  # each needs a verdict
    tries: int = 1  # 2 after a first reply that was not in form, and so on
    wrong: str | None = None  # the earlier reply
    prompt_version: str = prompts.VERSION
    usual_output: int = USUAL_OUTPUT
    most_output: int = MAX_TOKENS

    def request(self) -> dict[str, Any]:
        """Return the arguments of `messages.create`."""
        image = self.picture.block() if self.picture else None
        first = _message_body(self.model, self.task, self.text, image)
        return first if self.wrong is None else again(first, self.wrong)


def take_apart(question: Question, answer: str, model: Model, server: str = "") -> JudgeAsk:
    """Ask for an answer's statements without the page: which are relevant, and which a page could contradict."""
    text = prompts.take_apart(question.text, answer)
    return _ask(question, prompts.TAKE_APART, text, None, model=model, server=server)


def compare(
    question: Question, claims: Sequence[str], picture: PagePicture, model: Model, server: str = ""
) -> JudgeAsk:
    """Ask for a verdict on each claim, with the page and the known facts."""
    text = prompts.compare(question.text, known_facts(question), claims)
    return replace(_ask(question, prompts.COMPARE, text, picture, model=model, server=server), claims=tuple(claims))


def ask_again(ask: JudgeAsk, body: dict[str, Any]) -> JudgeAsk:
    """Ask again, with the reply that was not in form and what is wrong with it."""
    wrong = text_of(body)
    tokens = ask.tokens + forecast.text_tokens(wrong) + forecast.text_tokens(NOT_IN_FORM)
    return replace(ask, key=key_again(ask.key, f"{ask.tries} {wrong}"), tokens=tokens, tries=ask.tries + 1, wrong=wrong)


def _ask(
    question: Question, task: Task, text: str, picture: PagePicture | None, *, model: Model, server: str
) -> JudgeAsk:
    """Return a request, keyed by all that is asked: model, words, schema, longest reply, and the page's digest.

    The address, too, where it is given: a model's name there stands for whatever its owner serves.
    """
    around = _message_body(model, task, text, picture.identity if picture else None)
    asked = [prompts.VERSION, around, *([server] if server else [])]
    key = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    words = forecast.text_tokens(prompts.system(task, model) + text) + SCHEMA_TOKENS
    seen = picture.size.tokens + forecast.IMAGE_OVERHEAD if picture else 0
    return JudgeAsk(key, question.id, model, task, text, picture, words + seen)


def _message_body(model: Model, task: Task, text: str, image: Any) -> dict[str, Any]:
    """Put the message around; a server without schemas gets no other extension. The API takes no temperature."""
    system = [{"type": "text", "text": prompts.system(task, model)}]
    asked: dict[str, Any] = {"model": model.name, "max_tokens": MAX_TOKENS, "system": system}
    if model.has_schema:
        asked["output_config"] = output_config(task.form)
    content = [*([image] if image else []), {"type": "text", "text": text}]
    return asked | {"messages": [{"role": "user", "content": content}]}
