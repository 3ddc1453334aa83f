"""A server that speaks /v1/messages and knows no schema: asked for JSON in words, and once more where it is none."""

import json

import pytest

from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.test_claude import REPLY, key, labels_of, pages  # noqa: F401 - a fixture
from vlm3_dataset.claude import request
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.prices import flat, named
from vlm3_dataset.labelers.claude import label
from vlm3_dataset.labelers.claude.prompts import PROMPT, SYSTEM

LOCAL = named("qwen-local", flat(0, 0), has_schema=False)
GOOD = json.dumps(REPLY)


@pytest.fixture
def server(monkeypatch):
    with stand_in.serving(REPLY, knows_schemas=False) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        yield server


def run(work, asked):
    return label.with_claude(asked, work, LOCAL, Budget(0.0), how="live")


@pytest.mark.parametrize("said", [GOOD, f"```json\n{GOOD}\n```", f"Sure! Here it is:\n{GOOD}"])
def test_an_answer_in_form_is_asked_for_once(tmp_path, server, said):
    server.says = [said]
    (page,) = pages(tmp_path, 1)
    assert run(tmp_path, [page]) == []
    assert (len(server.billed), labels_of(tmp_path, page, LOCAL).pairs[0].answer) == (1, "25 Nm")


@pytest.mark.parametrize("wrong", ["The plug takes 25 Nm.", "", GOOD[:40], GOOD.replace("torque", "poetry")])
def test_an_answer_out_of_form_is_shown_its_fault_once(tmp_path, server, wrong):
    server.says = [wrong, GOOD]
    (page,) = pages(tmp_path, 1)
    assert run(tmp_path, [page]) == []
    assert labels_of(tmp_path, page, LOCAL).pairs[0].answer == "25 Nm"
    first, second = server.billed
    assert second["messages"][0] == first["messages"][0]
    assert second["messages"][1:] == [
        {"role": "assistant", "content": wrong or "(nothing)"},
        {"role": "user", "content": request.NOT_IN_FORM},
    ]


def test_twice_out_of_form_is_final_and_never_asked_again(tmp_path, server):
    server.says = ["no", "never"]
    (page,) = pages(tmp_path, 1)
    for _ in range(2):
        assert run(tmp_path, [page]) == []
    assert len(server.billed) == 2
    assert "faults in its form" in labels_of(tmp_path, page, LOCAL).problem


def test_an_answer_cut_by_its_length_is_not_asked_again(tmp_path, server):
    server.says, server.stop_reason = [GOOD[:50]], "max_tokens"
    (page,) = pages(tmp_path, 1)
    assert run(tmp_path, [page]) == []
    assert (len(server.billed), labels_of(tmp_path, page, LOCAL).problem) == (1, "no answer (max_tokens)")


def test_the_schema_is_told_in_words_and_no_extension_is_sent():
    assert PROMPT.words(LOCAL).startswith(SYSTEM)
    assert '"needs_image"' in PROMPT.words(LOCAL)
    assert '"needs_image"' not in SYSTEM
