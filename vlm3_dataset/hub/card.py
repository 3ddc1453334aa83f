"""Write the data card: what is in the dataset, how it was made, its known faults, and its owners. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

from vlm3_dataset.claude.prices import money
from vlm3_dataset.files import sha256
from vlm3_dataset.hub.format import CONFIGS, HUB_SPLIT, NO_VALIDATION, Entry, example, parquet
from vlm3_dataset.hub.provenance import Provenance

EXAMPLES = 4
MOST_ROWS = 25  # of a table; a shelf may have hundreds of sources
RIGHTS = """\
## Rights

The manuals belong to their owners (their pages print "Reproduction only with written permission"), the posts to those
who wrote them. Publishing a dataset made from them needs the right to do so; this card grants none. Whoever trains a
model on answers that Claude gave must check Anthropic's commercial terms for that use.
"""
MARKS = re.compile(r"[\\`*_{}\[\]()#|~!:@$^]|(?<=www)\.", re.IGNORECASE)
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def card(entries: Sequence[Entry], files: Sequence[str], digest: str, version: str, provenance: Provenance) -> str:
    """Return README.md of the Hub folder. `version` and `description` stand inside each config on purpose.

    A local folder's cache is keyed by the folder's name and this file's text, not by the Parquet files: without a
    digest in here `load_dataset` returns yesterday's rows and says nothing.
    """
    parts = [_header(files, digest, version), _counts(entries), _examples(entries), _provenance(entries, provenance)]
    return "\n".join([*parts, _faults(entries), RIGHTS])


def pointer(files: Sequence[str], digest: str, version: str) -> str:
    """Return README.md of the folder around the Hub folder, by which `load_dataset` finds the same rows there."""
    return f"{_header(files, digest, version, 'hub/')}The card is hub/README.md; how it was made says report.html.\n"


def shown(entries: Sequence[Entry]) -> list[Entry]:
    """Return the pages that the card shows, drawn by a hash, of as many content types as there are.

    So an example is a random sample, and stays as long as its page does.
    """
    drawn = sorted((entry for entry in entries if entry.image), key=lambda entry: sha256(entry.page.page_id.encode()))
    seen: Counter[str] = Counter()
    rank = []
    for number, entry in enumerate(drawn):
        rank.append((seen[entry.content_type], number))
        seen[entry.content_type] += 1
    return [drawn[number] for _, number in sorted(rank)[:EXAMPLES]]


def plain(text: str) -> str:
    """Return words of a page or a model as one escaped line of Markdown: no tag, no link, no table."""
    return MARKS.sub(r"\\\g<0>", " ".join(text.split()).translate(ENTITIES))


def _header(files: Sequence[str], digest: str, version: str, folder: str = "") -> str:
    lines = ["---", "pretty_name: vlm3 service pages", "task_categories: [visual-question-answering]", "configs:"]
    there = [config for config in CONFIGS if any(file.startswith(f"{config}/") for file in files)]
    for config in there:
        lines += [f"- config_name: {config}", f"  version: {version}", f'  description: "content {digest}"']
        lines += ["  default: true"] if config == there[0] else []
        lines += ["  data_files:"]
        for split in HUB_SPLIT.values():
            name = parquet(config, split)
            lines += [f"  - split: {split}", f"    path: {folder}{name}"] if name in files else []
    return "\n".join([*lines, "---", "", "# Questions and answers about service pages", ""])


def _counts(entries: Sequence[Entry]) -> str:
    pairs = [(entry, qa) for entry in entries for qa in entry.pairs]
    sides = Counter(side for side, _ in {(entry.side, (entry.page.source, entry.page.number)) for entry in entries})
    rows = Counter(entry.side for entry, _ in pairs)
    parts = [
        "## What is in it",
        "",
        "| split | pages and threads | pairs |",
        "|---|---|---|",
        *(f"| {HUB_SPLIT[side]} | {sides[side]} | {rows[side]} |" for side in ("train", "val")),
        "",
        _table("section", Counter(entry.page.section_name for entry, _ in pairs)),
        _table("source", Counter(entry.page.source.partition("/")[0] for entry, _ in pairs)),
        _table("content type", Counter(entry.content_type for entry, _ in pairs)),
        _table("question type", Counter(qa.question_type for _, qa in pairs)),
        _table("numbers in the page's text", Counter(qa.numbers_grounded for _, qa in pairs)),
        _table("reviewed by a person", Counter(qa.reviewed for _, qa in pairs)),
        f"Of {sum(bool(qa.place) for _, qa in pairs)} pairs `place` says where the page prints it: boxes of left, top,",
        "right and bottom, in pixels of the image.",
        "",
    ]
    if any(entry.config == "sheets" for entry in entries):
        parts += [_table("told by", Counter("a picture" if entry.image else "text" for entry, _ in pairs))]
    if owned := [(entry, qa) for entry, qa in pairs if entry.config == "threads"]:
        parts += [_table("worth of what owners say", Counter(qa.confidence for _, qa in owned))]
        parts += [_table("forum", Counter(entry.page.section_name for entry, _ in owned))]
    parts += [] if rows["val"] else [f"There is no split `validation`: {NO_VALIDATION}.", ""]
    again = Counter(qa.second_reader for _, qa in pairs)
    return "\n".join([*parts, _table("second reader", again)] if again.keys() - {"not asked"} else parts)


def _examples(entries: Sequence[Entry]) -> str:
    lines = ["## Examples", "", "Pages as the draw took them, smaller than they are, each with its first pair.", ""]
    for entry in shown(entries):
        qa = entry.pairs[0]
        made = f"{qa.labeler}, numbers {qa.numbers_grounded}, second reader {qa.second_reader}"
        lines += [f"![a page]({example(entry.page.page_id)})", ""]
        lines += [f"- {plain(entry.page.page_id)}, {plain(entry.content_type)}, by {made}"]
        lines += [f"- **{plain(qa.question)}** {plain(qa.answer)}", f"- on the page: {plain(qa.evidence)}", ""]
    return "\n".join(lines)


def _provenance(entries: Sequence[Entry], provenance: Provenance) -> str:
    makers = Counter((qa.labeler, qa.model or "rules", qa.prompt_version) for entry in entries for qa in entry.pairs)
    lines = ["## How it was made", ""]
    lines += [
        f"- {count} pairs by `{labeler}` ({plain(model)}, {version})"
        for (labeler, model, version), count in sorted(makers.items())
    ]
    lines += [
        f"- {by.answers} answers of {plain(by.model)} to prompt {by.prompt_version or 'of old'}: {money(by.usd)}"
        for by in provenance.paid
    ]
    lines += ["- pages of one group (ten neighbours of a document, a thread) stand on one side of the split", ""]
    return "\n".join([*lines, _table("dropped because", provenance.dropped)] if provenance.dropped else lines)


def _faults(entries: Sequence[Entry]) -> str:
    pairs = [qa for entry in entries for qa in entry.pairs]
    unconfirmed = sum(qa.numbers_grounded == "unconfirmed" for qa in pairs)
    disputed = sum(qa.second_reader == "disputes" for qa in pairs)
    lines = ["## What is known to be wrong with it", ""]
    if unconfirmed:
        lines += [f"- the numbers of {unconfirmed} pairs were not found in their page's text (`numbers_grounded`)"]
    if disputed:
        lines += [
            f"- a second reader read something else than page or posts say in {disputed} of them (`second_reader`)"
        ]
    if any(qa.labeler == "rules" for qa in pairs):
        lines += [
            "- `rules` pairs are found by rules in tables, titles, legends and sentences. They ask plainly, quote the",
            "  page, see no drawing, and on scans repeat what OCR misread.",
        ]
    if any(qa.labeler == "imported" for qa in pairs):
        lines += ["- `imported` pairs were made elsewhere; their `prompt_version` names the file that brought them"]
    if any(qa.labeler == "claude" for qa in pairs):
        lines += [
            "- `claude` pairs were checked for their numbers; no rule knows whether the words around them are right"
        ]
    if any(entry.config == "sheets" for entry in entries):
        lines += [
            "- pairs of config `sheets` ask of an HTML page without its picture; `source` is `manual` for all of them"
        ]
    if any(entry.config == "threads" for entry in entries):
        lines += [
            "- pairs of config `threads` are what owners wrote, quote by quote (`claims`), which nobody has verified"
        ]
    lines += ["- pages that are alike are told by half of their word trigrams; one redrawn or translated is not told"]
    return "\n".join([*lines, ""])


def _table(name: str, counts: Counter[str]) -> str:
    ordered = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))
    rows = [f"| {plain(key) or 'unknown'} | {count} |" for key, count in ordered]
    if (rest := len(rows) - MOST_ROWS) > 0:
        rows[MOST_ROWS:] = [f"| {rest} others | {sum(sorted(counts.values())[:rest])} |"]
    return "\n".join([f"| {name} | pairs |", "|---|---|", *rows, ""])
