"""Keep the dataset between steps: one row per page, with the columns of each step null until it has run.

It is stored in `<work>/pages.parquet`; `files.parquet` has one row per file that was found. The CSV and JSON files
beside them are for people, and no code reads them.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from vlm3_dataset.files import fields, writing
from vlm3_dataset.schema import QA, Claim, Dropped, Labels, Page, Source

if TYPE_CHECKING:
    from datasets import Dataset, Features

PAGES, FILES = "pages.parquet", "files.parquet"
Row = Mapping[str, Any]


def features() -> "Features":
    """Return the columns, step by step: what page it is and how it is made, its file, its class, its labels, its pairs.

    `kept` counts the pairs that stay; it is null until the filter has been through them.
    """
    from datasets import Features, List, Value

    file = dict.fromkeys(("kind", "file_sha256", "listed_under"), Value("string"))
    classes = {"content_type": Value("string"), "ask": Value("bool"), "why_not": Value("string")}
    labels = _columns(Labels)
    pairs = List(labels.pop("pairs").feature | dict.fromkeys(("reason", "like"), Value("string")))
    judged = {"labels": labels, "pairs": pairs, "kept": Value("int64")}
    return Features(_columns(Page) | file | classes | judged)


def dataset(rows: Iterable[Row]) -> "Dataset":
    """Return rows as a dataset in memory, with a null in every column that they do not fill: `map` writes no cache."""
    import pyarrow as pa
    from datasets import Dataset

    return Dataset(pa.Table.from_pylist(list(rows), features().arrow_schema))


def page_of(row: Row) -> Page:
    return Page(**{name: row[name] for name in Page.__dataclass_fields__})


def qa_of(pair: Row) -> QA:
    said = {name: pair[name] for name in QA.__dataclass_fields__}
    return QA(**said | {"claims": tuple(Claim(**claim) for claim in pair["claims"])})


def pair_of(judged: QA | Dropped) -> Row:
    """Return a pair as a row holds it, with the reason of one that is dropped."""
    qa, reason = (judged.qa, judged.reason) if isinstance(judged, Dropped) else (judged, "")
    return dataclasses.asdict(qa) | {"reason": reason, "like": ""}


def save(work: Path, rows: Iterable[Row], *, is_all: bool = False) -> None:
    """Put these rows into the places of the ones that were there; `is_all` where no others are to stay."""
    import pyarrow as pa

    stored = {} if is_all else {row["page_id"]: row for row in load(work)}
    stored |= {row["page_id"]: row for row in rows}
    _write(work / PAGES, pa.Table.from_pylist(list(stored.values()), features().arrow_schema))


def load(work: Path, *columns: str, page_id: str = "") -> list[dict[str, Any]]:
    """Return the rows of the last run, or what its columns say of one page; nothing where there was no run."""
    return _read(work / PAGES, columns=list(columns) or None, filters=[("page_id", "=", page_id)] if page_id else None)


def save_files(work: Path, sources: Iterable[Source]) -> None:
    import pyarrow as pa
    from datasets import Features

    columns = Features(_columns(Source)).arrow_schema
    _write(work / FILES, pa.Table.from_pylist([fields(source) for source in sources], columns))


def load_files(work: Path) -> list[Source]:
    """Return every file that the last run found."""
    return [Source(**row) for row in _read(work / FILES)]


def _columns(record: type) -> dict[str, Any]:
    """Return the fields of a record as `datasets` declares them, and those of the records that it holds."""
    return {name: _column(kind) for name, kind in get_type_hints(record).items()}


def _column(kind: Any) -> Any:
    from datasets import List, Value

    if dataclasses.is_dataclass(kind):
        return _columns(kind)
    if get_origin(kind) is tuple:
        return List(_column(get_args(kind)[0]))
    return Value({int: "int64", bool: "bool"}.get(kind, "string"))


def _write(path: Path, table: Any) -> None:
    from pyarrow.parquet import write_table

    with writing(path) as file:
        write_table(table, file)


def _read(path: Path, **choice: Any) -> list[dict[str, Any]]:
    """Read rows of a Parquet file. Raises OSError for a file that is cut or not ours."""
    from pyarrow import ArrowInvalid
    from pyarrow.parquet import read_table

    try:
        return read_table(path, **choice).to_pylist() if path.is_file() else []
    except ArrowInvalid as error:
        raise OSError(f"{path} is damaged ({str(error).splitlines()[0]}); run prepare again") from None
