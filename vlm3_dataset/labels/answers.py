"""What a stored answer says of its page. Pure."""

from typing import Any

from vlm3_dataset.labels import prompts
from vlm3_dataset.labels.replies import NoAnswer, parse
from vlm3_dataset.schema import QA, Labels


def read(body: dict[str, Any]) -> Labels:
    """Class and pairs. A refused, cut or garbled answer is final and has none; it says why."""
    try:
        answer = parse(body, prompts.PageAnswer)
    except NoAnswer as none:
        return Labels("other", problem=f"no answer ({none})")
    return Labels(
        answer.content_type,
        tuple(
            QA(
                question=pair.question.strip(),
                answer=pair.answer.strip(),
                evidence=pair.evidence.strip(),
                question_type=pair.question_type,
                labeler="claude",
                model=body.get("model"),
                prompt_version=prompts.VERSION,
                needs_image=pair.needs_image,
            )
            for pair in answer.pairs
        ),
        section=answer.section.strip(),
        language=answer.language.strip(),
        names=tuple(name.strip() for name in answer.names),
    )
