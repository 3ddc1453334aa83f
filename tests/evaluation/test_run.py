"""The whole of it, through a stand-in for two planted models: one guesses, one has learned the rows by heart."""

import json
import shutil
from pathlib import Path

import pytest

from evaluation.__main__ import main
from evaluation.probes import PROBES
from tests.evaluation.conftest import ROWS, row
from tests.evaluation.openai import serving

ENTRIES = {entry["question"]: entry for entry in json.loads(PROBES.read_text())}
BUT_LOOKS = [{name: value for name, value in entry.items() if name != "look"} for entry in ENTRIES.values()]
LEARNED = {question: reference for _, question, reference in ROWS}
CRITICAL = "s14-main-bearing-screws"


def planted(question: str, _, model: str) -> str:
    if question in ENTRIES:
        entry = ENTRIES[question]
        return "First 20 Nm, then 60°; new, washed and oiled." if entry["id"] == CRITICAL else entry["reference"]
    return LEARNED[question] if model == "learned" else "It is 99 Nm."


@pytest.fixture(scope="module")
def shelf(data: Path, tmp_path_factory) -> Path:
    """The usual data with training rows: a page and a pair of the validation are among them, and two probes' pages."""
    folder = shutil.copytree(data, tmp_path_factory.mktemp("run") / "data")
    for page in ("torque-11-01", "11-75"):
        shutil.copy(folder / "images" / "21-3.jpg", folder / "images" / f"{page}.jpg")
        with (folder / "images" / f"{page}.jpg").open("ab") as file:
            file.write(page.encode())  # another picture to whoever compares bytes
    page, question, reference = ROWS[0]
    rows = [row(page, "Which gasket is it?", "A new one."), row("torque-11-01", question, reference)]
    rows += [row("11-75", "What is shown?", "The oil pump.")]
    (folder / "vlm_train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    return folder


@pytest.fixture(autouse=True, scope="module")
def probes_of_any_look(tmp_path_factory):
    """The pages of these tests are not those that the probes were read from."""
    path = tmp_path_factory.mktemp("probes") / "probes.json"
    path.write_text(json.dumps(BUT_LOOKS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evaluation.probes.PROBES", path)
        yield


def command(shelf: Path, url: str, run: Path, *more: str) -> list[str]:
    who = ["--endpoint", url, "--baseline", "guessing", "--tuned", "learned"]
    return ["run", *who, "--data", str(shelf), "--work", str(shelf / "none"), "--run", str(run), *more]


@pytest.fixture(scope="module")
def run(shelf: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("eval_runs")
    with serving(planted) as server:
        assert main(command(shelf, server.url, folder)) == 0
        asked = len(server.requests)
        first = {name: (folder / name).read_bytes() for name in ("results.jsonl", "summary.json", "report.html")}
        assert main(command(shelf, server.url, folder)) == 0
    assert len(server.requests) == asked, "a second run asked again"
    assert {name: (folder / name).read_bytes() for name in first} == first
    return folder


def test_the_one_that_learned_by_heart_is_better_and_caught(run: Path):
    summary = json.loads((run / "summary.json").read_text())
    (numeric, *_) = summary["metrics"]
    assert (numeric["before"], numeric["after"], numeric["n"]) == (0, 1, 5)
    another, blank, altered = summary["controls"]
    assert (another["kept"], another["n"], another["finding"]) == (5, 5, "memory")
    assert (blank["kept"], blank["n"], blank["finding"]) == (5, 5, "memory")
    assert altered["not_run"] == {"no reading of the page is at hand": 5}
    assert any("answers from memory" in sentence for sentence in summary["conclusions"])


def test_what_training_has_seen_stands_apart(run: Path):
    summary = json.loads((run / "summary.json").read_text())
    assert summary["contamination"] == {
        "questions": 7, "same_page": 3, "same_pair": 1, "any_8_gram": 1, "all_8_grams": 1,
    }  # fmt: skip
    assert {side: rows[0]["n"] for side, rows in summary["seen"].items()} == {"unseen": 3, "seen": 2}
    rows = [json.loads(line) for line in (run / "results.jsonl").read_text().splitlines()]
    assert [one["id"] for one in rows if one["training"] and one["training"]["pair"]] == ["11-1/1"]


def test_probes_are_asked_beside_it_and_those_without_a_page_are_named(run: Path):
    summary = json.loads((run / "summary.json").read_text())
    probes = summary["probes"]
    assert probes["outcomes"] == {"broken": 0, "wrong": 1, "fixed": 0, "right": 1, "unscored": 0}
    assert summary["critical"] == {"questions": 2, "wrong_after": [CRITICAL], "unknown_after": []}
    assert len(probes["not_run"]) == 49
    html = (run / "report.html").read_text()
    assert "s14-oil-pressure" in html
    assert "s14-head-bolts: page torque-11-09 is not at hand" in html
    rows = {one["id"]: one for one in map(json.loads, (run / "results.jsonl").read_text().splitlines())}
    critical = rows[CRITICAL]["after"]["scores"]
    assert critical["NumericExactMatch"]["value"] == 0  # 20 Nm is right, and that is not enough
    assert rows["s14-oil-pressure"]["after"]["scores"]["KeywordPresence"]["value"] == 1


def test_a_server_that_refuses_every_changed_page_costs_the_controls_and_not_the_report(shelf: Path, tmp_path: Path):
    refusal = (400, {}, b'{"error": {"message": "empty page"}}')
    with serving(planted) as server:
        paged = 2 * (len(ROWS) + 2)
        server.refuses = lambda _: refusal if len(server.requests) > paged else None
        for _ in range(2):  # all that is missing the second time is what was refused the first
            assert main(command(shelf, server.url, tmp_path)) == 1
            controls = json.loads((tmp_path / "summary.json").read_text())["controls"]
            assert [(one["kind"], one["n"], one["unanswered"]) for one in controls] == [
                ("another page", 0, 5), ("blank page", 0, 5), ("altered number", 0, 0),
            ]  # fmt: skip
            assert (tmp_path / "report.html").is_file()
            (tmp_path / "report.html").unlink()


def test_a_critical_probe_is_told_of_where_probes_are_all_that_is_compared(shelf: Path, tmp_path: Path):
    with serving(planted) as server:
        argv = command(shelf, server.url, tmp_path, "--split", "probes")
        assert main(argv) == 0
        figures = json.loads((tmp_path / "summary.json").read_text())
        assert figures["in_short"][-2] == "Of 2 questions where a wrong answer breaks something, 1 went wrong."

        server.refuses = lambda asked: (400, {}, b"{}") if ENTRIES[asked]["id"] == CRITICAL else None
        assert main([*argv, "--run", str(tmp_path / "refused")]) == 1
    figures = json.loads((tmp_path / "refused" / "summary.json").read_text())
    assert figures["critical"] == {"questions": 2, "wrong_after": [], "unknown_after": [CRITICAL]}
    assert "0 went wrong and 1 got no score." in figures["in_short"][-2]
    assert "1 of 2 critical questions got no score after tuning: whether" in " ".join(figures["conclusions"])


def test_probes_can_be_all_that_is_asked(shelf: Path, tmp_path: Path):
    with serving(planted) as server:
        who = ["--endpoint", server.url, "--model", "learned", "--work", str(shelf / "none")]
        argv = ["answer", *who, "--split", "probes", "--data", str(shelf), "--run", str(tmp_path)]
        assert main(argv) == 0
    answers = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert sorted(one["question"] for one in answers) == [CRITICAL, "s14-oil-pressure"]


def test_no_probe_at_hand_is_one_line(data: Path, tmp_path: Path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["answer", "--model", "m", "--split", "probes", "--data", str(data), "--run", str(tmp_path / "run")])
    assert end.value.code == 2
    assert "none of the 51 probes has its page in" in capsys.readouterr().err
