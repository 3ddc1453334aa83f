"""The labeler with a key: asks Claude about a page, once, and reads the stored answer ever after."""

import os
import threading
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vlm3_dataset.labels import prices, request
from vlm3_dataset.labels.prompts import VERSION, PageAnswer
from vlm3_dataset.labels.store import Store
from vlm3_dataset.schema import QA, Page

DEFAULT_MODEL = "claude-haiku-5-5"
WORST_CASE_INPUT = 8_000  # tokens: a 4,756-token image, the prompt and the schema


class BudgetReached(Exception):  # noqa: N818  # a stop that was asked for
    """The next answer could cost more than was allowed."""


class Claude:
    """Live calls, several at a time, each stored before it is parsed, none beyond the budget.

    `max_usd` bounds what this run spends. Before a call its worst case is set aside, so that calls in flight together
    cannot pass the bound.
    """

    def __init__(self, store: Store, model: str, max_usd: float) -> None:
        from anthropic import Anthropic

        self.model, self._store, self._left = model, store, max_usd
        rate = prices.price(model)
        self._worst = (WORST_CASE_INPUT * rate.cache_write + request.MAX_TOKENS * rate.output) / prices.MILLION
        self._lock = threading.Lock()
        # A server of one's own (ANTHROPIC_BASE_URL alone) asks for no key, but the SDK wants one to send.
        keys = {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"} & set(os.environ)
        alone = "ANTHROPIC_BASE_URL" in os.environ and not keys
        self._client = Anthropic(api_key="none") if alone else Anthropic()

    def label(self, page: Page, work: Path) -> tuple[str, list[QA]]:
        """The content type Claude gives a page, and its pairs.

        Raises:
            BudgetReached: nothing was sent.
            anthropic.APIError: the call failed after the SDK's own retries; nothing was stored.
        """
        asked = request.build(page, (work / page.image).read_bytes(), self.model)
        key = request.key(asked)
        body = self._store.get(key) or self._pay_for(key, page, asked)
        return read(body)

    def _pay_for(self, key: str, page: Page, asked: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if self._left < self._worst:
                raise BudgetReached(f"${self._left:.2f} are left and an answer can cost ${self._worst:.2f}")
            self._left -= self._worst
        paid = 0.0
        try:
            # create, not parse: on a cut answer parse raises and the paid body is gone.
            body = self._client.messages.create(**asked).model_dump(mode="json")
            paid = prices.cost(self.model, body["usage"])
            self._store.put(key, page.page_id, VERSION, body, paid)
        finally:
            with self._lock:
                self._left += self._worst - paid
        return body


def read(body: dict[str, Any]) -> tuple[str, list[QA]]:
    """Pairs of a stored answer. A refused, cut or garbled one is final and has none; its content type says so."""
    if body["stop_reason"] in {"refusal", "max_tokens"}:
        return f"no answer ({body['stop_reason']})", []
    text = "".join(block["text"] for block in body["content"] if block["type"] == "text")
    try:
        answer = PageAnswer.model_validate_json(text)
    except ValidationError as error:
        return f"no answer ({error.error_count()} faults in its form)", []
    pairs = [
        QA(
            question=pair.question.strip(),
            answer=pair.answer.strip(),
            evidence=pair.evidence.strip(),
            question_type=pair.question_type,
            labeler="claude",
            model=body["model"],
            prompt_version=VERSION,
        )
        for pair in answer.pairs
    ]
    return answer.content_type, pairs
