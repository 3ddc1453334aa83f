"""Publish a dataset that was checked on the Hub under a tag: send it in one commit, then set the tag.

So whoever loads a tag gets all of it, or an error that there is no such tag. `huggingface_hub` and `datasets` read
their settings when they are imported, so every import of them stands where it is used.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vlm3_dataset.errors import Misused
from vlm3_dataset.hub.check import Summary, Unpublishable
from vlm3_dataset.hub.format import CARD, CHANGELOG, CONFIGS, EXAMPLES

if TYPE_CHECKING:
    from huggingface_hub import HfApi

TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

OURS = (*CONFIGS, EXAMPLES)  # folders of the repository in which nothing else may stand

STATUSES = {
    401: "the Hub does not know the token; make one that may write, and set HF_TOKEN",
    403: "the token may not do this; make one that may write to this repository",
    404: "there is no such repository, or the token may not see it",
    409: "somebody else made it at the same moment; look at the repository, then try again",
    412: "somebody else changed the repository meanwhile; try again",
    429: "the Hub asks for a pause; try again in some minutes",
}


def publish(hub: Path, summary: Summary, repo: str, *, tag: str, private: bool = True) -> str:
    """Send the folder, of which `check` gave the summary, set the tag on that commit, and return it.

    Run again after a failure, it sends what is missing. If the tag exists and holds these very files, it does nothing.
    Raises Unpublishable where the tag holds other files, the repository can be seen by others than was asked, there is
    no token, the token may not, or the Hub cannot be reached.
    """
    check_names(repo, tag)
    hush()
    with one_line(repo):
        from huggingface_hub import HfApi, get_token

        if not get_token():
            raise Misused("no token: set HF_TOKEN to one that may write, or run `hf auth login`")
        api = HfApi()
        api.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
        info = api.dataset_info(repo)
        if bool(info.private) != private:  # creating it again would not change that
            shown, asked = ("private", "public") if info.private else ("public", "private")
            raise Unpublishable(f"{repo} is {shown}, not {asked}; say which is meant, or change it in its settings")
        if done := _tagged(api, repo, tag, summary):
            return done
        commit = _send(api, hub, repo, summary, head=info.sha, tag=tag)
        api.create_tag(repo, tag=tag, revision=commit, repo_type="dataset")
        return commit


def check_names(repo: str, tag: str) -> None:
    """Check the two names. Raises Misused where the Hub would not accept the repository or the tag."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repo)
    except HFValidationError:
        raise Misused(f"{repo!r} is no name of a repository; it is like org/name") from None
    if not TAG.fullmatch(tag):
        raise Misused(f"{tag!r} is no name for a tag; use letters, digits, dots, like v1.1.0")


def _tagged(api: "HfApi", repo: str, tag: str, summary: Summary) -> str | None:
    """Return the tag's commit, if an earlier run got that far; a tag that people may have used is never moved."""
    refs = api.list_repo_refs(repo, repo_type="dataset")
    if tag in {ref.name for ref in refs.branches}:  # a branch of that name would be loaded in place of the tag
        raise Unpublishable(f"{tag} is a branch of {repo}; choose another tag")
    if tag not in {ref.name for ref in refs.tags}:
        return None
    if not _holds(api, repo, tag, summary):
        raise Unpublishable(f"{tag} is on {repo} already and holds other files; choose the next tag")
    return api.dataset_info(repo, revision=tag).sha


def _send(api: "HfApi", hub: Path, repo: str, summary: Summary, *, head: str, tag: str) -> str:
    """Return a commit with exactly these files: the newest one if it has them, else a new one on top of it.

    It is compared with what was checked, since emit may have run while the files were on their way.
    """
    if _holds(api, repo, head, summary):
        return head
    commit = api.upload_folder(
        repo_id=repo,
        repo_type="dataset",
        folder_path=hub,
        allow_patterns=[file.name for file in summary.files],
        delete_patterns=[f"{folder}/*" for folder in OURS],
        parent_commit=head,
        commit_message=f"{tag}: {summary}",
    )
    if not _holds(api, repo, commit.oid, summary):
        raise Unpublishable(f"{hub} changed while it was sent, and no tag was made; publish again")
    return commit.oid


def _holds(api: "HfApi", repo: str, revision: str, summary: Summary) -> bool:
    """Return True if a commit has these files, byte for byte, and no others in our folders."""
    from huggingface_hub.hf_api import RepoFile

    entries = api.list_repo_tree(repo, revision=revision, repo_type="dataset", recursive=True)
    there = {entry.path: entry for entry in entries if isinstance(entry, RepoFile)}
    ours = {
        path for path in there if path in {CARD, CHANGELOG} or path.startswith(tuple(f"{folder}/" for folder in OURS))
    }
    return ours == {file.name for file in summary.files} and all(
        entry.lfs.sha256 == file.sha256 if (entry := there[file.name]).lfs else entry.blob_id == file.blob
        for file in summary.files
    )


def hush() -> None:
    """Silence the library: its warnings print addresses, even signed ones; its bars are for a terminal."""
    from huggingface_hub.utils import disable_progress_bars, logging

    logging.set_verbosity_error()
    if not sys.stderr.isatty():
        disable_progress_bars()


@contextmanager
def one_line(repo: str) -> Iterator[None]:
    """Turn what goes wrong on the way to the Hub into Unpublishable. An upload in a thread raises RuntimeError."""
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
    """Return what the Hub answered, if it did, in our own words: the library's texts contain addresses."""
    cause = error.__cause__ or error
    response, name = getattr(cause, "response", None), type(cause).__name__
    if response is not None and response.status_code >= 500:
        return f"the Hub is out of order ({response.status_code}); try again later"
    if response is not None:
        return f"{STATUSES.get(response.status_code, 'the Hub refuses the request')} ({response.status_code})"
    if path := getattr(cause, "filename", None):
        return f"{path} cannot be read ({name}); mend that and try again"
    if isinstance(cause, ValueError | RuntimeError):
        return f"the Hub does not take the files, or answers something else ({name})"
    return f"the line to the Hub broke, or the Hub cannot be reached ({name}); try again"
