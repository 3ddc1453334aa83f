"""Five requests go ahead, live: what they show stops the rest, or says what it will cost."""

import json
from math import ceil

import pytest

from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.refuses import opened, parts
from tests.vlm3_dataset.claude.test_claude import MODEL, REPLY, key, labels_of, pages, served  # noqa: F401 - fixtures
from vlm3_dataset.claude import pilot, prices, sending
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.pilot import PilotRefused
from vlm3_dataset.claude.sending import Declined
from vlm3_dataset.labelers.claude import label

SONNET = prices.named("claude-sonnet-5-5")


class Meter:
    """What the real API bills: a token for 3.3 letters, the prompt from its cache from the second call on, thinking."""

    def __init__(self, thinking=0):
        self.thinking, self.cached, self.dollars = thinking, set(), 0.0

    def __call__(self, asked, answer):
        images, texts = parts(asked)
        schema = json.dumps(asked["output_config"]["format"]["schema"])
        prompt = ceil(len(asked["system"][0]["text"] + schema) / 3.3) + 60
        pixels = sum(ceil(picture.width / 28) * ceil(picture.height / 28) + 5 for picture in map(opened, images))
        known = prompt in self.cached
        self.cached.add(prompt)
        return {
            "input_tokens": pixels + ceil(sum(len(text["text"]) for text in texts) / 3.3),
            "cache_creation_input_tokens": 0 if known else prompt,
            "cache_read_input_tokens": prompt if known else 0,
            "output_tokens": ceil(len(answer) / 3.3) + self.thinking,
        }


def many_pairs(asked):
    """As many pairs as the page may have, as long as they usually are."""
    text = asked["messages"][0]["content"][1]["text"]
    quota = int(text.partition("Write up to ")[2].split()[0])
    long = REPLY["pairs"][0] | {"evidence": "x" * 150, "answer": "y" * 60}
    return REPLY | {"pairs": [long] * (quota - 2)}


@pytest.mark.parametrize("how", ["live", "batch"])
@pytest.mark.parametrize("thinking", [0, 1_500])
def test_the_forecast_that_a_pilot_corrects_is_the_bill(tmp_path, monkeypatch, how, thinking):
    """Within 10 % on thirty pages of different size; `benchmarks/real/forecast.py` has the real ones."""
    monkeypatch.setattr(sending, "DEARER", 0)  # whoever pays is told what the pilot says in any case
    asked, told = pages(tmp_path, 30), []
    for number, page in enumerate(asked):
        words = [{"text": "bolt " * (10 * number), "box": [0, 0, 9, 9], "score": 1.0}]
        (tmp_path / "readings").mkdir(exist_ok=True)
        (tmp_path / f"readings/{page.page_id}.json").write_text(json.dumps({"engine": "e", "segments": words}))
    with stand_in.serving(many_pairs, usage=Meter(thinking)) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        agree = lambda bill: told.append(bill) or True  # noqa: E731
        assert label.with_claude(asked, tmp_path, SONNET, Budget(50), how=how, confirm_cost=agree) == []
    store = Store(tmp_path / "labels.sqlite")
    rows = store._rows("select usd from reply order by rowid")
    store.close()
    rest = sum(usd for (usd,) in rows[pilot.REQUESTS :])
    assert ("without thinking" in str(told[0]), told[1].requests) == (True, 25)
    assert (told[1].live if how == "live" else told[1].batch) == pytest.approx(rest, rel=0.1)


def test_a_price_that_is_near_enough_is_told_and_not_asked_about_again(tmp_path, monkeypatch, capsys):
    told = []
    with stand_in.serving(many_pairs, usage=Meter()) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        agree = lambda bill: told.append(bill) or True  # noqa: E731
        label.with_claude(pages(tmp_path, 12), tmp_path, SONNET, Budget(50), confirm_cost=agree)
    assert len(told) == 1
    assert "generate, a pilot of 5: the others are 7 requests, " in capsys.readouterr().out


@pytest.mark.parametrize("how", ["live", "batch"])
@pytest.mark.parametrize(
    ("refusal", "billed"), [(("invalid_request_error", "Output blocked by content filtering policy"), 0), (None, 5)]
)
def test_where_everything_is_refused_only_the_pilot_is_paid(tmp_path, served, how, refusal, billed):  # noqa: F811
    asked = pages(tmp_path, 20)
    if refusal:
        served.refuses = lambda _: refusal
    else:
        served.stop_reason = "refusal"
    with pytest.raises(PilotRefused, match="5 of the first 5 answers were refused"):
        label.with_claude(asked, tmp_path, MODEL, Budget(1), how=how)
    assert (len(served.billed), served.batches) == (billed, {})
    served.refuses, served.stop_reason = stand_in.pleased, "end_turn"
    assert label.with_claude(asked, tmp_path, MODEL, Budget(1), how=how) == []
    assert sum(bool(labels_of(tmp_path, page).pairs) for page in asked) == 15


def test_one_refusal_of_five_is_left_out_and_the_rest_goes_on(tmp_path, served):  # noqa: F811
    served.faults = [None, "refusal"]
    asked = pages(tmp_path, 12)
    assert label.with_claude(asked, tmp_path, MODEL, Budget(1)) == []
    assert sum(bool(labels_of(tmp_path, page).problem) for page in asked) == 1
    assert len(served.billed) == 12


def test_whoever_declines_the_dearer_price_keeps_what_the_pilot_has_answered(tmp_path, served):  # noqa: F811
    served.usage = {"input_tokens": 3_000, "output_tokens": 5_000}
    with pytest.raises(Declined, match="only the pilot of 5 was sent"):
        label.with_claude(
            pages(tmp_path, 20), tmp_path, MODEL, Budget(1), confirm_cost=lambda bill: not bill.is_measured
        )
    store = Store(tmp_path / "labels.sqlite")
    assert (len(served.billed), store.count()) == (5, 5)
    store.close()


def test_a_second_run_needs_no_pilot(tmp_path, served):  # noqa: F811
    asked = pages(tmp_path, 30)
    label.with_claude(asked[:10], tmp_path, MODEL, Budget(1))
    label.with_claude(asked, tmp_path, MODEL, Budget(1), how="batch")
    assert [len(batch.results) for batch in served.batches.values()] == [20]
