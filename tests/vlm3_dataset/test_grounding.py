"""A number is verified by who read it on the page, and by nobody twice."""

import pytest

from tests.vlm3_dataset.test_rules import PAGE
from vlm3_dataset.filters.grounding import grounding
from vlm3_dataset.schema import QA


@pytest.mark.parametrize(
    ("answer", "labeler", "engine", "grounded"),
    [
        ("24 Nm", "claude", "rapidocr 3.10.0", "verified"),
        ("42 Nm", "claude", "rapidocr 3.10.0", "unconfirmed"),
        ("0.5 mm", "claude", "text layer", "verified"),
        ("See Specifications", "claude", "text layer", "none"),
        ("24 Nm", "rules", "text layer", "verified"),
        ("24 Nm", "rules", "rapidocr 3.10.0", "unconfirmed"),  # a reader does not confirm itself
    ],
)
def test_a_number_is_as_sure_as_its_second_reading(answer, labeler, engine, grounded):
    pair = QA("q", answer, "e", "torque", labeler, None, "v")
    assert grounding(pair, PAGE, engine) == grounded
