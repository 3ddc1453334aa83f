"""Push a finished run to the Hub in one commit: adapter (where PEFT looks for it), card, settings, figures."""

from pathlib import Path

from finetune.config import FINISHED
from finetune.run.checkpoints import ADAPTER
from vlm3_dataset.errors import UserError
from vlm3_dataset.hub.check import Unpublishable
from vlm3_dataset.hub.publish import hush, one_line

RUN_FILES = (FINISHED, "config.yaml", "data.json", "metrics.jsonl", "curves.png")


def push(run: Path, repo: str) -> str:
    """Push the run and return the commit. A new repository is private; an existing one keeps its visibility and files.

    Run again after a failure, it sends what is missing; if nothing is, it makes no commit. Raises UserError, of one
    line, for whatever stops it; the run itself stays finished.
    """
    from huggingface_hub import CommitOperationAdd, HfApi, get_token

    files = {path.relative_to(run / ADAPTER).as_posix(): path for path in sorted((run / ADAPTER).rglob("*"))}
    files |= {name: run / name for name in RUN_FILES}  # the card takes the root's README.md
    hush()
    try:
        with one_line(repo):
            if not get_token():
                raise Unpublishable("no token: set HF_TOKEN to one that may write, or run `hf auth login`")
            additions = [CommitOperationAdd(name, path) for name, path in files.items() if path.is_file()]
            api = HfApi()
            api.create_repo(repo, private=True, exist_ok=True)
            return api.create_commit(repo, additions, commit_message=f"Adapter and card, {len(additions)} files").oid
    except Unpublishable as error:
        raise UserError(f"not pushed: {error}; the run is finished and stays in {run}") from None
