"""Pictures are asked about at whole cells of the model's grid, in their proportions, and never larger than they are."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.vlm3_dataset.shelves import scan
from vlm3_dataset.claude import request, sizing
from vlm3_dataset.claude.prices import named
from vlm3_dataset.claude.sizing import CELL, LONGEST_EDGE, MOST_TOKENS, Size, fitted
from vlm3_dataset.labelers.claude import prompts

SIZES = st.builds(Size, st.integers(64, 9_000), st.integers(64, 9_000))
MODEL = named("claude-haiku-5-5")


@pytest.mark.parametrize(
    ("size", "wanted", "tokens"),
    [
        (Size(1_092, 1_529), Size(1_092, 1_529), 2_145),  # of the notes
        (Size(2_500, 3_500), Size(1_092, 1_540), 2_145),
        (Size(900, 500), Size(900, 500), 594),
        (Size(3_000, 200), Size(1_988, 112), 284),
        (Size(8_000, 64), Size(1_988, 28), 71),
    ],
)
def test_sizes(size, wanted, tokens):
    assert (fitted(size), fitted(size).tokens) == (wanted, tokens)


@given(SIZES)
def test_any_size_fits_and_none_grows(size):
    wanted = fitted(size)
    assert wanted.tokens <= MOST_TOKENS
    assert max(wanted.width, wanted.height) <= max(LONGEST_EDGE, CELL)
    assert wanted.width <= size.width
    assert wanted.height <= size.height
    assert fitted(wanted) == wanted
    if wanted != size:
        assert wanted.width % CELL == wanted.height % CELL == 0


@given(SIZES)
def test_proportions_hold_within_a_cell(size):
    wanted = fitted(size)
    exact = wanted.width * size.height / size.width
    assert abs(exact - wanted.height) <= CELL * (1 + max(size.height / size.width, 1))


def source(picture):
    return request.build(prompts.PROMPT, "", picture, MODEL)["messages"][0]["content"][0]["source"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_fits_is_sent_as_it_is_and_a_larger_one_as_a_jpeg(kind):
    import base64

    small, large = scan(kind=kind), scan(size=(2_500, 3_500), kind=kind)
    kept, made = source(small), source(large)
    assert base64.b64decode(kept["data"]) == small
    assert kept["media_type"] == f"image/{kind.lower()}"
    with Image.open(io.BytesIO(base64.b64decode(made["data"]))) as image:
        assert (image.format, image.size, made["media_type"]) == ("JPEG", (1_092, 1_540), "image/jpeg")


def test_the_key_of_a_smaller_picture_does_not_hang_on_the_library_that_made_it(monkeypatch):
    large = scan(size=(2_500, 3_500))
    before = request.key(prompts.PROMPT, "", large, MODEL)
    monkeypatch.setattr(sizing, "JPEG_QUALITY", 10)
    assert request.key(prompts.PROMPT, "", large, MODEL) == before
    assert request.key(prompts.PROMPT, "", scan(size=(2_500, 3_499)), MODEL) != before
