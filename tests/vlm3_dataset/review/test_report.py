"""The figures of the report, and its pictures."""

import pytest

from tests.vlm3_dataset.hub.test_emit import entry
from tests.vlm3_dataset.shelves import fill
from vlm3_dataset.hub.reader import Unreadable
from vlm3_dataset.review.report import BINS, _samples, histogram


@pytest.mark.parametrize(
    ("numbers", "low", "width", "counts", "median"),
    [
        ([4], 4, 1, (1,), 4),
        ([1, 1, 3], 1, 1, (2, 0, 1), 1),
        ([0, 19], 0, 1, (1, *[0] * 18, 1), 19),
        ([0, 20], 0, 2, (1, *[0] * 9, 1), 20),
    ],
)
def test_a_histogram_counts_every_number_once(numbers, low, width, counts, median):
    made = histogram("Length", "characters", numbers)
    assert (made.low, made.width, made.counts, made.median) == (low, width, counts, median)
    assert sum(made.counts) == len(numbers)
    assert made.low <= min(numbers)
    assert max(numbers) <= made.high


def test_a_wide_range_still_has_few_bins():
    made = histogram("Length", "characters", list(range(1, 601)))
    assert len(made.counts) <= BINS
    assert sum(made.counts) == 600


def test_a_picture_that_cannot_be_shown_is_named(tmp_path):
    fill(tmp_path, {"pages/21-03.jpg": b"no picture"})
    with pytest.raises(Unreadable, match=r"21-03\.jpg: image cannot be read .*; run prepare again"):
        _samples([entry("21-03", "train")], tmp_path)
