"""What lies there or was published is not lost by mistake."""

import pytest

from tests.vlm3_dataset.hub.test_emit import entry
from vlm3_dataset.files import write_json
from vlm3_dataset.hub.format import RELEASED
from vlm3_dataset.hub.shrinking import Shrinks, check

PAGES = [entry(f"21-{number:02d}", "train") for number in range(10)]


def publish(output, entries):
    write_json(output / RELEASED, {"pairs": {f"{one.page.page_id}: Torque?": "" for one in entries}})


@pytest.mark.parametrize(("left", "shrinks"), [(10, False), (8, False), (7, True), (0, True)])
def test_more_than_a_fifth(tmp_path, left, shrinks):
    publish(tmp_path, PAGES)
    told = []
    check(PAGES[:left], tmp_path, lambda loss: told.append(loss) or True)
    assert bool(told) == shrinks


def test_other_pages_in_their_place_are_a_loss_too(tmp_path):
    publish(tmp_path, PAGES)
    others = [entry(f"34-{number:02d}", "train") for number in range(30)]
    with pytest.raises(Shrinks, match="10 of the 10 pairs that were published would be lost, and 30 be there"):
        check(others, tmp_path, lambda _: False)


def test_nothing_is_lost_where_nothing_was(tmp_path):
    check(PAGES[:1], tmp_path, lambda _: False)
