"""Puts a finished data set on the Hub under a tag: looked through first, sent in one commit, named once it is whole.

A reader who asks for a tag gets everything or is told that there is no such tag. `huggingface_hub` and `datasets` read
their settings when they are imported, so every import of them stands where it is used.
"""

import hashlib
import io
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from vlm3_dataset.errors import Mendable
from vlm3_dataset.files import fingerprint
from vlm3_dataset.release.emit import page_features, pair_features
from vlm3_dataset.release.reading import RowError, open_page
from vlm3_dataset.release.rows import HUB_SPLIT

if TYPE_CHECKING:
    from huggingface_hub import HfApi

CARD = "README.md"
CONFIGS = ("pages", "qa")
PROVENANCE = ("page_id", "source", "labeler", "prompt_version")
TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

STATUSES = {
    401: "the Hub does not know the token; make one that may write, and set HF_TOKEN",
    403: "the token may not do this; make one that may write to this repository",
    404: "there is no such repository, or the token may not see it",
    409: "somebody else made it at the same moment; look at the repository, then publish again",
    412: "somebody else changed the repository meanwhile; publish again",
    429: "the Hub asks for a pause; publish again in some minutes",
}


class Unpublishable(Mendable):
    """Why the data set stays where it is. No token and no address stands in it."""


@dataclass(frozen=True, slots=True)
class File:
    name: str  # in the folder and in the repository
    size: int  # bytes
    sha256: str
    blob: str  # what git calls these bytes; the Hub tells this name for small files, and the SHA-256 for large ones


@dataclass(frozen=True, slots=True)
class Summary:
    """What would go. `rows` are by `config/split`."""

    version: str
    files: tuple[File, ...]
    rows: dict[str, int]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    def __str__(self) -> str:
        rows = ", ".join(f"{name} {count:,}" for name, count in self.rows.items())
        return f"version {self.version}, {len(self.files)} files, {self.size / 1e6:,.1f} MB; rows: {rows}"


def publish(hub: Path, repo: str, *, tag: str, private: bool = True) -> str:
    """Sends the folder, puts the tag on what arrived, and returns that commit.

    Run again after any break, it sends what is missing. Where the tag is there and holds these very files there is
    nothing left to do. Raises Unpublishable, as `check` does; and where the tag holds other files, the repository can
    be seen by others than was asked, there is no token, the token may not, or the Hub cannot be reached.
    """
    if not TAG.fullmatch(tag):
        raise Unpublishable(f"{tag!r} is no name for a tag; use letters, digits, dots, like v1.1.0")
    summary = check(hub)
    _hush()
    with _one_line(repo):
        from huggingface_hub import HfApi, get_token

        if not get_token():
            raise Unpublishable("no token: set HF_TOKEN to one that may write, or run `hf auth login`")
        api = HfApi()
        api.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
        info = api.dataset_info(repo)
        _check_visibility(repo, is_private=bool(info.private), private=private)
        if done := _tagged(api, repo, tag, summary):
            return done
        commit = _send(api, hub, repo, summary, head=info.sha, tag=tag)
        api.create_tag(repo, tag=tag, revision=commit, repo_type="dataset")
        return commit


def check(hub: Path) -> Summary:
    """Loads the folder as its readers will, looks at every row and every image, and says what would go.

    Raises Unpublishable where emit did not finish, a file is missing, of another kind or not emit's, an image cannot be
    read, a row does not say where it comes from, the two configs disagree, or a page stands in two places.
    """
    files = _files(hub)
    digest = fingerprint({file.name: file.sha256 for file in files if file.name != CARD})
    rows: dict[str, int] = {}
    seen: dict[str, str] = {}
    with TemporaryDirectory(prefix="vlm3-publish-") as cache:
        pages, qa = (_load(hub, config, cache, digest) for config in CONFIGS)
        named = {f"pages/{split}.parquet" for split in pages} | {f"qa/{split}.parquet" for split in qa}
        if named != {file.name for file in files} - {CARD}:
            raise Unpublishable(f"{hub / CARD} names other files than there are; run emit again")
        for split in pages:
            _check_pairs(split, _pairs(pages[split], split, seen), qa[split])
            rows |= {f"pages/{split}": len(pages[split]), f"qa/{split}": len(qa[split])}
        version = str(next(iter(pages.values())).info.version)
    return Summary(version, files, dict(sorted(rows.items())))


