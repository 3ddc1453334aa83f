"""The row formats of the data set. Pure: pages and pairs in, dictionaries out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from vlm3_dataset.schema import QA, Page, Side

HUB_SPLIT = {"train": "train", "val": "validation"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that made it into the data set, with its pairs and its side of the split."""

    page: Page
    content_type: str
    side: Side
    pairs: tuple[QA, ...]

    @property
    def image(self) -> str:
        """Path of the page's image inside the data set."""
        return f"images/{PurePosixPath(self.page.image).name}"


def conversations(entry: Entry) -> Iterable[dict[str, Any]]:
    """Rows of vlm_train.jsonl and vlm_val.jsonl, one a pair."""
    for qa in entry.pairs:
        yield {
            "image": entry.image,
            "conversations": [
                {"role": "user", "content": qa.question},
                {"role": "assistant", "content": qa.answer},
            ],
            "metadata": _page_fields(entry) | _pair_fields(qa) | {"group": entry.page.group},
        }


def _page_fields(entry: Entry) -> dict[str, Any]:
    return {
        "page_id": entry.page.page_id,
        "section_name": entry.page.section_name,
        "content_type": entry.content_type,
        "source": entry.page.source,
        "source_url": entry.page.source_url or None,
    }


def _pair_fields(qa: QA) -> dict[str, Any]:
    return {
        "question_type": qa.question_type,
        "evidence": qa.evidence,
        "labeler": qa.labeler,
        "model": qa.model,
        "prompt_version": qa.prompt_version,
        "numbers_grounded": qa.numbers_grounded,
        "second_reader": qa.second_reader,
        "needs_image": qa.needs_image,
        "reviewed": qa.reviewed,
    }
