"""Asks about every page that is worth it, and leaves one file a page in qa_raw/."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset import records
from vlm3_dataset.files import fingerprint
from vlm3_dataset.labels import extractive, prompts
from vlm3_dataset.labels.claude import BudgetReached, Claude
from vlm3_dataset.labels.store import Store
from vlm3_dataset.schema import QA, Class, Page
from vlm3_dataset.shelf.prepare import load_reading

STAGE = "qa_raw"
IN_FLIGHT = 8  # calls at once; a kill loses at most these, as the API has no idempotency key

Labeled = tuple[str, list[QA]]  # content type, pairs


def with_rules(pages: Iterable[Page], classes: dict[str, Class], work: Path) -> list[str]:
    """Labels with the extractive labeler."""

    def ask(page: Page) -> Labeled:
        return classes[page.page_id].content_type, extractive.label(page, load_reading(work, page.page_id))

    def made_from(page: Page) -> str:
        printed = asdict(load_reading(work, page.page_id))
        return fingerprint(extractive.VERSION, page.section_name, classes[page.page_id].content_type, printed)

    return _label(pages, work, made_from, ask, workers=1)


def with_claude(pages: Iterable[Page], work: Path, model: str, max_usd: float) -> list[str]:
    """Labels with Claude; answers that are in the store cost nothing."""
    store = Store(work / "labels.sqlite")
    claude = Claude(store, model, max_usd)

    def made_from(page: Page) -> str:
        return fingerprint(prompts.VERSION, model, page.sha256, prompts.user_text(page))

    try:
        return _label(pages, work, made_from, lambda page: claude.label(page, work), workers=IN_FLIGHT)
    finally:
        tqdm.write(f"{store.count()} answers in {work}/labels.sqlite, ${store.spent():.2f} paid for them in all")
        store.close()


def load(work: Path, page: Page) -> Labeled | None:
    """Content type and pairs of a page; None where its picture, as it is today, has not been labelled."""
    stored = records.load(work, STAGE, page.page_id, page.sha256)
    return (stored["content_type"], [QA(**pair) for pair in stored["pairs"]]) if stored else None


def _label(
    pages: Iterable[Page],
    work: Path,
    made_from: Callable[[Page], str],
    ask: Callable[[Page], Labeled],
    workers: int,
) -> list[str]:
    """Labels what has no file made from the same input; returns one line for each page that failed."""
    inputs = {page: made_from(page) for page in pages}
    rest = {page: made for page, made in inputs.items() if not _is_labelled(work, page, made)}
    failed = []
    with tqdm(total=len(inputs), initial=len(inputs) - len(rest), desc="generate", unit="page") as bar:
        for page, future in _in_flight(ask, list(rest), workers):
            try:
                content_type, pairs = future.result()
            except BudgetReached as stop:
                failed.append(f"{page.page_id}: not asked, {stop}; raise --max-usd and run again")
            except _api_error() as error:
                failed.append(f"{page.page_id}: {_one_line(error)}; run again to ask once more")
            else:
                fields = {"made_from": rest[page], "content_type": content_type, "pairs": pairs}
                records.save(work, STAGE, page.page_id, page.sha256, **fields)
            bar.update()
    return failed


def _is_labelled(work: Path, page: Page, made_from: str) -> bool:
    stored = records.load(work, STAGE, page.page_id, page.sha256)
    return stored is not None and stored["made_from"] == made_from


def _in_flight(
    ask: Callable[[Page], Labeled], pages: list[Page], workers: int
) -> Iterator[tuple[Page, Future[Labeled]]]:
    """Asks about pages in threads. Whatever ends the loop early, Ctrl-C too, cancels what was not yet asked."""
    pool = ThreadPoolExecutor(workers)
    try:
        futures = {pool.submit(ask, page): page for page in pages}
        for future in as_completed(futures):
            yield futures[future], future
    finally:
        pool.shutdown(cancel_futures=True)


def _api_error() -> type[Exception]:
    """The base of what a call can raise; imported only where an exception has to be judged."""
    import anthropic

    return anthropic.AnthropicError


def _one_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
