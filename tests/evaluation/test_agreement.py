"""How far judge and person agree, what is kept of it, and the page on which a person says so."""

import json
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from evaluation.__main__ import main
from evaluation.judge.agreement import (
    CASES,
    Compared,
    Item,
    agreement,
    append_verdict,
    by_metric,
    draw,
    item_key,
    load,
    read_verdicts,
)
from evaluation.judge.page import make
from evaluation.pages import find_pages
from evaluation.rows import DataError
from evaluation.statistics import Interval
from vlm3_dataset.errors import Misused

TOKEN = "t" * 43


@pytest.mark.parametrize(
    ("both", "only_judge", "only_person", "neither", "kappa"),
    [
        (20, 5, 10, 15, 0.4),
        (45, 15, 25, 15, 0.1304),
        (10, 0, 0, 10, 1.0),
        (10, 0, 0, 0, 0.0),
    ],  # the first two: textbook
)
def test_kappa(both: int, only_judge: int, only_person: int, neither: int, kappa: float):
    pairs = [(True, True)] * both + [(True, False)] * only_judge + [(False, True)] * only_person
    pairs += [(False, False)] * neither
    found = agreement([Compared(judge, float(person), f"{page}") for page, (judge, person) in enumerate(pairs)])
    assert found.kappa == pytest.approx(kappa, abs=1e-4)
    assert found.interval.low <= found.kappa <= found.interval.high


def test_full_agreement_of_thirty_answers_is_no_certainty():
    """On thirty pages, share and chance are 1 and 0.5; on three pages it is worth three answers."""
    many, few = (
        agreement([Compared(at < 15, float(at < 15), f"{at % pages}") for at in range(30)]) for pages in (30, 3)
    )
    assert many.interval == Interval(pytest.approx(2 * 0.878 - 1, abs=2e-3), pytest.approx(1))
    assert (few.n, few.pages, few.kappa) == (30, 3, 1)
    assert few.interval.low < -0.6


