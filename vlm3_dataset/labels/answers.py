"""Pairs out of a stored answer. Pure: a better reader costs nothing."""

from typing import Any

from pydantic import ValidationError

from vlm3_dataset.labels.prompts import VERSION, PageAnswer
from vlm3_dataset.schema import QA


def read(body: dict[str, Any]) -> tuple[str, list[QA]]:
    """Content type and pairs. A refused, cut or garbled answer is final and has none; its content type says so."""
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
