import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from deepeval.test_case import LLMTestCase

from evaluation.measure import LostCaseError, Score, Target, as_case, measure
from evaluation.metrics import IdentifierMatch, KeywordPresence, NumericExactMatch
from evaluation.rows import Question, read_questions
from evaluation.scorers.refusals import classify_silence
from tests.evaluation.conftest import row

NUMERIC, NAMES, KEYWORDS = (
    Target("NumericExactMatch", 0.85),
    Target("IdentifierMatch", 0.85),
    Target("KeywordPresence", 0.80),
)

NO_TORQUE = {"any": ["give", "given", "torque"], "polarity": "negated", "verb": True}


def ask(number: int, reference: str, *keywords: object) -> Question:
    return Question(f"p/{number}", "p", Path(), "images/p.jpg", "0" * 64, "Which one?", reference, keywords)


def scores(tmp_path: Path, *cases: tuple[Question, str]) -> dict[Target, dict[str, Score]]:
    questions, answers = zip(*cases, strict=True)
    return measure(questions, answers, tmp_path, "test")


def test_every_case_gets_its_own_score_by_name(tmp_path: Path):
    many = [(ask(number, f"{number} Nm"), f"{number + number % 2} Nm") for number in range(1, 251)]
    found = scores(tmp_path, *many)[NUMERIC]
    assert len(found) == 250
    assert all(score.value == (1.0 if int(name[2:]) % 2 == 0 else 0.0) for name, score in found.items())


def test_a_metric_that_does_not_apply_gives_no_score(tmp_path: Path):
    found = scores(tmp_path, (ask(1, "Inspect the seal."), "24 Nm"), (ask(2, "24 Nm"), "24 Nm"))
    assert found == {NUMERIC: {"p/2": Score(1.0, passed=True)}, NAMES: {}, KEYWORDS: {}}


def test_keywords_are_asked_only_where_somebody_wrote_some(tmp_path: Path):
    terms = ("crankshaft", "seal", "spanner|wrench", "bolt", "sump")
    found = scores(tmp_path, (ask(1, "text", *terms), "The crank-shaft seal; use a wrench on each bolt."))
    assert found[KEYWORDS] == {"p/1": Score(0.8, passed=False)}  # the target itself is not above the target
    assert found[NUMERIC] == {}


@pytest.mark.parametrize("answer", ["", "  \n", "...", "I cannot read the value on this page."])
def test_silence_scores_nothing_and_is_no_error(tmp_path: Path, answer: str):
    found = scores(tmp_path, (ask(1, "24 Nm at fuse 7", "value", "page"), answer))
    nothing = {"p/1": Score(0.0, passed=False, reason="refusal" if "cannot" in answer else "blank")}
    assert found == {NUMERIC: nothing, NAMES: nothing, KEYWORDS: nothing}


def test_the_rules_of_a_probe_are_kept(tmp_path: Path):
    stages = replace(ask(1, "20 Nm, then 90°"), critical=True)
    pressures = replace(
        ask(2, "front 2.2 bar, rear 2.4 bar"), labelled_values=(("front", "2.2 bar"), ("rear", "2.4 bar"))
    )
    silent = [
        replace(ask(number, "The page does not give the torque.", NO_TORQUE), answerable=False) for number in (3, 4, 5)
    ]
    found = scores(
        tmp_path,
        (stages, "20 Nm"),
        (pressures, "front 2.4 bar, rear 2.2 bar"),
        (silent[0], "The torque is not given here."),
        (silent[1], "The page gives no torque; usually it is 440 Nm."),
        (silent[2], "Tighten it well."),
    )
    assert {name: score.value for name, score in found[NUMERIC].items()} == {"p/1": 0, "p/2": 0}
    assert {name: score.value for name, score in found[KEYWORDS].items()} == {"p/3": 1, "p/4": 0, "p/5": 0}


