"""The labeler with a key: asks Claude about a page, once, and reads the stored answer ever after."""

import os
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vlm3_dataset.labels import prices, request
from vlm3_dataset.labels.prompts import VERSION, PageAnswer
from vlm3_dataset.labels.store import Store
from vlm3_dataset.schema import QA, Page

WORST_CASE_INPUT = 8_000  # tokens: a 4,756-token image, the prompt and the schema


class BudgetReached(Exception):
    """The next answer could cost more than was allowed."""


class Claude:
    """Live calls, several at a time, each stored before it is looked into, none beyond the budget.

    `max_usd` bounds what this run spends. Before a call its worst case is set aside; where that no longer fits, a call
    waits for those in flight, whose answers cost less than their worst case, and gives up when none is left.
    """

    def __init__(self, store: Store, model: str, max_usd: float) -> None:
        from anthropic import Anthropic

        self.model, self._store, self._left = model, store, max_usd
        rate = prices.price(model)
        self._worst = (WORST_CASE_INPUT * rate.cache_write + request.MAX_TOKENS * rate.output) / prices.MILLION
        self._in_flight = 0
        self._budget = threading.Condition()
        self._asking: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        # A server of one's own (ANTHROPIC_BASE_URL alone) asks for no key, but the SDK wants one to send.
        keyed = os.environ.get("ANTHROPIC_API_KEY") or os.environ.get("ANTHROPIC_AUTH_TOKEN")
        self._client = Anthropic() if keyed else Anthropic(api_key="none")

    def label(self, page: Page, work: Path) -> tuple[str, list[QA]]:
        """The content type Claude gives a page, and its pairs. A picture the API refuses has none, and is final.

        Raises:
            BudgetReached: nothing was sent.
            anthropic.APIError: the call failed after the SDK's own retries; nothing was stored.
        """
        from anthropic import BadRequestError

        asked = request.build(page, (work / page.image).read_bytes(), self.model)
        key = request.key(asked)
        with self._asking[key]:  # equal pages are asked once, not once a thread
            body = self._store.get(key)
            if body is None:
                try:
                    body = self._pay_for(key, page, asked)
                except BadRequestError as error:
                    # Only for the picture's sake: an empty account is a 400 too, and must not end every page.
                    if "image" not in str(error).lower():
                        raise
                    return f"no answer (the API refuses the picture: {_words(error)})", []
        return read(body)

    def _pay_for(self, key: str, page: Page, asked: dict[str, Any]) -> dict[str, Any]:
        self._set_aside()
        paid = 0.0
        try:
            # create, not parse: on a cut answer parse raises and the paid body is gone.
            body = self._client.messages.create(**asked).model_dump(mode="json")
            paid = prices.cost(self.model, body.get("usage") or {}, otherwise=self._worst)
            self._store.put(key, page.page_id, VERSION, body, paid)
        finally:
            with self._budget:
                self._in_flight -= 1
                self._left += self._worst - paid
                self._budget.notify_all()
        return body

    def _set_aside(self) -> None:
        with self._budget:
            self._budget.wait_for(lambda: self._left >= self._worst or not self._in_flight)
            if self._left < self._worst:
                raise BudgetReached(f"${self._left:.4f} are left and an answer can cost ${self._worst:.4f}")
            self._left -= self._worst
            self._in_flight += 1


def read(body: dict[str, Any]) -> tuple[str, list[QA]]:
    """Pairs of a stored answer. A refused, cut or garbled one is final and has none; its content type says so."""
    if body.get("stop_reason") in {"refusal", "max_tokens"}:
        return f"no answer ({body['stop_reason']})", []
    text = "".join(block.get("text") or "" for block in body.get("content") or [] if block.get("type") == "text")
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
            model=body.get("model"),
            prompt_version=VERSION,
        )
        for pair in answer.pairs
    ]
    return answer.content_type, pairs


def _words(error: Exception) -> str:
    return str(error).splitlines()[0][:160]
