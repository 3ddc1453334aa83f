"""The bill is told before it is made, and its worst case is never exceeded."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vlm3_dataset.claude import prices, request
from vlm3_dataset.claude.forecast import Forecast, forecast, input_tokens, worst
from vlm3_dataset.claude.sizing import Size

HAIKU, SONNET, OPUS = prices.PRICES.values()


def test_a_thousand_pages():
    told = forecast(SONNET, [4_000] * 1_000, usual_output=1_000)
    assert told == Forecast(1_000, 4_000_000, 1_000_000, 18.0, 9.0)
    assert str(told) == "1,000 requests, 4,000,000 tokens in, about 1,000,000 out: $9.00 as a batch, $18.00 live"


def test_pairs_are_told_where_they_can_be():
    told = replace(forecast(SONNET, [4_000] * 10, usual_output=1_000), pairs=1_234)
    assert str(told).endswith("live; about 1,234 pairs before they are checked")


def test_words_and_picture_count():
    assert input_tokens("", "", Size(28, 28)) == 1 + 40 + 520
    assert input_tokens("a" * 30, "b" * 3, Size(56, 28)) == 2 + 40 + 520 + 11


@given(st.integers(0, 20_000), st.integers(0, request.MAX_TOKENS), st.sampled_from([HAIKU, SONNET, OPUS]))
def test_no_answer_costs_more_than_its_worst_case(tokens, output, rate):
    for usage in (
        {"input_tokens": tokens, "output_tokens": output},
        {"input_tokens": 0, "cache_creation_input_tokens": tokens, "output_tokens": output},
        {"input_tokens": 0, "cache_read_input_tokens": tokens, "output_tokens": output},
    ):
        assert prices.cost(rate, usage, otherwise=0.0) <= worst(rate, tokens) + 1e-12
