"""A second reader at an address of one's own: any model, in either language, and never with Claude's key."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from tests.loopback import listening
from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.test_claude import REPLY, key, pages  # noqa: F401 - fixtures
from tests.vlm3_dataset.labelers.claude.test_second_reader import DRAIN
from tests.vlm3_dataset.labelers.claude.test_thread_prompts import laid, thread
from tests.vlm3_dataset.labelers.claude.test_thread_reader import ONE, YES, check
from vlm3_dataset import __main__ as command
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.chat import as_message
from vlm3_dataset.claude.client import OWN_KEY, client
from vlm3_dataset.claude.prices import Model, flat
from vlm3_dataset.errors import Misused
from vlm3_dataset.labelers.claude import thread_reader
from vlm3_dataset.labelers.claude.second_reader import read_again

READ = json.dumps({"answers": [{"number": 1, "answer": "25 Nm"}]})


@contextmanager
def chatting(*answers):
    """A server of chat completions; an answer that is a number is a status."""
    seen, left = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            seen.append((self.path, dict(self.headers), asked))
            answer = left.pop(0)
            status, body = answer if isinstance(answer, tuple) else (200, answer)
            if status == 200 and isinstance(body, str):
                choice = {"message": {"role": "assistant", "content": body}, "finish_reason": "stop"}
                usage = {"prompt_tokens": 2_000, "completion_tokens": 20}
                body = {"object": "chat.completion", "model": "qwen", "choices": [choice], "usage": usage}
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    with listening(Handler) as url:
        yield url, seen


def read_at(url, work, price=(0, 0)):
    (page,) = pages(work, 1)
    model = Model("qwen", flat(*price), has_schema=False, base_url=url)
    found, waiting = read_again({page: [DRAIN]}, work, model, Budget(1))
    return found.get(page), waiting


@pytest.mark.parametrize("own", ["", "a key of its own", "a key of its own\r\n"])
def test_chat_completions_read_a_page(tmp_path, monkeypatch, own):
    monkeypatch.setenv(OWN_KEY, own)
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "Claude's")
    with chatting(READ) as (url, seen):
        assert read_at(f"{url}/v1", tmp_path) == ({DRAIN: "25 Nm"}, [])
    ((path, headers, asked),) = seen
    system, (picture, text) = asked["messages"][0], asked["messages"][1]["content"]
    assert (path, asked["model"], asked["max_tokens"]) == ("/v1/chat/completions", "qwen", 8_000)
    assert system["role"] == "system"
    assert picture["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert DRAIN in text["text"]
    sent = {name.lower(): value for name, value in headers.items()}
    assert sent["authorization"] == f"Bearer {own.strip() or 'none'}"
    assert not [value for value in sent.values() if "none of ours" in value or "Claude's" in value]


def test_chat_completions_check_the_pairs_of_a_thread(tmp_path):
    (page,) = laid(tmp_path, thread())
    with chatting(json.dumps({"checks": [check()]})) as (url, seen):
        model = Model("qwen", flat(0, 0), has_schema=False, base_url=f"{url}/v1")
        assert thread_reader.read_again({page: [ONE]}, tmp_path, model, Budget(0)) == (
            {page: {(ONE.question, ONE.answer): [YES]}},
            [],
        )
    ((_, _, asked),) = seen
    (text,) = asked["messages"][1]["content"]
    assert ONE.answer in text["text"]


@pytest.mark.parametrize("end", ["", "/v1"])
def test_headers_for_claude_stay_with_claude(tmp_path, monkeypatch, end):
    monkeypatch.setenv(OWN_KEY, "a key of its own")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "Authorization: Bearer secret\nX-Gateway-Key: secret\nHost: secret")
    message = {"type": "message", "content": [{"type": "text", "text": READ}], "stop_reason": "end_turn"}
    with chatting(READ if end else (200, message)) as (url, seen):
        assert read_at(f"{url}{end}", tmp_path) == ({DRAIN: "25 Nm"}, [])
    ((path, headers, _),) = seen
    sent = {name.lower(): value for name, value in headers.items()}
    assert (path, sent["authorization"]) == (
        f"/v1/{'chat/completions' if end else 'messages'}",
        "Bearer a key of its own",
    )
    assert "secret" not in str(sent)


def test_what_is_out_of_form_is_asked_once_more(tmp_path):
    with chatting("25 Nm, I think", READ) as (url, seen):
        assert read_at(f"{url}/v1/", tmp_path) == ({DRAIN: "25 Nm"}, [])
    assert [turn["role"] for turn in seen[1][2]["messages"]] == ["system", "user", "assistant", "user"]


def test_a_model_that_wants_the_newer_name_gets_it(tmp_path):
    wrong = {"error": {"message": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}}
    with chatting((400, wrong), READ) as (url, seen):
        assert read_at(f"{url}/v1", tmp_path)[0] == {DRAIN: "25 Nm"}
    assert [{"max_tokens", "max_completion_tokens"} & asked.keys() for *_, asked in seen] == [
        {"max_tokens"},
        {"max_completion_tokens"},
    ]


@pytest.mark.parametrize(
    "answer",
    [
        (503, {"error": {"message": "loading"}}),
        {"choices": []},
        {"choices": [{"message": None}]},
        {"choices": [{"message": {"content": [{"type": "text", "text": READ}]}}]},
        {"a": "proxy's page"},
    ],
)
def test_what_is_no_answer_is_asked_again(tmp_path, monkeypatch, answer):
    monkeypatch.setattr("vlm3_dataset.claude.pace.BACK_OFF", (0.01,))
    with chatting(answer, READ) as (url, seen):
        assert read_at(f"{url}/v1", tmp_path)[0] == {DRAIN: "25 Nm"}
    assert len(seen) == 2


def test_a_server_of_v1_messages_is_asked_with_its_own_key(tmp_path):
    with stand_in.serving(REPLY, knows_schemas=False, values={DRAIN: "25 Nm"}) as server:
        assert read_at(server.url, tmp_path) == ({DRAIN: "25 Nm"}, [])
        assert len(server.billed) == 1


def test_claudes_key_is_sent_without_what_stands_around_it_and_a_broken_one_is_not_sent(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-123\n")
    assert client("http://127.0.0.1:9").api_key == "sk-123"
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", " token\r\n")
    assert client("http://127.0.0.1:9").auth_token == "token"
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "\u201ctoken\u201d")
    with pytest.raises(Misused, match=r"^ANTHROPIC_AUTH_TOKEN has a character that no key has"):
        client("http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("finish", "stop"),
    [("stop", "end_turn"), ("length", "max_tokens"), ("content_filter", "refusal"), (None, "end_turn")],
)
def test_why_it_stopped(finish, stop):
    body = {"choices": [{"message": {"content": None}, "finish_reason": finish}]}
    assert as_message(body)["stop_reason"] == stop


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--second-reader-url", "http://host/v1"], "wants the model's name there: --second-model MODEL"),
        (["--second-model", "qwen", "--second-reader-url", "host:8000"], "takes http(s)://host[/v1] without password"),
        (["--second-model", "qwen", "--second-reader-url", "http://a:b@host/v1"], "a key goes into SECOND_READER"),
    ],
)
def test_an_address_that_cannot_be_is_one_line(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        command.main(["filter", *words])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
