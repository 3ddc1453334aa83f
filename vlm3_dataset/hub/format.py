"""Define the dataset's format, which emit writes and everything else reads: files, columns, rows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from vlm3_dataset.schema import AS_TEXT, QA, Page, Side

CARD = "README.md"
CHANGELOG = "CHANGELOG.md"
CONFIGS = ("pages", "sheets", "threads", "qa")
EXAMPLES = "examples"
RELEASE = "release.json"  # beside hub/: version and content of this dataset; never published
REVIEWED = "reviewed.json"  # the digest of the reviewers' decisions that it follows
RELEASED = "released.json"  # what was published last
HUB_SPLIT = {"train": "train", "val": "validation"}
# The columns by config: `pages` has a row a page with its image, `sheets` a row an HTML page that became text,
# `threads` a row a thread, `qa` a row a pair of any.
PAGE = ("page_id", "section_name", "content_type", "source", "source_url")
PAIR = (
    "question",
    "answer",
    "question_type",
    "evidence",
    "place",
    "labeler",
    "model",
    "prompt_version",
    "numbers_grounded",
    "second_reader",
    "reviewed",
    "needs_image",
    "confidence",
    "owners",
    "manual",
    "claims",
)
CLAIM = ("statement", "standing", "post_url", "date", "quote")
UNSAID = {"confidence": None, "owners": None, "manual": None, "claims": [], "place": []}  # of a row without them
LATER = ("place",)  # columns added after the first published dataset, in that order


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that made it into the dataset, with its pairs and its side of the split."""

    page: Page
    content_type: str
    side: Side
    pairs: tuple[QA, ...]

    @property
    def image(self) -> str | None:
        """Path of the page's image inside the dataset; a thread has none, and no HTML page that is told as text."""
        return f"images/{PurePosixPath(self.page.image).name}" if self.page.image else None

    @property
    def config(self) -> str:
        """The config that has a row for it."""
        return "pages" if self.page.image else "threads" if self.page.origin == "thread" else "sheets"

    @property
    def shelf_page(self) -> str:
        """The id of the page that it was made of: an HTML page has one, also where it became a picture and text."""
        return self.page.page_id.removesuffix(AS_TEXT) if self.config == "sheets" else self.page.page_id

    @property
    def source(self) -> str:
        """What a row says it comes from: a page's file, or the kind of text that it is."""
        return {"pages": self.page.source, "sheets": "manual", "threads": "forum"}[self.config]


# The same words for emit, the card, the training and the evaluation.
NO_VALIDATION = "no pair validates: make some with `emit --val-share 0.1`, or name pages with `emit --val GLOB`"


def example(page_id: str) -> str:
    """Return the name of the small picture of a page that the card shows."""
    return f"{EXAMPLES}/{page_id}.jpg"


def parquet(config: str, split: str) -> str:
    return f"{config}/{split}.parquet"


PARQUET = tuple(parquet(config, split) for config in CONFIGS for split in HUB_SPLIT.values())


def features(config: str) -> Any:
    """Return a config's columns; all are strings except `needs_image`, `owners`, the boxes, claims and image."""
    from datasets import Features, Image, List, Value

    page = {name: Value("string") for name in PAGE}
    pair = {name: Value("string") for name in PAIR} | {"needs_image": Value("bool"), "owners": Value("int64")}
    pair |= {"place": List(List(Value("float64"))), "claims": List({name: Value("string") for name in CLAIM})}
    if config == "qa":
        return Features(page | pair)
    image = {"image": Image()} if config == "pages" else {}
    return Features(page | image | {"qa": List(pair)})


def conversations(entry: Entry) -> Iterable[dict[str, Any]]:
    """Yield an entry's rows of vlm_train.jsonl or vlm_val.jsonl, one per pair."""
    page = {
        "page_id": entry.page.page_id,
        "section_name": entry.page.section_name,
        "content_type": entry.content_type,
        "source": entry.source,
        "source_url": entry.page.source_url or None,
    }
    for qa in entry.pairs:
        yield {
            "image": entry.image,
            "conversations": [
                {"role": "user", "content": qa.question},
                {"role": "assistant", "content": qa.answer},
            ],
            "metadata": {
                **page,
                "question_type": qa.question_type,
                "evidence": qa.evidence,
                "place": [[float(edge) for edge in box.split(",")] for box in qa.place.split()],
                "labeler": qa.labeler,
                "model": qa.model,
                "prompt_version": qa.prompt_version,
                "numbers_grounded": qa.numbers_grounded,
                "second_reader": qa.second_reader,
                "needs_image": qa.needs_image,
                "reviewed": qa.reviewed,
                **_thread_fields(qa),
                "group": entry.page.group,
            },
        }


def _thread_fields(qa: QA) -> dict[str, Any]:
    """Return the extra fields of a pair that quotes a thread: its confidence, and its claims."""
    if not qa.claims:
        return {}
    claims = [
        {
            "statement": claim.statement,
            "standing": claim.standing,
            "post_url": claim.url,
            "date": claim.date,
            "quote": claim.quote,
        }
        for claim in qa.claims
    ]
    rated = {name: getattr(qa, name) or None for name in ("confidence", "owners", "manual")}
    return {**rated, "claims": claims}
