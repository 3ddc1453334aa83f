"""The two requests about an answer, and the key under which each reply is kept."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from evaluation.judge import prompts
from evaluation.judge.known import known
from evaluation.judge.picture import Picture
from evaluation.judge.prompts import Task
from evaluation.rows import Question
from vlm3_dataset.claude import forecast
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.replies import text_of
from vlm3_dataset.claude.request import NOT_IN_FORM, again, key_again, output_config

MAX_TOKENS = 4_000  # ten verdicts with their reasons are 700; the rest is room for thinking
USUAL_OUTPUT = 300  # of a reply, before the first is paid for
SCHEMA_TOKENS = 250


@dataclass(frozen=True, slots=True)
class JudgeAsk:
    """One request: text, and the page where the judge needs it."""

    key: str
    about: str  # the question's id
    model: Model
    task: Task
    text: str
    picture: Picture | None
    tokens: int
    claims: tuple[str, ...] = ()  # each wants a verdict
    tries: int = 1  # 2 where what came first was not in form, and so on
    wrong: str | None = None  # what came before
    prompt_version: str = prompts.VERSION
    usual_output: int = USUAL_OUTPUT
    most_output: int = MAX_TOKENS

    def request(self) -> dict[str, Any]:
        """Arguments of `messages.create`."""
        image = self.picture.block() if self.picture else None
        first = _around(self.model, self.task, self.text, image)
        return first if self.wrong is None else again(first, self.wrong)


def take_apart(question: Question, answer: str, model: Model) -> JudgeAsk:
    """The answer's statements: which are relevant, and which the page could contradict. Without the page."""
    return _ask(question, model, prompts.TAKE_APART, prompts.take_apart(question.text, answer), None)


def compare(question: Question, claims: Sequence[str], picture: Picture, model: Model) -> JudgeAsk:
    """A verdict for each claim, before the page and what is known of it."""
    text = prompts.compare(question.text, known(question), claims)
    return replace(_ask(question, model, prompts.COMPARE, text, picture), claims=tuple(claims))


def once_more(ask: JudgeAsk, body: dict[str, Any]) -> JudgeAsk:
    """The same, with the reply that was not in form and what is wrong with it."""
    wrong = text_of(body)
    tokens = ask.tokens + forecast.text_tokens(wrong) + forecast.text_tokens(NOT_IN_FORM)
    return replace(ask, key=key_again(ask.key, f"{ask.tries} {wrong}"), tokens=tokens, tries=ask.tries + 1, wrong=wrong)


def _ask(question: Question, model: Model, task: Task, text: str, picture: Picture | None) -> JudgeAsk:
    """Keyed on everything that is asked: model, words, schema, longest reply, and the page's bytes by their digest."""
    around = _around(model, task, text, picture.identity if picture else None)
    key = hashlib.sha256(json.dumps([prompts.VERSION, around], sort_keys=True).encode()).hexdigest()
    words = forecast.text_tokens(prompts.system(task, model) + text) + SCHEMA_TOKENS
    seen = picture.size.tokens + forecast.IMAGE_OVERHEAD if picture else 0
    return JudgeAsk(key, question.id, model, task, text, picture, words + seen)


def _around(model: Model, task: Task, text: str, image: Any) -> dict[str, Any]:
    """A server that knows no schema may not know the other extensions either. No temperature: the API has none."""
    system = [{"type": "text", "text": prompts.system(task, model)}]
    asked: dict[str, Any] = {"model": model.name, "max_tokens": MAX_TOKENS, "system": system}
    if model.has_schema:
        asked["output_config"] = output_config(task.form)
    content = [*([image] if image else []), {"type": "text", "text": text}]
    return asked | {"messages": [{"role": "user", "content": content}]}