def test_the_half_that_the_judge_failed_counts_for_its_share_of_the_run(tmp_path: Path):
    """Of 100 answers it failed 10, of which the person takes 5 for right; of the rest a person agrees with all."""
    items = [
        Item(f"p/{at}", "after", "Faithfulness", f"{at}", None, "?", f"{at} Nm", judge=at >= 10) for at in range(100)
    ]
    for item in draw(items):
        append_verdict(tmp_path, item, "Anna", verdict=item.judge or int(item.id[2:]) % 2 == 0)
    found = by_metric(tmp_path, items)["Faithfulness"]
    assert found.n == CASES
    assert found.share == pytest.approx(0.95)
    chance = 0.9 * 0.95 + 0.1 * 0.05
    assert found.kappa == pytest.approx((0.95 - chance) / (1 - chance))
    assert found.interval.low < found.kappa < found.interval.high


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Forty questions about the pages of the fixture, judged; the last is asked without a page."""

    def side(number: int, *metrics: str) -> dict:
        scores = {metric: {"value": 1.0 if number % 5 else 0.5, "passed": bool(number % 5)} for metric in metrics}
        return {"answer": f"<b>{number}</b> Nm", "silence": None, "scores": scores}

    rows = []
    for n in range(40):
        paged = {"page_id": "11-1", "image": "images/11-1.jpg"} if n < 39 else {"page_id": "s14.net-7", "image": None}
        metrics = ("Faithfulness", "AnswerRelevancy") if n < 39 else ("AnswerRelevancy",)
        asked = {"id": f"p/{n:02}", "question": "How tight?"} | paged
        rows.append(asked | {"before": side(n, *metrics), "after": side(n + 1, *metrics)})
    rows[7]["after"]["silence"] = "blank"
    rows[8]["question"] = "How\u2028tight?"
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    (tmp_path / "results.jsonl").write_text("".join(lines))
    return tmp_path


def test_half_of_the_answers_are_such_as_the_judge_failed(run: Path):
    items = draw(load(run))
    cases = {(item.id, item.side): item.judge for item in items}
    assert len(cases) == CASES
    assert sum(not judge for judge in cases.values()) == CASES // 2
    assert {item.metric for item in items} == {"Faithfulness", "AnswerRelevancy"}
    assert ("p/07", "after") not in {(item.id, item.side) for item in load(run)}


def test_verdicts_are_only_added_and_the_last_counts(run: Path):
    items = load(run)
    append_verdict(run, items[0], "Anna", verdict=False)
    append_verdict(run, items[1], "Anna", verdict=True)
    append_verdict(run, items[0], "Anna", verdict=True)
    append_verdict(run, items[1], "Anna", verdict=None)
    append_verdict(run, items[0], "Bert", verdict=False)
    assert read_verdicts(run) == {"Anna": {item_key(items[0]): True}, "Bert": {item_key(items[0]): False}}
    whole = (run / "agreement.jsonl").read_bytes()
    assert whole.count(b"\n") == 5
    (run / "agreement.jsonl").write_bytes(whole + b'{"id": "torn')  # by a killed writer
    assert read_verdicts(run)["Bert"] == {item_key(items[0]): False}
    append_verdict(run, items[2], "Bert", verdict=True)
    assert (run / "agreement.jsonl").read_bytes().startswith(whole)
    assert read_verdicts(run)["Bert"] == {item_key(items[0]): False, item_key(items[2]): True}


def test_a_verdict_is_about_an_answer_and_meets_what_the_judge_says_today(run: Path):
    items = [item for item in load(run) if item.metric == "Faithfulness"][:10]
    for item in items:
        append_verdict(run, item, "Anna", verdict=item.judge)
    assert {metric: (one.n, one.kappa) for metric, one in by_metric(run, items).items()} == {"Faithfulness": (10, 1)}
    alone = by_metric(run, items)
    for item in items:
        append_verdict(run, item, "Bert", verdict=item.judge)
    assert by_metric(run, items) == alone, "the verdicts of a second person are no more answers"
    append_verdict(run, items[0], "Bert", verdict=not items[0].judge)
    assert by_metric(run, items)["Faithfulness"].share == pytest.approx(0.95)
    append_verdict(run, items[0], "Bert", verdict=items[0].judge)
    turned = [replace(item, judge=not item.judge) for item in items]
    assert by_metric(run, turned)["Faithfulness"].share == 0
    assert by_metric(run, [replace(item, answer="another") for item in items]) == {}


def test_what_is_no_verdict_is_one_line(run: Path):
    (run / "agreement.jsonl").write_text("[]\n")
    with pytest.raises(DataError, match="line 1 is no verdict"):
        read_verdicts(run)


def test_a_run_that_nobody_judged_says_what_to_do(tmp_path: Path):
    with pytest.raises(Misused, match="--judge"):
        load(tmp_path)


def test_pages_that_are_not_at_hand_are_said(run: Path, tmp_path: Path, capsys):
    rows = [json.loads(line) for line in (run / "results.jsonl").open("rb")]
    (run / "results.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows if row["image"]))
    with pytest.raises(SystemExit) as end:
        main(["agree", "--run", str(run), "--data", str(tmp_path / "none"), "--work", str(tmp_path / "none")])
    assert end.value.code == 2
    assert "name them with --data" in capsys.readouterr().err


@pytest.fixture
def client(run: Path, data: Path) -> TestClient:
    pages = find_pages(data, data / "none")
    client = TestClient(make(run, draw(load(run)), pages, "Anna", TOKEN), base_url="http://127.0.0.1:8000")
    assert client.get(f"/?token={TOKEN}").status_code == 200
    return client


def test_nobody_without_the_token_sees_or_says_anything(client: TestClient, run: Path):
    stranger = TestClient(client.app, base_url="http://127.0.0.1:8000")
    for path in ("/", "/image/0", "/?token=guess"):
        assert stranger.get(path).status_code == 403
    assert client.post("/judge", data={"token": "guess", "number": 0, "verdict": "yes"}).status_code == 403
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert not (run / "agreement.jsonl").exists()


def test_forms_and_addresses_that_are_none_are_one_line(client: TestClient):
    for number in (-1, 999):
        assert client.get(f"/?number={number}").status_code == 404
        assert client.post("/judge", data={"token": TOKEN, "number": number, "verdict": "yes"}).status_code == 404
    assert client.post("/judge", data={"token": TOKEN, "number": 0, "verdict": "perhaps"}).status_code == 422
    assert client.post("/undo", data={"token": TOKEN}).text == "nothing was judged since this page was opened\n"


def test_the_judges_word_is_not_shown_and_an_answer_is_text(client: TestClient, data: Path, run: Path):
    items = draw(load(run))
    for number in range(len(items)):
        shown = client.get(f"/?number={number}").text
        assert not re.search(r"passed|failed|0\.50|1\.00", shown)
        assert f"&lt;b&gt;{items[number].answer[3:-7]}&lt;/b&gt;" in shown
    assert client.get("/image/0").content == (data / "images" / "11-1.jpg").read_bytes()


def test_a_person_judges_all_and_sees_how_far_both_agree(client: TestClient, run: Path):
    items = draw(load(run))
    for number, item in enumerate(items):
        assert f"{number + 1} of {len(items)}" in client.get("/").text
        client.post("/judge", data={"token": TOKEN, "number": number, "verdict": "yes" if item.judge else "no"})
    done = client.get("/").text
    assert done.count("agree on 100 %") == 2
    client.post("/undo", data={"token": TOKEN})
    assert item_key(items[-1]) not in read_verdicts(run)["Anna"]


@pytest.mark.parametrize("width", [400, 1400])
def test_the_command_and_its_keys(run: Path, data: Path, chromium, width: int):
    command = [sys.executable, "-m", "evaluation", "agree", "--run", run, "--data", data, "--person", "Anna"]
    process = subprocess.Popen([*command, "--work", data / "none"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == f"{CASES} answers, as Anna; Ctrl-C ends it\n"
        with chromium.new_context(viewport={"width": width, "height": 900}) as context:
            page, asked = context.new_page(), []
            page.set_default_timeout(60_000)
            page.on("request", lambda request: asked.append(request.url))
            page.goto(process.stdout.readline().strip())
            assert "token" not in page.url
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            for pressed, done in (("a", "1"), ("r", "2"), ("u", "1"), ("j", "1"), ("r", "2")):
                with page.expect_navigation():
                    page.keyboard.press(pressed)
                assert page.locator(".progress strong").inner_text() == done
            assert {re.match(r"http://127\.0\.0\.1:\d+/", url) is not None for url in asked} == {True}
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "judge and person agree on" in said
    assert sorted(read_verdicts(run)["Anna"].values()) == [False, True]
