"""Compare pairs across rows: the steps between the filter's rules and the dataset that look beyond one row.

Owners' pairs are weighed against the manual's pages, a second reader's answers are compared with the first, and of
duplicates anywhere in the dataset one stays.
"""

from pathlib import Path

import datasets
from tqdm import tqdm

from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.sending import ConfirmCost, How
from vlm3_dataset.filters import agreement, duplicates
from vlm3_dataset.filters.confidence import manual_facts
from vlm3_dataset.labelers.claude import second_reader
from vlm3_dataset.sources.pages.readings import load_reading
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
    confirm_cost: ConfirmCost,
) -> tuple[datasets.Dataset, list[str]]:
    """Have another model answer again: pairs that it confirms are verified, pairs that nothing confirms are dropped.

    Also returns a line for each page without a second answer yet; while there are any, the pages stay unchanged.
    """
    questions = {
        page_of(row): agreement.questions_to_repeat([qa_of(pair) for pair in row["pairs"] if not pair["reason"]], again)
        for row in pages
        if row["pairs"] and row["origin"] != "thread"  # a thread has no picture, and its claims quote their posts
    }
    found, waiting = second_reader.read_again(questions, work, model, budget, how=how, confirm_cost=confirm_cost)
    if waiting:
        return pages, waiting
    said = {page.page_id: answers for page, answers in found.items()}

    def compared(row: Row) -> Row:
        if not (answers := said.get(row["page_id"])):
            return {}
        judged = (
            pair if pair["reason"] else pair | pair_of(agreement.with_verdict(qa_of(pair), answers))
            for pair in row["pairs"]
        )
        return pair_columns(list(judged))

    return pages.map(compared, desc="second reader"), []


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
