"""With a fault in every fifth call and kills at any moment, each row has the results of an undisturbed run.

1,256 rows and five kills take some minutes (`python -m tests.evaluation.judge_storm`); these are the same at a size for
every day.
"""

from collections.abc import Iterator

import pytest

from tests.evaluation.judge_storm import IMPORTED, storm
from tests.forks import Forks, forking


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with forking(*IMPORTED) as forks:
        yield forks


@pytest.mark.parametrize("how", ["live", "batch"])
def test_every_row_has_one_result_a_metric_as_if_nothing_had_happened(forks, tmp_path, how):
    outcome = storm(forks, tmp_path, how, rows=40, kills=1)
    assert outcome.kills == 1
    assert set(outcome.results.values()) == {outcome.rows}
    assert (outcome.errors, outcome.same) == (0, True)
    assert len(outcome.faults) > 2
    paid_again = outcome.calls - outcome.calls_undisturbed - outcome.out_of_form
    assert 0 <= paid_again <= outcome.bound
