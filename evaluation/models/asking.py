"""Ask a model, and store its answers as they come."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from tqdm import tqdm

from evaluation.models.answers import Answer, AnswerStore, Settings
from evaluation.models.replies import Reply
from evaluation.rows import Question


class Model(Protocol):
    """A model in this process, or one behind an address."""

    settings: Settings

    @property
    def name(self) -> str: ...

    @property
    def tiny(self) -> bool: ...

    def key(self, question: Question) -> str: ...

    def provenance(self) -> dict[str, Any]: ...


class Source(Protocol):
    """Makes a model answer."""

    def answer(
        self, model: Model, questions: Sequence[Question], missing: Collection[str], batch: int
    ) -> Iterator[list[tuple[Question, Reply]]]: ...


def answer_all(
    questions: Sequence[Question], model: Model, source: Source, store: AnswerStore, *, batch: int, label: str = ""
) -> list[Answer]:
    """Return the answer to every question, in order; the model is not loaded or called if all are stored.

    An answer that is an error is not stored, so that the next run asks again.
    """
    keys = {question.id: model.key(question) for question in questions}
    missing = {question.id for question in questions if store.get(keys[question.id]) is None}
    name = label or model.name
    failed: dict[str, Answer] = {}
    with tqdm(total=len(questions), desc=name, unit="answer", disable=not questions) as bar:
        bar.update(len(questions) - len(missing))
        for replies in source.answer(model, questions, missing, batch) if missing else ():
            came = [Answer(keys[one.id], one.id, model.name, **asdict(reply)) for one, reply in replies]
            store.add(came)
            failed |= {answer.question: answer for answer in came if answer.error}
            bar.update(sum(question.id in missing for question, _ in replies))
    return [failed.get(question.id) or store.get(keys[question.id]) for question in questions]
