"""Compare pairs across rows: the steps between the filter's rules and the dataset that look beyond one row.

Owners' pairs are weighed against the manual's pages, a second reader looks at what is in doubt, and of duplicates
anywhere in the dataset one stays.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import datasets
from tqdm import tqdm

from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import held
from vlm3_dataset.claude.forecast import Forecast
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.sending import How, expected, to_send
from vlm3_dataset.filters import agreement, duplicates
from vlm3_dataset.filters.claims import second_opinion
from vlm3_dataset.filters.confidence import manual_facts
from vlm3_dataset.labelers.claude import second_reader, thread_reader
from vlm3_dataset.schema import QA, Page
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.threads.conversation import load_thread
from vlm3_dataset.steps import Weigh, pair_columns
from vlm3_dataset.table import Row, page_of, pair_of, qa_of


def weigh(pages: datasets.Dataset, work: Path) -> datasets.Dataset:
    """Rate owners' pairs by the manual's pages; a pair that the manual contradicts is dropped."""
    if "thread" not in pages["origin"]:
        return pages
    manual = manual_facts.by_dimension(
        fact
        for row in tqdm(pages, "values of the manual", unit="page", delay=2, leave=False)
        if row["origin"] not in {"thread", "post"} and row["ask"]
        for fact in manual_facts.facts(
            page_of(row),
            load_reading(work, row["page_id"]),
            [qa_of(pair) for pair in row["pairs"] if not pair["reason"]],
        )
    )
    return pages.map(Weigh(work, manual), desc="weigh")


def read_again(
    pages: datasets.Dataset,
    work: Path,
    model: Model,
    again: agreement.ReadAgain,
    budget: Budget,
    *,
    how: How | None,
    confirm_cost: Callable[[str, Forecast], bool],
) -> tuple[datasets.Dataset, list[str]]:
    """Have another model answer the questions of pages again, and check the pairs of threads against their posts.

    A page's pair that it confirms is verified, and dropped if nothing confirms it; an owner's pair stays only if it is
    confirmed. Also returns a line for each page or thread without a reply yet; while there are any, the pages stay
    unchanged. `confirm_cost` takes who would be paid for what.
    """
    questions, told = _doubts(pages, again)
    how_to_ask = {"how": how, "confirm_cost": partial(confirm_cost, "second reader")}
    answers, waiting = second_reader.read_again(questions, work, model, budget, **how_to_ask)
    how_to_ask = {"how": how, "confirm_cost": partial(confirm_cost, "second reader of threads")}
    checked, waiting_too = thread_reader.read_again(told, work, model, budget, **how_to_ask)
    if waiting or waiting_too:
        return pages, [*waiting, *waiting_too]
    said = {page.page_id: found for some in (answers, checked) for page, found in some.items()}

    def judged(row: Row) -> Row:
        if not (found := said.get(row["page_id"])):
            return {}
        if row["origin"] == "thread":
            thread = load_thread(work, row["page_id"])
            judge = partial(second_opinion.with_opinion, checked=found, thread=thread)
        else:
            judge = partial(agreement.with_verdict, answers=found)
        return pair_columns([pair if pair["reason"] else pair | pair_of(judge(qa_of(pair))) for pair in row["pairs"]])

    return pages.map(judged, desc="second reader"), []


def prices(pages: datasets.Dataset, work: Path, model: Model, again: agreement.ReadAgain) -> dict[str, Forecast]:
    """Return what the second reader would still cost for pages and for threads, each where there is anything to ask."""
    questions, told = _doubts(pages, again)
    asks = {
        "pages": second_reader.requests(questions, work, model).values(),
        "threads": [one for one, _ in thread_reader.requests(told, work, model).values()],
    }
    with held(work / "labels.sqlite") as store:
        found = {kind: expected(to_send(some, store), store) for kind, some in asks.items()}
    return {kind: forecast for kind, forecast in found.items() if forecast.requests}


def _doubts(pages: datasets.Dataset, again: agreement.ReadAgain) -> tuple[dict[Page, list[str]], dict[Page, list[QA]]]:
    """Return what a second reader is asked: the questions of each page, and the pairs of each thread."""
    questions: dict[Page, list[str]] = {}
    told: dict[Page, list[QA]] = {}
    for row in pages:
        pairs = [qa_of(pair) for pair in row["pairs"] or () if not pair["reason"]]
        if not pairs:
            continue
        if row["origin"] == "thread":
            told[page_of(row)] = second_opinion.pairs_to_check(pairs, again)
        else:
            questions[page_of(row)] = agreement.questions_to_repeat(pairs, again)
    return questions, told


def without_duplicates(pages: datasets.Dataset, embed: duplicates.Embed) -> datasets.Dataset:
    """Drop duplicate questions anywhere in the dataset; `embed` makes the vectors."""
    places = [
        (row["page_id"], number, qa_of(pair))
        for row in pages
        for number, pair in enumerate(row["pairs"] or ())
        if not pair["reason"]
    ]
    found = duplicates.duplicates([duplicates.Item(page_id, qa) for page_id, _, qa in places], embed)
    gone = {places[index][:2]: {"reason": each.reason, "like": each.page_id} for index, each in found.items()}

    def without(row: Row) -> Row:
        if not row["pairs"]:
            return {}
        return pair_columns([pair | gone.get((row["page_id"], at), {}) for at, pair in enumerate(row["pairs"])])

    return pages.map(without, desc="asked once")