def _files(hub: Path) -> tuple[File, ...]:
    """The card and the Parquet files; whatever else lies there was looked at by nobody, and stops it."""
    known = [CARD, *(f"{config}/{split}.parquet" for config in CONFIGS for split in HUB_SPLIT.values())]
    if not (hub / CARD).is_file():
        raise Unpublishable(f"{hub / CARD} is missing; run emit first")
    for path in sorted(hub.rglob("*")):
        if not path.is_dir() and path.relative_to(hub).as_posix() not in known:
            raise Unpublishable(f"{path} is not of emit's making; move it away")
    return tuple(_file(hub, name) for name in known if (hub / name).is_file())


def _file(hub: Path, name: str) -> File:
    size = (hub / name).stat().st_size
    sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with (hub / name).open("rb") as file:
        while part := file.read(2**20):
            sha256.update(part)
            blob.update(part)
    return File(name, size, sha256.hexdigest(), blob.hexdigest())


def _load(hub: Path, config: str, cache: str, digest: str) -> Any:
    """One config, with the columns that emit gives it. The absolute path says that it is no repository's name."""
    from datasets import disable_progress_bars, load_dataset, load_dataset_builder
    from datasets.exceptions import DatasetsError
    from pyarrow import ArrowException
    from yaml import YAMLError

    disable_progress_bars()
    folder = str(hub.resolve())
    try:
        said = load_dataset_builder(folder, config, cache_dir=cache).config.description
        loaded = load_dataset(folder, config, cache_dir=cache)
    except (
        DatasetsError,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        YAMLError,
        ArrowException,
    ) as error:
        why = " ".join(str(error.__cause__ or error).split())[:200]
        raise Unpublishable(f"config {config} of {hub} does not load ({why}); run emit again") from None
    if said != f"content {digest}":  # emit writes the card last
        raise Unpublishable(f"{hub / CARD} was written for other Parquet files; run emit again")
    wanted = page_features() if config == "pages" else pair_features()
    for split in loaded:
        if loaded[split].features != wanted:
            raise Unpublishable(f"{config}/{split}.parquet has other columns than emit writes; run emit again")
    return loaded


