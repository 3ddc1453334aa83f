"""With faults on and kills at any moment: every page is labelled or says why not, and what was paid for is kept.

2,000 pages and 20 kills take some minutes (`python -m tests.vlm3_dataset.claude.storm`); these are the same at a size
for every day.
"""

import pytest

from tests.vlm3_dataset.claude.storm import storm

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("how", ["live", "batch"])
def test_nothing_is_lost_and_nothing_paid_twice(asking, tmp_path, how):
    outcome = storm(asking, tmp_path / "work", how, pages=200, kills=4)
    assert outcome.kills
    assert outcome.labelled + outcome.listed.total() == outcome.pages
    assert outcome.labelled > 0.8 * outcome.pages
    assert outcome.paid_again <= outcome.bound(how)
    assert (outcome.requests_afterwards, outcome.asked_for_ten_more) == (0, 10)
