"""Questions of threads: asked without a page, judged by what is left to judge, beside the comparison and not in it."""

import json
from pathlib import Path

import pytest

from evaluation.__main__ import main
from evaluation.contamination import RowContent, find_overlaps
from tests.evaluation.conftest import ROWS, TEXTS
from tests.evaluation.openai import serving

REFERENCES = {question: reference for _, question, reference in (*ROWS, *TEXTS)}
OF_TEXTS = {question for _, question, _ in TEXTS}


def run(data: Path, folder: Path, *who: str) -> dict:
    argv = ["run", *who, "--data", str(data), "--work", str(data / "none"), "--run", str(folder)]
    assert main([*argv, "--max-new-tokens", "16"]) == 0
    return json.loads((folder / "summary.json").read_text())


def planted(question: str, page, model: str) -> str:
    assert (page is None) == (question in OF_TEXTS)
    return REFERENCES[question] if model == "learned" or question not in OF_TEXTS else "It is 99 Nm."


def test_a_server_is_asked_them_without_a_page_and_they_stand_apart(mixed: Path, tmp_path: Path):
    with serving(planted) as server:
        summary = run(mixed, tmp_path, "--endpoint", server.url, "--baseline", "guessing", "--tuned", "learned")
        again = [body for body in server.requests if body["messages"][0]["content"][-1]["text"] in OF_TEXTS]
    assert len(again) == 2 * len(TEXTS)  # once of each model: no control asks them without a page once more
    assert summary["data"]["questions"] == len(ROWS)
    texts = summary["texts"]
    assert (texts["questions"], texts["threads"]) == (3, 2)
    numeric = texts["metrics"][0]
    assert (numeric["metric"], numeric["n"], numeric["before"], numeric["after"]) == ("NumericExactMatch", 2, 0, 1)
    assert summary["metrics"][0]["before"] == 1  # nothing of them in the comparison
    rows = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert [(one["page_id"], one["image"]) for one in rows if one["set"] == "texts"] == [(t, None) for t, *_ in TEXTS]
    html = (tmp_path / "report.html").read_text()
    assert "Without a page" in html
    assert "3 questions of 2 threads" in html
    assert any("without a page, values with a unit: 0 of 2" in one.lower() for one in summary["in_short"])


def test_a_model_of_ours_answers_them_too(tiny: Path, mixed: Path, tmp_path: Path):
    base = str(tiny / "base")
    summary = run(mixed, tmp_path, "--baseline", base, "--tuned", base, "--adapter", str(tiny / "adapter"))
    assert (summary["texts"]["questions"], summary["data"]["questions"]) == (len(TEXTS), len(ROWS))
    answers = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert len([one for one in answers if one["question"].startswith("s14.net")]) == 2 * len(TEXTS)


def test_a_data_set_of_threads_alone_has_a_report(mixed: Path, tmp_path: Path):
    lines = [line for line in (mixed / "vlm_val.jsonl").read_text().splitlines() if not json.loads(line)["image"]]
    (tmp_path / "vlm_val.jsonl").write_text("\n".join(lines))
    with serving(planted) as server:
        who = ("--endpoint", server.url, "--baseline", "guessing", "--tuned", "learned")
        summary = run(tmp_path, tmp_path / "run", *who)
    assert (summary["data"]["questions"], summary["texts"]["questions"]) == (0, len(TEXTS))
    assert (tmp_path / "run" / "report.html").is_file()


def test_the_judge_is_asked_whether_they_help_and_no_more(mixed: Path, server, tmp_path: Path):
    judge = ["--judge", "claude", "--judge-model", "claude-haiku-5-5", "--judge-url", server.url]
    with serving(planted) as answering:
        who = ("--endpoint", answering.url, "--baseline", "guessing", "--tuned", "learned")
        summary = run(mixed, tmp_path, *who, *judge)
    n = {one["metric"]: (one["n"], one["not_applicable"]) for one in summary["texts"]["metrics"]}
    assert n["AnswerRelevancy"] == (3, 0)
    assert n["Faithfulness"] == (0, 3)


@pytest.mark.parametrize(("text", "seen"), [("4.75 litres with the filter.", True), ("5 litres", False)])
def test_two_texts_share_no_page(text: str, seen: bool):
    asked, learned = (RowContent("", "How much oil?", answer) for answer in (text, TEXTS[2][2]))
    found = find_overlaps({"it": asked}, [learned])["it"]
    assert (found.page, found.seen) == (False, seen)