def _pairs(pages: Any, split: str, seen: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The rows that config qa must have, while every page that they stand on is looked at."""
    from datasets import Image

    for number, page in enumerate(pages.cast_column("image", Image(decode=False))):
        where = f"pages/{split}.parquet, row {number}"
        _check_provenance(where, page, ("page_id", "source"))
        name = page.pop("page_id")
        if name in seen:
            raise Unpublishable(f"{where}: page {name} stands in {seen[name]} too; run filter and emit again")
        seen[name] = f"pages/{split}.parquet"
        image, pairs = page.pop("image"), page.pop("qa")
        try:
            open_page(io.BytesIO((image or {}).get("bytes") or b""))
        except RowError as error:
            raise Unpublishable(f"{where}: page {name}: {error}; run prepare and emit again") from None
        yield from ({"page_id": name} | page | pair for pair in pairs)


def _check_pairs(split: str, wanted: Iterable[dict[str, Any]], rows: Iterable[dict[str, Any]]) -> None:
    for number, (pair, row) in enumerate(zip_longest(wanted, rows)):
        where = f"qa/{split}.parquet, row {number}"
        if row is not None:
            _check_provenance(where, row, PROVENANCE)
        if pair != row:
            raise Unpublishable(f"{where}: not the pair that pages/{split}.parquet has; run emit again")


def _check_provenance(where: str, row: dict[str, Any], names: Iterable[str]) -> None:
    """A row that does not say where it comes from can be neither traced nor taken back."""
    if missing := [name for name in names if not (row[name] or "").strip()]:
        raise Unpublishable(f"{where}: no {' and no '.join(missing)}; run the stages from prepare again")


def _check_visibility(repo: str, *, is_private: bool, private: bool) -> None:
    """A repository that is there already keeps its visibility, whatever was asked for when creating it."""
    if is_private != private:
        shown, asked = ("private", "public") if is_private else ("public", "private")
        raise Unpublishable(f"{repo} is {shown}, not {asked}; say which is meant, or change it in its settings")


def _tagged(api: "HfApi", repo: str, tag: str, summary: Summary) -> str | None:
    """The tag's commit, if an earlier run got that far; a tag that people may have used is never moved."""
    refs = api.list_repo_refs(repo, repo_type="dataset")
    if tag in {ref.name for ref in refs.branches}:  # who asks for such a tag would be given the branch
        raise Unpublishable(f"{tag} is a branch of {repo}; choose another tag")
    if tag not in {ref.name for ref in refs.tags}:
        return None
    if not _holds(api, repo, tag, summary):
        raise Unpublishable(f"{tag} is on {repo} already and holds other files; choose the next tag")
    return api.dataset_info(repo, revision=tag).sha


def _send(api: "HfApi", hub: Path, repo: str, summary: Summary, *, head: str, tag: str) -> str:
    """A commit with exactly these files: the newest one if it has them, else a new one on top of it.

    It is compared with what was checked, since emit may have run while the files were on their way.
    """
    if _holds(api, repo, head, summary):
        return head
    commit = api.upload_folder(
        repo_id=repo,
        repo_type="dataset",
        folder_path=hub,
        allow_patterns=[file.name for file in summary.files],
        delete_patterns=[f"{config}/*" for config in CONFIGS],
        parent_commit=head,
        commit_message=f"{tag}: {summary}",
    )
    if not _holds(api, repo, commit.oid, summary):
        raise Unpublishable(f"{hub} changed while it was sent, and no tag was made; publish again")
    return commit.oid


def _holds(api: "HfApi", repo: str, revision: str, summary: Summary) -> bool:
    """True if a commit has these files, byte for byte, and no other Parquet file of a config."""
    from huggingface_hub.hf_api import RepoFile

    entries = api.list_repo_tree(repo, revision=revision, repo_type="dataset", recursive=True)
    there = {entry.path: entry for entry in entries if isinstance(entry, RepoFile)}
    ours = {path for path in there if path == CARD or path.startswith(tuple(f"{config}/" for config in CONFIGS))}
    return ours == {file.name for file in summary.files} and all(
        entry.lfs.sha256 == file.sha256 if (entry := there[file.name]).lfs else entry.blob_id == file.blob
        for file in summary.files
    )


def _hush() -> None:
    """The library's warnings print addresses, signed ones among them; its bars are for somebody who watches."""
    from huggingface_hub.utils import disable_progress_bars, logging

    logging.set_verbosity_error()
    if not sys.stderr.isatty():
        disable_progress_bars()


@contextmanager
def _one_line(repo: str) -> Iterator[None]:
    """What goes wrong between here and the Hub, as Unpublishable. RuntimeError is how an upload in a thread fails."""
    from httpx import HTTPError
    from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled, XetError

    try:
        yield
    except HFValidationError:
        raise Unpublishable(f"{repo!r} is no name of a repository; it is like org/name") from None
    except OfflineModeIsEnabled:
        raise Unpublishable("HF_HUB_OFFLINE is set, and publishing needs the Hub; unset it") from None
    except (HTTPError, OSError, ValueError, RuntimeError, XetError) as error:
        raise Unpublishable(f"{repo}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """What the Hub answered, or that it did not; the library's own texts carry addresses, so none is passed on."""
    cause = error.__cause__ or error
    response, name = getattr(cause, "response", None), type(cause).__name__
    if response is not None and response.status_code >= 500:
        return f"the Hub is out of order ({response.status_code}); publish again later"
    if response is not None:
        return f"{STATUSES.get(response.status_code, 'the Hub refuses the request')} ({response.status_code})"
    if path := getattr(cause, "filename", None):
        return f"{path} cannot be read ({name}); run emit again"
    if isinstance(cause, ValueError | RuntimeError):
        return f"the Hub does not take the files, or answers something else ({name})"
    return f"the line to the Hub broke, or the Hub cannot be reached ({name}); publish again"
