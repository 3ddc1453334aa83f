"""A run that ends badly: what is billed, what is paid twice, and what whoever pays is told."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.test_claude import MODEL, REPLY, key, labels_of, pages, served  # noqa: F401 - fixtures
from tests.vlm3_dataset.shelves import fill, scan, text_pdf
from vlm3_dataset import __main__ as command
from vlm3_dataset.claude import pace, pending_batches
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store, held
from vlm3_dataset.claude.prices import cost, named
from vlm3_dataset.errors import InUse
from vlm3_dataset.labelers.claude import label

POLICY = ("invalid_request_error", "Output blocked by content filtering policy")
SONNET = named("claude-sonnet-5-5")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(pending_batches, "WAITS", (0.01,))
    monkeypatch.setattr(pending_batches, "SHOWN_AFTER", timedelta(0))
    monkeypatch.setattr(pace, "BACK_OFF", (0.01,))


def picture(asked):
    return asked["messages"][0]["content"][0]["source"]["data"]


def paid_twice(server):
    return sum(count - 1 for count in Counter(map(picture, server.billed)).values())


def against(page, work, refusal):
    """Refuses one page, and counts how often."""
    its, times = picture(label.about(page, work, MODEL)[0].request()), []

    def refuses(asked):
        if picture(asked) == its:
            times.append(1)
            return refusal
        return None

    return refuses, times


@pytest.mark.parametrize("how", ["live", "batch"])
@pytest.mark.parametrize(
    "refusal", [POLICY, ("invalid_request_error", "Could not process image"), ("request_too_large", "too large")]
)
def test_a_page_that_is_never_answered_is_left_out_after_three_tries(tmp_path, served, how, refusal):  # noqa: F811
    asked = pages(tmp_path, 8)
    served.refuses, times = against(asked[3], tmp_path, refusal)
    for _ in range(2):
        assert label.with_claude(asked, tmp_path, MODEL, Budget(1), how=how) == []
    assert (len(served.billed), paid_twice(served), len(times)) == (7, 0, 3)
    assert labels_of(tmp_path, asked[3]).problem == f"no answer ({refusal[1]})"
    store = Store(tmp_path / "labels.sqlite")
    assert label.answered_before(asked[3], tmp_path, MODEL, store).pairs == ()
    store.close()


@pytest.mark.parametrize("how", ["live", "batch"])
@pytest.mark.parametrize("kind", ["api_error", "overloaded_error", "rate_limit_error"])
def test_what_passes_is_not_final_whatever_words_it_contains(tmp_path, served, how, kind):  # noqa: F811
    asked = pages(tmp_path, 3)
    served.refuses, _ = against(asked[1], tmp_path, (kind, "Internal error while fetching image"))
    (line,) = label.with_claude(asked, tmp_path, MODEL, Budget(1), how=how)
    assert line.startswith("21-01: Internal error while fetching image; run again")
    served.refuses = stand_in.pleased
    assert label.with_claude(asked, tmp_path, MODEL, Budget(1), how=how) == []
    assert (len(served.billed), paid_twice(served)) == (3, 0)


@pytest.mark.parametrize("how", ["live", "batch"])
def test_an_empty_account_ends_no_page(tmp_path, served, how):  # noqa: F811
    asked = pages(tmp_path, 4)
    served.refuses = lambda _: ("invalid_request_error", "Your credit balance is too low to access the API.")
    for _ in range(4):
        assert len(label.with_claude(asked, tmp_path, MODEL, Budget(1), how=how)) == 4
    served.refuses = stand_in.pleased
    assert label.with_claude(asked, tmp_path, MODEL, Budget(1), how=how) == []
    assert (len(served.billed), paid_twice(served)) == (4, 0)


@pytest.mark.parametrize("how", ["live", "batch"])
def test_the_largest_picture_that_is_refused_is_alone_in_that(tmp_path, served, how):  # noqa: F811
    asked = pages(tmp_path, 8)
    (tmp_path / asked[7].image).write_bytes(scan([("Bolt", "7 Nm")], size=(1_600, 1_200)))
    served.refuses, _ = against(asked[7], tmp_path, ("invalid_request_error", "Could not process image"))
    assert label.with_claude(asked, tmp_path, MODEL, Budget(1), how=how) == []
    told = [labels_of(tmp_path, page).problem for page in asked]
    assert told == [""] * 7 + ["no answer (Could not process image)"]
    assert (len(served.billed), paid_twice(served)) == (7, 0)


def test_filter_and_emit_go_on_without_a_page_and_say_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    book = [[("Oil drain plug", "25 Nm"), (f"Bolt {n}", f"{n}0 Nm")] for n in range(1, 5)]
    fill(tmp_path / "data_src", {"book.pdf": text_pdf(book)})
    refused = []

    def refuses(asked):
        refused[:] = refused or [picture(asked)]
        return POLICY if picture(asked) == refused[0] else None

    with stand_in.serving(REPLY, refuses=refuses) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        command.main(["all", "--yes", "--schema", "yes", "--second-reader", "none", "--send", "live"])
    told = [line for line in capsys.readouterr().out.splitlines() if "without an answer" in line]
    for stage in ("filter", "emit"):
        assert [line for line in told if line.startswith(stage) and "1 pages without an answer (1 no answer" in line]


def test_two_runs_in_one_work_folder_are_one(tmp_path, served):  # noqa: F811
    asked = pages(tmp_path, 3)
    with held(tmp_path / "labels.sqlite"), pytest.raises(InUse, match="another run is asking with"):
        label.with_claude(asked, tmp_path, MODEL, Budget(1))
    assert served.billed == []
    assert label.with_claude(asked, tmp_path, MODEL, Budget(1)) == []


@pytest.mark.parametrize("early", ["line", "word"])
def test_results_that_end_early_are_read_again(tmp_path, served, early):  # noqa: F811
    served.ends_early = [early, early]
    assert label.with_claude(pages(tmp_path, 5), tmp_path, MODEL, Budget(1), how="batch") == []
    assert (len(served.billed), paid_twice(served)) == (5, 0)


def test_a_batch_whose_results_stay_short_is_not_closed(tmp_path, served, monkeypatch):  # noqa: F811
    monkeypatch.setattr(served.rng, "shuffle", lambda _: None)  # else each half is another, and two are the whole
    served.ends_early = ["line"] * pending_batches.ATTEMPTS
    asked = pages(tmp_path, 4)
    failed = label.with_claude(asked, tmp_path, MODEL, Budget(1), how="batch")
    assert len(failed) == 2
    assert all("2 of 4 results are missing (batch msgbatch_0); 4 requests are on their way" in line for line in failed)
    assert label.with_claude(asked, tmp_path, MODEL, Budget(0), how="batch") == []
    assert (len(served.billed), paid_twice(served)) == (4, 0)


@pytest.mark.parametrize("status", [408, 409, 500, 502, 504])
def test_a_batch_that_may_exist_is_looked_for(tmp_path, served, status):  # noqa: F811
    served.unseen = [status]
    assert label.with_claude(pages(tmp_path, 5), tmp_path, MODEL, Budget(1), how="batch") == []
    assert (len(served.billed), len(served.batches)) == (5, 1)


@pytest.mark.parametrize("fault", ["torn", "half", "billed 500"])
def test_the_budget_holds_where_every_answer_is_lost(tmp_path, monkeypatch, capsys, fault):
    with stand_in.serving(REPLY, faults=[fault] * 200, usage={"input_tokens": 2_000, "output_tokens": 7_000}) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        failed = label.with_claude(pages(tmp_path, 8), tmp_path, SONNET, Budget(0.30), how="live")
        billed = len(server.billed) * cost(SONNET.price, server.usage, 0)
    store = Store(tmp_path / "labels.sqlite")
    count, most = store.lost()
    store.close()
    assert (len(failed), count) == (8, len(server.billed))
    assert 0 < billed <= most <= 0.30
    assert any("raise --max-usd and run again" in line for line in failed)
    assert f"for {count} that did not arrive" in capsys.readouterr().out


def test_polling_outlives_a_server_that_is_away(tmp_path, served, capsys):  # noqa: F811
    served.away = [503] * 120  # an hour of them, at one in thirty seconds
    assert label.with_claude(pages(tmp_path, 5), tmp_path, MODEL, Budget(1), how="batch") == []
    assert (len(served.billed), paid_twice(served)) == (5, 0)
    assert "the server says 503; batch msgbatch_0 lives, looking again" in capsys.readouterr().err


def test_a_run_that_gives_up_says_that_the_batch_lives(tmp_path, served, monkeypatch):  # noqa: F811
    monkeypatch.setattr(pending_batches, "PATIENCE", timedelta(0))
    served.away = [503]
    asked = pages(tmp_path, 3)
    failed = label.with_claude(asked, tmp_path, MODEL, Budget(1), how="batch")
    lives = "3 requests are on their way as batches and live there: run again to take them in"
    assert [line.split("; ")[1] for line in failed] == [lives] * 3
    assert label.with_claude(asked, tmp_path, MODEL, Budget(0), how="batch") == []
    assert (len(served.billed), paid_twice(served)) == (3, 0)
