"""A second model reads from the page what the first one's numbers could not be confirmed by; it never sees the first.

One request a page with all its doubtful questions: the picture is most of the bill. The key of a request is made of the
picture and the questions alone, so a first answer that changes asks nothing anew while its questions stay.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from vlm3_dataset.labels import second_prompt
from vlm3_dataset.labels.asking import Failure, ask
from vlm3_dataset.labels.budget import Budget
from vlm3_dataset.labels.models import Model
from vlm3_dataset.labels.replies import NoAnswer, parse
from vlm3_dataset.labels.sending import Agree, How, answered
from vlm3_dataset.labels.store import Store
from vlm3_dataset.schema import Page

Answers = dict[str, str]  # question -> what the second reader says; empty where it cannot tell


def read_again(
    doubts: Mapping[Page, Iterable[str]],
    work: Path,
    model: Model,
    budget: Budget,
    *,
    how: How | None = None,
    agree: Agree = lambda _: True,
) -> tuple[dict[Page, Answers], list[str]]:
    """What is answered to each page's questions, and a line for each page that has no answer yet.

    A page whose picture is refused, or whose reply was declined, cut or garbled, has no answers and never will have:
    nobody has read it a second time. `agree` is asked before anything is sent. Raises sending.Declined.
    """
    questions = {page: sorted(set(asked)) for page, asked in doubts.items() if asked}
    if not questions:
        return {}, []
    store = Store(work / "labels.sqlite")
    try:
        asks = {
            page: ask(second_prompt.PROMPT, second_prompt.user_text(asked), page, work, model)
            for page, asked in tqdm(questions.items(), desc="look up", unit="page")
        }
        found: dict[Page, Answers] = {}
        waiting = []
        for page, came in answered(asks, store, budget, how, agree):
            if not isinstance(came, Failure):
                found[page] = read(came, questions[page])
            elif came.final:
                found[page] = {}
            else:
                waiting.append(f"{page.page_id}: {came.reason}")
        return found, waiting
    finally:
        store.close()


def read(body: dict[str, Any], questions: list[str]) -> Answers:
    """The answers of a reply by question; none of one that was declined, cut or garbled.

    A number that was left out, or answered in two ways, is as good as an empty answer.
    """
    try:
        reply = parse(body, second_prompt.Answers)
    except NoAnswer:
        return {}
    said: dict[int, set[str]] = {}
    for each in reply.answers:
        said.setdefault(each.number, set()).add(each.answer.strip())
    return {
        question: "".join(answers) if len(answers := said.get(number, set())) == 1 else ""
        for number, question in enumerate(questions, 1)
    }
