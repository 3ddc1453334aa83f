"""The data card: what is in the data set, how it was made, what is wrong with it, whose it is. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from vlm3_dataset.release.layout import CONFIGS, parquet
from vlm3_dataset.release.rows import HUB_SPLIT, Entry

RIGHTS = """\
## Rights

The manuals belong to their owners (their pages print "Reproduction only with written permission"), the posts to those
who wrote them. Publishing a data set made from them needs the right to do so; this card grants none. Whoever trains a
model on answers that Claude gave must check Anthropic's commercial terms for that use.
"""


def card(entries: Sequence[Entry], files: Sequence[str], digest: str, version: str) -> str:
    """README.md of the Hub folder. `version` and `description` stand inside each config on purpose.

    A local folder's cache is keyed by the folder's name and this file's text, not by the Parquet files: without a
    digest in here `load_dataset` returns yesterday's rows and says nothing.
    """
    return "\n".join([_header(files, digest, version), _counts(entries), _making(entries), RIGHTS])


def _header(files: Sequence[str], digest: str, version: str) -> str:
    lines = ["---", "pretty_name: vlm3 service pages", "task_categories: [visual-question-answering]", "configs:"]
    for config in CONFIGS:
        lines += [f"- config_name: {config}", f"  version: {version}", f'  description: "content {digest}"']
        lines += ["  default: true"] if config == "pages" else []
        lines += ["  data_files:"]
        for split in HUB_SPLIT.values():
            name = parquet(config, split)
            lines += [f"  - split: {split}", f"    path: {name}"] if name in files else []
    return "\n".join([*lines, "---", "", "# Questions and answers about service pages", ""])


def _counts(entries: Sequence[Entry]) -> str:
    pairs = [qa for entry in entries for qa in entry.pairs]
    sides = Counter(entry.side for entry in entries)
    rows = Counter(entry.side for entry in entries for _ in entry.pairs)
    parts = [
        "## What is in it",
        "",
        "| split | pages | pairs |",
        "|---|---|---|",
        *(f"| {HUB_SPLIT[side]} | {sides[side]} | {rows[side]} |" for side in ("train", "val")),
        "",
        _table("section", Counter(entry.page.section_name for entry in entries for _ in entry.pairs)),
        _table("content type", Counter(entry.content_type for entry in entries for _ in entry.pairs)),
        _table("question type", Counter(qa.question_type for qa in pairs)),
        _table("numbers", Counter(qa.numbers_grounded for qa in pairs)),
    ]
    return "\n".join(parts)


def _making(entries: Sequence[Entry]) -> str:
    makers = Counter((qa.labeler, qa.model or "rules", qa.prompt_version) for entry in entries for qa in entry.pairs)
    extractive = any(labeler == "extractive" for labeler, _, _ in makers)
    lines = ["## How it was made", ""]
    lines += [
        f"- {count} pairs by `{labeler}` ({model}, {version})" for (labeler, model, version), count in makers.items()
    ]
    lines += ["- pages of one group (ten neighbours of a document, a thread) stand on one side of the split", ""]
    lines += ["## What is known to be wrong with it", ""]
    if extractive:
        lines += [
            "- `extractive` pairs are found by rules in table rows and `label: value` lines. They ask plainly, know no",
            "  procedure and no drawing, and on scans repeat what OCR misread.",
        ]
    lines += [
        "- pages that are alike are told by half of their word trigrams; one redrawn or translated is not told",
        "",
    ]
    return "\n".join(lines)


def _table(name: str, counts: Counter[str]) -> str:
    rows: Iterable[str] = (f"| {key or 'unknown'} | {count} |" for key, count in counts.most_common())
    return "\n".join([f"| {name} | pairs |", "|---|---|", *rows, ""])
