"""Write files that are either whole or not there: beside their place first, flushed, then renamed into it.

And hold a folder as the only run that writes in it.
"""

import csv
import dataclasses
import fcntl
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from vlm3_dataset.errors import InUse

PART = ".vlm3-part"  # a name of our own: what others leave below our folders (film.7.part) is theirs
Record = TypeVar("Record")


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its place only once it is written to the end without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}{PART}")
    with part.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def local_path(name: str | Path | None) -> Path | None:
    """Return a path of this machine, in the standard library's class.

    In the module of a builder `datasets` puts its own class in the place of `Path`: a process that is sent one imports
    all of `datasets`, which takes seconds and, with pyarrow's, 1 GB of its address space.
    """
    return Path(os.fspath(name)) if name else None


def write_bytes(path: Path, data: bytes) -> None:
    with writing(path) as file:
        file.write(data)


def write_json(path: Path, value: Any) -> None:
    write_bytes(path, (json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n").encode())


def read_json(path: Path) -> Any:
    """Return what a JSON file holds, or None where there is no file."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None


def write_csv(path: Path, records: Iterable[Any], record: type) -> None:
    """Write dataclass records as CSV with a header, one column a field.

    A carriage return, which a file's name may have, ends a line for `csv` where it is not quoted.
    """
    names = [field.name for field in dataclasses.fields(record)]
    text = io.StringIO(newline="")
    plain, quoted = (csv.writer(text, lineterminator="\n", quoting=how) for how in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    plain.writerow(names)
    for one in records:
        row = [getattr(one, name) for name in names]
        (quoted if any("\r" in value for value in row if isinstance(value, str)) else plain).writerow(row)
    write_bytes(path, text.getvalue().encode())


def read_csv(path: Path, record: type[Record]) -> list[Record]:
    """Read back what write_csv wrote; whole numbers and truth values get their types again."""
    cast = {field.name: {int: int, bool: "True".__eq__}.get(field.type, str) for field in dataclasses.fields(record)}
    with path.open(newline="", encoding="utf-8") as file:
        return [record(**{name: cast[name](value) for name, value in row.items()}) for row in csv.DictReader(file)]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def fingerprint(*parts: Any) -> str:
    """Return a short digest of everything that a result was made from: equal parts give an equal result."""
    return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False, default=_plain).encode())[:32]


def sweep(folder: Path) -> None:
    """Remove files that a killed run left half written; those of a living run stay."""
    for part in folder.rglob(f"*{PART}"):
        writer = part.name.removesuffix(PART).rpartition(".")[2]
        if writer.isdecimal() and not Path(f"/proc/{writer}").exists():
            part.unlink(missing_ok=True)


def fields(record: Any) -> dict[str, Any]:
    """Return a dataclass record's fields by name, without converting what they hold."""
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return fields(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


@contextmanager
def alone(path: Path, does: str) -> Iterator[None]:
    """Hold a lock file, as the only run that `does` something with its folder. Raises InUse.

    A folder that is made for it and stays empty goes again: a command that was mistyped leaves nothing behind.
    """
    is_new = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"another run {does} {path.parent}/; wait for it, or use another folder") from None
        try:
            yield
        finally:
            if is_new and list(path.parent.iterdir()) == [path]:
                path.unlink()
                path.parent.rmdir()
