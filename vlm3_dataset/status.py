"""What each stage has done and has still to do, read from its files."""

from collections.abc import Iterator
from pathlib import Path

from vlm3_dataset import files
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.prices import Model, money
from vlm3_dataset.endings import command
from vlm3_dataset.filters import agreement
from vlm3_dataset.hub.provenance import dropped
from vlm3_dataset.review import log
from vlm3_dataset.review.decided import tally
from vlm3_dataset.review.outcome import is_behind
from vlm3_dataset.review.pairs import load_all
from vlm3_dataset.schema import QA, Class, Page, Source


def table(work: Path, output: Path, model: Model) -> str:
    """The state of a work folder, a row a stage; and what Claude has cost and will, where it was asked."""
    sources = _read(work / "inventory.csv", Source)
    pages = _read(work / "inventory_prepared.csv", Page)
    classes = _read(work / "classified" / "pages.csv", Class)
    taken = {source.path for source in sources if not source.reason}
    good = sum(not page.reason for page in pages)
    worth_it = _worth_asking(pages, classes)
    to_ask = {page.page_id: page.sha256 for page in worth_it}
    prepared = taken & {page.source for page in pages}
    lines = [
        _line("stage", "done", "to do", "left out"),
        _line("inventory", f"{len(sources)} files", "", f"{len(sources) - len(taken)}"),
        _line("prepare", f"{good} pages", f"{len(taken - prepared)} files", f"{len(pages) - good}"),
        _line(
            "classify", f"{len(classes)} pages", f"{max(0, len(pages) - len(classes))}", f"{len(classes) - len(to_ask)}"
        ),
    ]
    for stage, folder in (("generate", "qa_raw"), ("filter", "qa_filtered"), ("unique", "qa_unique")):
        found = [
            record for page_id, digest in to_ask.items() if (record := files.load_record(work, folder, page_id, digest))
        ]
        pairs = sum(len(record["pairs"]) for record in found)
        gone = sum(len(record.get("dropped", ())) for record in found)
        lines.append(_line(stage, f"{pairs} pairs", f"{len(to_ask) - len(found)} pages", f"{gone or ''}"))
    rows = {side: _count(output / f"vlm_{side}.jsonl") for side in ("train", "val")}
    lines.append(_line("emit", f"{rows['train']} + {rows['val']} rows", "", ""))
    return "\n".join(
        [
            *lines,
            *_reviewed(work, output),
            *_opinions(work, to_ask),
            *_reasons(work, to_ask),
            *_paid(work, worth_it, model),
            *_further(work, output),
        ]
    )


def _further(work: Path, output: Path) -> Iterator[str]:
    """What one would do next."""
    folders = {"work": work, "output": output}
    if not (work / "inventory_prepared.csv").exists():
        yield f"\nNext: {command('all', **folders)} --data-src FOLDER"
    elif unfinished(work):
        yield f"\nNext: {command('quick', **folders)}"
    elif is_behind(work, output) or not (output / "vlm_train.jsonl").exists():
        yield f"\nNext: {command('emit', **folders)}"
    else:
        yield f"\nThe dataset lies in {output}/ (report.html tells what it is made of)"
        yield f"Next: {command('review', work=work)}"


def unfinished(work: Path) -> str:
    """What a stage has still to do, in words; nothing where all is done, or where nobody has worked."""
    pages = _read(work / "inventory_prepared.csv", Page)
    asked = _worth_asking(pages, _read(work / "classified" / "pages.csv", Class))
    if pages and not asked:
        return f"no page of {work}/ is classified"
    for stage, folder in (("generate", "qa_raw"), ("filter", "qa_filtered"), ("filter", "qa_unique")):
        if left := sum(files.load_record(work, folder, page.page_id, page.sha256) is None for page in asked):
            return f"{left} of {len(asked)} pages have not been through {stage}"
    return ""


def _worth_asking(pages: list[Page], classes: list[Class]) -> list[Page]:
    asked = {one.page_id for one in classes if one.ask}
    return [page for page in pages if page.page_id in asked]


def _reviewed(work: Path, output: Path) -> Iterator[str]:
    if standing := log.standing_in(work):
        yield f"review    {tally(load_all(work), standing)}"
    if is_behind(work, output):
        yield "          decided since the last emit; it wins at the next one"


def _opinions(work: Path, to_ask: dict[str, str]) -> Iterator[str]:
    """What the second reader says of the pairs that stay and whose numbers the reading could not confirm."""
    found = (files.load_record(work, "qa_filtered", page_id, digest) for page_id, digest in to_ask.items())
    if counted := agreement.counted(QA(**pair) for record in found if record for pair in record["pairs"]):
        yield f"\nsecond reader of the doubtful pairs: {counted}"


def _reasons(work: Path, to_ask: dict[str, str]) -> Iterator[str]:
    """Why pairs were dropped, most frequent first."""
    if counts := dropped(work, to_ask):
        yield "\ndropped pairs"
        yield from (f"  {count:6d}  {reason}" for reason, count in counts.most_common())


def _paid(work: Path, pages: list[Page], model: Model) -> Iterator[str]:
    if not (work / "labels.sqlite").exists():
        return
    from vlm3_dataset.claude.sending import expected
    from vlm3_dataset.labelers.label import requests

    store = Store(work / "labels.sqlite")
    asks = {each.key: each for each in requests(pages, pages, work, model).values()}
    rest = [each for each in asks.values() if not store.has(each.key)]
    to_hand = f"{len(asks) - len(rest)} of {len(asks)} are to hand"
    yield f"\n{store.count()} answers paid for, {money(store.spent())}; {to_hand}"
    if sent := sum(len(batch) for batch in store.open_batches().values()):
        yield f"{sent} requests are on their way as batches"
    if rest:
        yield f"still to ask: {expected(rest, store)}"
    store.close()


def _line(*cells: str) -> str:
    return f"{cells[0]:<10}{cells[1]:>16}{cells[2]:>14}{cells[3]:>10}"


def _read(path: Path, record: type) -> list:
    return files.read_csv(path, record) if path.exists() else []


def _count(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(1 for _ in file)