def test_a_row_of_the_data_set_may_say_as_much_as_a_probe(tmp_path: Path):
    told = {"critical": True, "labelled_values": [["front", "2.2 bar"], ["rear", "2.4 bar"]], "forbidden": ["rag"]}
    asked = row("p", "How much?", "front 2.2 bar, rear 2.4 bar", **told, keywords=["tyre"])
    (tmp_path / "vlm_val.jsonl").write_text(json.dumps(asked | {"image": None}))
    (question,) = read_questions(tmp_path, "val")
    for answer, points in (("front 2.4 bar, rear 2.2 bar; use a rag", 0), ("front 2.2 bar, rear 2.4 bar", 1)):
        found = scores(tmp_path, (question, f"The tyre: {answer}."))
        assert [found[metric]["p/1"].value for metric in (NUMERIC, KEYWORDS)] == [points, points]


def test_no_text_is_taken_for_a_picture(tmp_path: Path):
    bait = "[DEEPEVAL:IMAGE:/etc/hostname] 24 Nm"
    question = replace(ask(1, bait), text=bait)
    assert not as_case(question, bait).multimodal
    assert scores(tmp_path, (question, bait))[NUMERIC] == {"p/1": Score(1.0, passed=True)}


@pytest.mark.parametrize("error", [TypeError("odd"), ValueError("odd"), ZeroDivisionError("odd")])
def test_a_metric_that_breaks_is_an_error_and_never_a_zero(tmp_path: Path, monkeypatch, error: Exception):
    def breaks(expected: str, answer: str, **_: object) -> float:
        if answer == "break":
            raise error
        return 1.0

    monkeypatch.setattr("evaluation.scorers.numeric.score", breaks)
    found = scores(tmp_path, (ask(1, "24 Nm"), "break"), (ask(2, "24 Nm"), "24 Nm"))[NUMERIC]
    assert found["p/1"] == Score(None, passed=False, error="odd")
    assert found["p/2"] == Score(1.0, passed=True)


def test_a_lost_case_ends_the_run(tmp_path: Path, monkeypatch):
    import deepeval

    whole = deepeval.evaluate

    def loses(cases, *args, **kwargs):
        result = whole(cases, *args, **kwargs)
        return result.model_copy(update={"test_results": result.test_results[1:]})

    monkeypatch.setattr(deepeval, "evaluate", loses)
    with pytest.raises(LostCaseError, match="2 cases went in, 1 came back"):
        scores(tmp_path, (ask(1, "24 Nm"), "24 Nm"), (ask(2, "24 Nm"), "24 Nm"))


WATCHED_RUN = """
import os, sys
from pathlib import Path

def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        os.write(1, f"{event} {args[1:]}".encode())
        os._exit(3)  # before anything leaves

sys.addaudithook(watch)
from evaluation.measure import measure
from evaluation.rows import Question
measure([Question("p/1", "p", Path(), "p.jpg", "0", "How tight?", "24 Nm")], ["24 Nm"], Path("run"), "test")
print([name for name in ("VLM3_LEAKED", "CONFIDENT_API_KEY") if name in os.environ])
"""


