"""What a stored answer says of its page. Pure: a better reader costs nothing."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from vlm3_dataset.labels.prompts import VERSION, PageAnswer
from vlm3_dataset.schema import QA, Labels

Form = TypeVar("Form", bound=BaseModel)

UNFINISHED = {"refusal", "max_tokens"}  # stop reasons that would be the same the next time


def read(body: dict[str, Any]) -> Labels:
    """Class and pairs. A refused, cut or garbled answer is final and has none; it says why."""
    if body.get("stop_reason") in UNFINISHED:
        return Labels("other", problem=f"no answer ({body['stop_reason']})")
    try:
        answer = parsed(text_of(body), PageAnswer)
    except ValidationError as error:
        return Labels("other", problem=f"no answer ({error.error_count()} faults in its form)")
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
                prompt_version=VERSION,
                needs_image=pair.needs_image,
            )
            for pair in answer.pairs
        ),
        section=answer.section.strip(),
        language=answer.language.strip(),
        names=tuple(name.strip() for name in answer.names),
    )


def is_in_form(body: dict[str, Any]) -> bool:
    """False where asking once more for the form may help; a refused or cut answer has none, and would not get any."""
    return body.get("stop_reason") in UNFINISHED or not read(body).problem


def text_of(body: dict[str, Any]) -> str:
    return "".join(block.get("text") or "" for block in body.get("content") or [] if block.get("type") == "text")


def parsed(text: str, form: type[Form]) -> Form:
    """The object in an answer: what is around it (a fence, a sentence) is what servers without schemas add.

    Raises pydantic.ValidationError where there is none.
    """
    first, last = text.find("{"), text.rfind("}")
    return form.model_validate_json(text[first : last + 1] if 0 <= first < last else text)
