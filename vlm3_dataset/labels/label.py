"""Leaves the pairs of every page that is worth asking about, one file a page, in qa_raw/."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from vlm3_dataset import records
from vlm3_dataset.errors import Mendable
from vlm3_dataset.files import fingerprint
from vlm3_dataset.labels import answers, extractive, prompts
from vlm3_dataset.labels.asking import Ask, Failure, Sender, ask, one_line
from vlm3_dataset.labels.forecast import USUAL_OUTPUT, Forecast, forecast
from vlm3_dataset.labels.store import Store
from vlm3_dataset.schema import QA, Class, Page
from vlm3_dataset.shelf.prepare import load_reading

STAGE = "qa_raw"
LIVE_UP_TO = 20  # requests; a batch is half the price and may take an hour

Labeled = tuple[str, list[QA]]  # content type, pairs
How = Literal["live", "batch"]


class Declined(Mendable):
    """Whoever pays does not want to."""


def with_rules(pages: Iterable[Page], classes: dict[str, Class], work: Path) -> list[str]:
    """Labels with the extractive labeler."""
    for page in tqdm(list(pages), desc="generate", unit="page"):
        reading, content_type = load_reading(work, page.page_id), classes[page.page_id].content_type
        made_from = fingerprint(extractive.VERSION, page.section_name, content_type, asdict(reading))
        if not _is_labelled(work, page, made_from):
            _save(work, page, made_from, (content_type, extractive.label(page, reading)))
    return []


def with_claude(
    pages: Iterable[Page],
    work: Path,
    model: str,
    max_usd: float,
    *,
    how: How | None = None,
    agree: Callable[[Forecast], bool] = lambda _: True,
) -> list[str]:
    """Labels with Claude: first everything is asked that has no answer yet, then the answers are read.

    `agree` is asked before anything is sent. Returns one line for each page that has no answer. Raises Declined.
    """
    made_from = {page: fingerprint(prompts.VERSION, model, page.sha256, prompts.user_text(page)) for page in pages}
    rest = [page for page, made in made_from.items() if not _is_labelled(work, page, made)]
    store = Store(work / "labels.sqlite")
    try:
        asks = {page: ask(page, work, model) for page in tqdm(rest, desc="look up", unit="page")}
        failures = _ask(list({each.key: each for each in asks.values()}.values()), store, max_usd, how, agree)
        failed = []
        for page, each in asks.items():
            body, failure = store.get(each.key), failures.get(each.key)
            if body is not None:
                _save(work, page, made_from[page], answers.read(body))
            elif failure is not None and failure.final:
                _save(work, page, made_from[page], (f"no answer ({failure.reason})", []))
            else:
                failed.append(f"{page.page_id}: {failure.reason if failure else 'no answer came; run again'}")
        return failed
    finally:
        tqdm.write(f"{store.count()} answers in {work}/labels.sqlite, ${store.spent():.2f} paid for them in all")
        store.close()


def expected(asks: list[Ask], store: Store) -> Forecast:
    """What it costs to ask all of these."""
    model = asks[0].model
    return forecast(model, [each.tokens for each in asks], store.usual_output(model) or USUAL_OUTPUT)


def load(work: Path, page: Page) -> Labeled | None:
    """Content type and pairs of a page; None where its picture, as it is today, has not been labelled."""
    stored = records.load(work, STAGE, page.page_id, page.sha256)
    return (stored["content_type"], [QA(**pair) for pair in stored["pairs"]]) if stored else None


def _ask(
    asks: list[Ask], store: Store, max_usd: float, how: How | None, agree: Callable[[Forecast], bool]
) -> dict[str, Failure]:
    """Why there is no answer, by key."""
    if all(store.has(each.key) for each in asks):
        return {}
    from anthropic import AnthropicError

    from vlm3_dataset.labels.batches import Batches
    from vlm3_dataset.labels.client import client
    from vlm3_dataset.labels.live import Live

    refused: dict[str, Failure] = {}
    try:
        if store.on_its_way():
            refused = Batches(store, client(), max_usd).collect(asks)
        rest = [each for each in asks if not store.has(each.key) and each.key not in refused]
        if not rest:
            return refused
        if not agree(expected(rest, store)):
            raise Declined("nothing was sent")
        sender: Sender = (Live if (how or _usual(len(rest))) == "live" else Batches)(store, client(), max_usd)
        return refused | sender.send(rest)
    except AnthropicError as error:
        return refused | {each.key: Failure(f"{one_line(str(error))}; run again to ask once more") for each in asks}


def _usual(requests: int) -> How:
    return "live" if requests <= LIVE_UP_TO else "batch"


def _is_labelled(work: Path, page: Page, made_from: str) -> bool:
    stored = records.load(work, STAGE, page.page_id, page.sha256)
    return stored is not None and stored["made_from"] == made_from


def _save(work: Path, page: Page, made_from: str, labeled: Labeled) -> None:
    content_type, pairs = labeled
    records.save(work, STAGE, page.page_id, page.sha256, made_from=made_from, content_type=content_type, pairs=pairs)
