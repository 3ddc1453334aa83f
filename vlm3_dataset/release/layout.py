"""Where the parts of a data set lie. Pure."""

from vlm3_dataset.release.rows import HUB_SPLIT

CARD = "README.md"
CHANGELOG = "CHANGELOG.md"
CONFIGS = ("pages", "qa")
EXAMPLES = "examples"
RELEASE = "release.json"  # beside hub/: what this data set is; never published
REVIEWED = "reviewed.json"  # which decisions of reviewers it follows
RELEASED = "released.json"  # what was published last


# Said by emit, the card, the training and the evaluation alike.
NO_VALIDATION = "no pair validates: make some with `emit --val-share 0.1`, or name pages with `emit --val GLOB`"


def example(page_id: str) -> str:
    """The small picture of a page that the card shows."""
    return f"{EXAMPLES}/{page_id}.jpg"


def parquet(config: str, split: str) -> str:
    return f"{config}/{split}.parquet"


PARQUET = tuple(parquet(config, split) for config in CONFIGS for split in HUB_SPLIT.values())