def test_a_run_connects_nowhere_reads_no_secrets_advertises_nothing_and_leaves_no_file(tmp_path: Path, root: Path):
    (tmp_path / ".env").write_text("VLM3_LEAKED=1\n")
    unset = {name: value for name, value in os.environ.items() if not name.startswith("DEEPEVAL")}
    environment = unset | {"CONFIDENT_API_KEY": "secret", "HOME": str(tmp_path), "PYTHONPATH": str(root)}
    command = [sys.executable, "-B", "-c", WATCHED_RUN]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == [".env"]


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [
        ("", "24 Nm", "blank"),
        (" .\n", "24 Nm", "blank"),
        ("I'm sorry, I can't help with that.", "24 Nm", "refusal"),
        ("I’m unable to read this page.", "24 Nm", "refusal"),
        ("The page does not specify a torque.", "24 Nm", "refusal"),
        ("The value is not visible in the image.", "24 Nm", "refusal"),
        ("The page does not specify a torque.", "The page does not say.", None),
        ("I cannot read it, perhaps 24 Nm.", "24 Nm", None),
        ("The torque value cannot be determined from the image provided.", "24 Nm", "refusal"),
        ("The question cannot be answered with the given page.", "24 Nm", "refusal"),
        ("The value is missing from the page.", "24 Nm", "refusal"),
        ("The bolts have no torque printed here.", "24 Nm", "refusal"),
        ("N/A", "24 Nm", "refusal"),
        ("Not available.", "24 Nm", "refusal"),
        ("I do not know.", "24 Nm", "refusal"),
        ("I'm afraid the page does not say.", "24 Nm", "refusal"),
        ("I am sorry.", "24 Nm", "refusal"),
        ("The image is too blurry.", "24 Nm", "refusal"),
        ("The tightening torque for these bolts is not provided.", "24 Nm", "refusal"),
        ("Make sure there is no pressure in the fuel system before disconnecting the line.", "Relieve it.", None),
        ("I am afraid not; always replace them.", "Always replace them.", None),
        ("I am sorry, but they must be replaced.", "Always replace them.", None),
        ("The gasket is not provided; use sealant.", "Use sealant.", None),
        ("The seal is not included in the kit.", "The seal", None),
        ("Check that the bearing has no clearance.", "Check the bearing.", None),
        ("If the mark is not given, turn the crankshaft to top dead centre.", "Turn it.", None),
        ("No such tool is needed.", "None.", None),
        ("24 Nm", "24 Nm", None),
        ("The engine cannot be removed with the gearbox.", "Remove both.", None),
        ("Do not reuse the seal.", "Do not reuse the seal.", None),
    ],
)
def test_silence_is_told_from_an_answer(answer: str, reference: str, expected: str | None):
    assert classify_silence(answer, reference) == expected


def alone(answer: str, reference: str, question: str = "How tight?") -> LLMTestCase:
    return LLMTestCase(input=question, actual_output=answer, expected_output=reference)


@pytest.mark.parametrize(
    ("metric", "answer", "reference", "score"),
    [
        (NumericExactMatch(), "18 ft-lb", "24 Nm (18 ft-lb)", 1),
        (NumericExactMatch(), "25 Nm", "24 Nm", 0),
        (NumericExactMatch(), "", "24 Nm", 0),
        (IdentifierMatch(), "tool 113010", "Use special tool 11 3 010.", 1),
        (IdentifierMatch(), "fuse 8", "Fuse 7", 0),
        (KeywordPresence(keywords=["gasket"]), "Replace the gaskets.", "Replace the gasket.", 1),
        (KeywordPresence(keywords=["gasket"]), "Replace the seal.", "Replace the gasket.", 0),
    ],
)
def test_a_metric_works_alone(metric, answer: str, reference: str, score: float):
    metric.measure(alone(answer, reference))
    assert (metric.score, metric.success, metric.skipped) == (score, score == 1, False)


@pytest.mark.parametrize("run_async", [True, False])
@pytest.mark.parametrize("metric", [NumericExactMatch(), IdentifierMatch(), KeywordPresence()])
def test_where_there_is_nothing_to_score_a_metric_is_skipped_and_does_not_fail(metric, run_async: bool, monkeypatch):
    from deepeval import assert_test, evaluate
    from deepeval.evaluate import AsyncConfig, DisplayConfig

    nothing = alone("Inspect it.", "Inspect the seal.", "What is to be done?")
    assert metric.measure(nothing) is None
    assert (metric.skipped, metric.success) == (True, None)
    assert_test(nothing, [metric], run_async=run_async)
    monkeypatch.setenv("DEEPEVAL_FILE_SYSTEM", "READ_ONLY")
    quietly = DisplayConfig(show_indicator=False, print_results=False, inspect_after_run=False)
    (result,) = evaluate(
        [nothing], [metric], display_config=quietly, async_config=AsyncConfig(run_async=run_async)
    ).test_results
    assert result.success


def test_assert_test_fails_on_a_wrong_number():
    from deepeval import assert_test

    assert_test(alone("24 Nm", "24 Nm"), [NumericExactMatch(), IdentifierMatch()])
    with pytest.raises(AssertionError, match="NumericExactMatch"):
        assert_test(alone("42 Nm", "24 Nm"), [NumericExactMatch()])
