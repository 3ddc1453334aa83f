"""Publish the dataset on the Hub, the only step that others can see: `vlm3 publish org/name`."""

import argparse
import json
from pathlib import Path

from vlm3_dataset import files
from vlm3_dataset.arguments import Defaults, OneLineParser, fail
from vlm3_dataset.errors import Misused, UserError
from vlm3_dataset.hub.format import RELEASE, RELEASED

PROG = "vlm3 publish"


def main(argv: list[str]) -> None:
    options = parser().parse_args(argv)
    try:
        run(options)
    except UserError as error:
        fail(PROG, str(error), error.code)
    except (OSError, json.JSONDecodeError) as error:
        fail(PROG, f"a file of {options.output}/ or the temporary folder cannot be used: {error}")


def parser() -> argparse.ArgumentParser:
    made = OneLineParser(prog=PROG, description=__doc__, formatter_class=Defaults)
    made.add_argument("repo", metavar="ORG/NAME", help="the dataset on the Hub; made, and private, if it is not there")
    made.add_argument("--output", type=Path, default=Path("training_data"), help="the finished dataset")
    made.add_argument(
        "--work", type=Path, default=Path("work"), help="folder of the stages, to see whether all is done"
    )
    made.add_argument("--tag", help="name of the release; without it v and the version that emit gave, as v1.1.0")
    made.add_argument(
        "--public", action="store_true", help="let everybody see it; only for a dataset that you have the right to show"
    )
    made.add_argument("--dry-run", action="store_true", help="look through everything, say what would go, send nothing")
    return made


def run(options: argparse.Namespace) -> None:
    """Publish the dataset. Raises Unpublishable, and Misused for a malformed name or a folder without a dataset."""
    from vlm3_dataset.hub.check import Unpublishable, check
    from vlm3_dataset.hub.publish import check_names, publish
    from vlm3_dataset.review.outcome import is_behind
    from vlm3_dataset.status import unfinished

    hub = options.output / "hub"
    if not hub.is_dir():
        raise Misused(f"{hub}/ is not there; emit makes it, or name another folder with --output")
    release = (options.output / RELEASE).read_bytes()
    tag = options.tag or f"v{json.loads(release)['version']}"
    check_names(options.repo, tag)
    if left := unfinished(options.work):
        raise Unpublishable(f"{left}; run `quick`, then publish")
    if is_behind(options.work, options.output):
        raise Unpublishable(
            f"reviewers have decided about pairs since {options.output}/ was made; run emit, then publish"
        )
    files.sweep(options.output)  # files that a killed emit left half written
    summary = check(hub)
    if (options.output / RELEASE).read_bytes() != release:  # the tag would be the version before
        raise Unpublishable(f"emit has made {hub}/ anew meanwhile; publish again")
    if options.dry_run:
        print(f"publish: {summary}; as {tag} to {options.repo}; nothing was sent")
        print(f"It lies in {hub}/\nNext: the same without --dry-run")
        return
    commit = publish(hub, summary, options.repo, tag=tag, private=not options.public)
    files.write_bytes(options.output / RELEASED, release)  # from here on the next emit compares with it
    print(f"publish: {options.repo} {tag} is commit {commit}")
    print(f"Next: load_dataset({options.repo!r}, revision={tag!r})")
