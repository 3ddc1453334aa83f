"""What the rules find of five hundred planted faults of each kind, and that they drop no good pair for it."""

import pytest

from tests.vlm3_dataset.filters.planted import COUNT, FAULTS, found, good, misread
from tests.vlm3_dataset.labelers.rules.printed import printed
from vlm3_dataset.filters import rules
from vlm3_dataset.schema import QA


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault):
    """A digit may change to one that stands beside it in the evidence (1 of 24 Nm (18 ft-lb)), in one pair of 500."""
    one = found(FAULTS[fault])
    assert one.recall >= 0.99
    assert one.precision == 1.0


def test_what_nobody_can_refute_is_put_in_doubt():
    """A misread digit is dropped where a second unit stands beside it, else marked; few stand elsewhere on the page."""
    one = found(misread)
    assert one.dropped + one.doubted >= 0.98 * COUNT
    assert one.doubted > 0.3 * COUNT


def test_no_good_pair_is_dropped():
    assert [rules.refuse(*good(seed)) for seed in range(COUNT)] == [None] * COUNT


def test_an_invented_torque_on_a_page_without_any():
    page = printed("Tighten all bolts to the specified torque, see Specifications. Replace the seal.")
    invented = QA("What is the torque of the bolts?", "24 Nm", "specified torque, see Specifications", "", "", None, "")
    assert rules.refuse(invented, page)
