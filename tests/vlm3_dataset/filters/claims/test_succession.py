"""Which of two things comes first, and which goes out for which: an answer may not exchange the two."""

import pytest

from tests.vlm3_dataset.filters.claims.test_reversals import verdict
from vlm3_dataset.filters.claims.succession import is_exchanged, successions

ORDER = "what comes first in a quote comes last"


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        ("loosen the lock nut before the adjuster", "Loosen the adjuster before the lock nut."),
        ("24 Nm, then 90 degrees", "90 degrees, then 24 Nm."),
        ("Drain the sump, then pull the filter", "The sump is drained after the filter is pulled."),
        ("Before the timing I set the idle", "I set the timing before the idle."),
        ("swapped the cheap sensor for a Bosch one", "A cheap sensor was swapped in for the Bosch one."),
        ("replaced the Pagid pads with Textar", "The Textar pads were replaced with Pagid."),
        ("fitted Koni instead of Bilstein", "Bilstein was fitted instead of Koni."),
        ("went from 10W60 to 5W40", "An owner went from 5W40 to 10W60."),
        ("12 l became 10 l, I put the Bosch in place of the Hella", "The Hella was put in place of the Bosch."),
    ],
)
def test_two_things_exchanged_are_caught(quote, told):
    assert is_exchanged(told, quote)
    assert not is_exchanged(quote, quote)
    assert verdict(quote, told)


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        ("loosen the lock nut before the adjuster", "Loosen the adjuster after the lock nut."),
        ("24 Nm, then 90 degrees", "24 Nm, followed by 90 degrees."),
        ("24 Nm, then 90 degrees", "First 24 Nm, then 90 degrees."),
        ("swapped the cheap sensor for a Bosch one", "A Bosch sensor was put in instead of the cheap one."),
        ("replaced the Pagid pads with Textar", "Textar replaced the Pagid pads."),
        ("swapped the relay for a new one", "The relay was replaced with a new one."),
        ("It used 12 l before the swap, 10 l after it.", "It used 10 l after the swap, and 12 l before."),
        ("pull the fuse before the relay, then wait", "Pull the fuse before the relay, then wait."),
    ],
)
def test_the_same_order_in_other_words_passes(quote, told):
    assert not is_exchanged(told, quote)


def test_it_finds_what_comes_first():
    assert [*successions("Drain the sump, then pull the filter.")] == [("Drain the sump", "pull the filter")]
    assert [*successions("After the sump, the filter.")] == [("the sump", "the filter")]
    assert [*successions("The sump before the filter before the pan.")] == []  # of three it tells nothing
