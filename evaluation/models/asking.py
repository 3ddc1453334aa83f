"""Asks whoever answers, and stores what comes as it comes."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Protocol

from tqdm import tqdm

from evaluation.models.answers import Answer, AnswerStore, Reply
from evaluation.rows import Question


class Source(Protocol):
    """A model in this process, or one behind an address."""

    def answer(
        self, answerer: Any, questions: Sequence[Question], missing: Collection[str], batch: int
    ) -> Iterator[list[tuple[Question, Reply]]]: ...


def answer_all(
    questions: Sequence[Question], answerer: Any, source: Source, store: AnswerStore, *, batch: int, label: str = ""
) -> list[Answer]:
    """The answer to every question, in the order asked; nobody is asked where all are stored."""
    keys = {question.id: answerer.key(question) for question in questions}
    missing = {question.id for question in questions if store.get(keys[question.id]) is None}
    name = label or answerer.name
    with tqdm(total=len(questions), desc=name, unit="answer", disable=not questions) as bar:
        bar.update(len(questions) - len(missing))
        for replies in source.answer(answerer, questions, missing, batch) if missing else ():
            store.add(
                Answer(keys[question.id], question.id, answerer.name, reply.text, reply.tokens, reply.truncated)
                for question, reply in replies
            )
            bar.update(sum(question.id in missing for question, _ in replies))
    return [store.get(keys[question.id]) for question in questions]
