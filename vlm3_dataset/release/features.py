"""The columns of the data set, by config: `pages` has a row a page with its image, `qa` a row a pair."""

from typing import Any

PAGE = ("page_id", "section_name", "content_type", "source", "source_url")
PAIR = (
    "question",
    "answer",
    "question_type",
    "evidence",
    "labeler",
    "model",
    "prompt_version",
    "numbers_grounded",
    "second_reader",
    "reviewed",
    "needs_image",
)


def features(config: str) -> Any:
    """As `datasets` declares them; all are strings but `needs_image` and the image."""
    from datasets import Features, Image, List, Value

    page = {name: Value("string") for name in PAGE}
    pair = {name: Value("string") for name in PAIR} | {"needs_image": Value("bool")}
    return Features(page | ({"image": Image(), "qa": List(pair)} if config == "pages" else pair))
