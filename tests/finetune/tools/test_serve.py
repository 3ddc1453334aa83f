"""Which server is called and how; that nobody else can ask; and one answer over the wire."""

import base64
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from finetune.tools import serve
from finetune.tools.serve import Served, transformers_program, vllm_flags
from vlm3_dataset.errors import UserError

MERGED = Served("merged", None, 0, 200704, 1960000)
ADAPTER = Served("Qwen/Qwen2-VL-7B-Instruct", Path("runs/x/adapter"), 64, 200704, 1960000)
PIXELS = "{'min_pixels': 200704, 'max_pixels': 1960000}"
PAGE = f"--max-model-len 4548 --limit-mm-per-prompt {{'image': 1}} --mm-processor-kwargs {PIXELS}"


def text(command: list[str]) -> str:
    """A command on one line, the quotes of its JSON turned so that this table can be read."""
    return " ".join(command).replace('"', "'")


def test_what_vllm_is_told() -> None:
    lora = "--enable-lora --lora-modules vlm3=runs/x/adapter --max-lora-rank 64"
    assert text(vllm_flags(MERGED, "vlm3")) == f"serve merged --served-model-name vlm3 {PAGE}"
    assert text(vllm_flags(ADAPTER, "vlm3")) == f"serve {ADAPTER.model} --served-model-name base {PAGE} {lora}"


@pytest.mark.parametrize(("rank", "given"), [(1, "8"), (8, "8"), (48, "64"), (64, "64"), (300, "512")])
def test_vllm_takes_certain_ranks(rank: int, given: str) -> None:
    assert vllm_flags(replace(ADAPTER, rank=rank), "vlm3")[-1] == given


def test_transformers_is_found_and_its_cache_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    assert Path(transformers_program(MERGED)).name == "transformers"
    assert (tmp_path / "cache").is_dir()


def test_without_vllm_an_adapter_is_to_be_merged() -> None:
    with pytest.raises(UserError, match=r"python -m finetune\.tools\.merge --adapter runs/x/adapter"):
        transformers_program(ADAPTER)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_other_addresses_need_a_key(host: str, *, loopback: bool) -> None:
    if loopback:
        serve.require_key(host, None, vllm=False)
        return
    with pytest.raises(UserError, match="knows no API key"):
        serve.require_key(host, "secret", vllm=False)
    for nothing in (None, "", " "):
        with pytest.raises(UserError, match="VLLM_API_KEY"):
            serve.require_key(host, nothing, vllm=True)
    serve.require_key(host, "secret", vllm=True)


def test_a_key_stands_in_no_command_line(merged: Path, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    """The real main, up to the call that replaces the process."""
    called: list[Any] = []
    monkeypatch.setattr("sys.argv", ["serve", "--model", str(merged), "--host", "0.0.0.0"])
    monkeypatch.setattr(serve, "program", lambda name: str(tmp_path / name))
    monkeypatch.setattr(os, "execve", lambda *arguments: called.extend(arguments))
    monkeypatch.setenv("VLLM_API_KEY", "a-secret")
    serve.main()
    program, line, environment = called
    assert (program, line[0]) == (str(tmp_path / "vllm"), program)
    assert "a-secret" not in " ".join(line) + "".join(capsys.readouterr())
    assert environment["VLLM_API_KEY"] == "a-secret"
    assert environment["VLLM_NO_USAGE_STATS"] == "1"


@pytest.mark.parametrize("missing", ["processor_config.json", "config.json"])
def test_a_folder_that_is_no_model_is_one_line(missing: str, merged: Path, tmp_path: Path) -> None:
    for path in merged.iterdir():
        if path.name != missing:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(UserError, match=missing):
        serve.read(tmp_path, None)
    (tmp_path / missing).write_text("[]")
    with pytest.raises(UserError, match="no JSON object"):
        serve.read(tmp_path, None)


def test_an_adapter_is_read_with_its_base(adapter: Path, base: str) -> None:
    assert serve.read(None, adapter) == Served(base, adapter, 8, 3136, 50176)


def test_a_merged_model_answers_over_the_wire(merged: Path, tmp_path: Path) -> None:
    """`transformers serve` as the command starts it, asked as an OpenAI client asks."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "finetune.tools.serve", "--model", str(merged), "--port", str(port)]
    here = {"PATH": str(Path(sys.executable).parent), "HF_HUB_CACHE": str(tmp_path / "cache")}  # no vLLM
    alone = os.environ | here | {"OMP_NUM_THREADS": "1"}
    with (tmp_path / "log").open("w+") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=alone)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as client:
                wait_for(client, server)
                listed = client.get("/v1/models").status_code
                reply = client.post("/v1/chat/completions", json=request(str(merged)))
        finally:
            server.terminate()
            server.wait(30)
        log.seek(0)
        shown = log.read()
    assert (listed, reply.status_code) == (200, 200), reply.text + shown
    (choice,) = reply.json()["choices"]
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"]
    assert reply.json()["usage"]["completion_tokens"] == 4
    assert shown.splitlines()[1] == f"http://127.0.0.1:{port}/v1, model {merged}"


def wait_for(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    """Until it is ready: it imports torch first, which takes a busy machine minutes; pytest's own limit ends it."""
    while server.poll() is None:
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.ConnectError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server has ended")


def request(model: str) -> dict[str, Any]:
    page = BytesIO()
    Image.new("RGB", (200, 280), "white").save(page, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(page.getvalue()).decode()}"
    content = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "How tight?"}]
    return {"model": model, "messages": [{"role": "user", "content": content}], "max_tokens": 4, "temperature": 0}
