"""Nothing may stand on both sides, and the check says what it looked at."""

from dataclasses import replace

import pytest

from vlm3_dataset.hub.format import Entry
from vlm3_dataset.hub.leaks import Leak, Looked, check
from vlm3_dataset.schema import QA, Page

QAS = (QA("Torque of the bolt?", "24 Nm", "e", "torque", "rules", None, "v"),)
ONE = Entry(Page("a", "a.jpg", 1, "image", "", "", "g1", sha256="1"), "table", "train", QAS)
OTHER = Entry(
    Page("b", "b.jpg", 1, "image", "", "", "g2", sha256="2"), "table", "val", (replace(QAS[0], answer="25 Nm"),)
)


def test_what_was_looked_at():
    assert check([ONE, OTHER]) == Looked(2, 2, 2, 2)
    assert str(check([ONE])) == "1 pages, 1 images, 1 pairs and 1 groups on one side each"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (replace(OTHER, page=replace(OTHER.page, page_id="a")), "the page a"),
        (replace(OTHER, page=replace(OTHER.page, sha256="1")), "the image 1"),
        (replace(OTHER, page=replace(OTHER.page, group="g1")), "the group g1"),
        (replace(OTHER, pairs=(replace(QAS[0], answer="24 nm."),)), "the pair"),
    ],
)
def test_what_stands_on_both_sides_stops_it(changed, said):
    with pytest.raises(Leak, match=said):
        check([ONE, changed])
    check([ONE, replace(changed, side="train")])
