"""Train and serve on Modal's machines, by the same commands as anywhere else.

    modal volume put vlm3 training_data training_data
    modal run finetune/tools/modal_app.py::main --flags "--name first --questions 8"
    modal run finetune/tools/modal_app.py::merged --name first
    modal deploy finetune/tools/modal_app.py

The volume `vlm3` holds `training_data`, `runs`, `merged` and the base model. The endpoint is open to the internet, so
it needs a key: `modal secret create vlm3 VLLM_API_KEY=...`. A run that is stopped goes on with the same command.
"""

import shlex
import subprocess
from pathlib import Path

try:
    import modal
except ImportError:
    raise SystemExit(
        "finetune/tools/modal_app.py is run by Modal: pip install modal, then modal run finetune/tools/modal_app.py"
    ) from None

ROOT = Path(__file__).resolve().parents[2]
CODE, STORE = "/vlm3", "/store"
HOURS = 60 * 60
GPU = "A100-80GB"
PORT = 8000

source = {"local_path": ROOT, "remote_path": CODE, "copy": True, "ignore": [".git", ".venv", "runs", "training_data"]}
# The hub's files go to the volume: 16.6 GB are downloaded once and not at each start.
python = modal.Image.debian_slim(python_version="3.11").env({"HF_HOME": f"{STORE}/hub"})
training = python.add_local_dir(**source).run_commands(
    f"pip install uv && cd {CODE} && uv pip install --system --constraint constraints.txt --editable .[finetune]"
)
# vLLM pins a torch and a transformers of its own, so of ours only the code is installed there.
serving = (
    python.pip_install("vllm==0.33.0").add_local_dir(**source).run_commands(f"pip install --no-deps --editable {CODE}")
)

app = modal.App("vlm3")
store = modal.Volume.from_name("vlm3", create_if_missing=True)


def call(*command: str) -> None:
    """Run one of our commands; files that it has written are kept even if it fails."""
    try:
        subprocess.run(command, cwd=CODE, check=True)
    finally:
        store.commit()


@app.function(image=training, gpu=GPU, volumes={STORE: store}, timeout=24 * HOURS)
def train(flags: list[str]) -> None:
    data = ["--data", f"{STORE}/training_data", "--output", f"{STORE}/runs"]
    call("vlm3-finetune", *data, *flags)


@app.function(image=training, gpu=GPU, volumes={STORE: store}, timeout=HOURS)
def merge(name: str) -> None:
    adapter = ["--adapter", f"{STORE}/runs/{name}/adapter"]
    call("python", "-m", "finetune.tools.merge", *adapter, "--output", f"{STORE}/merged")


@app.function(
    image=serving,
    gpu=GPU,
    volumes={STORE: store},
    secrets=[modal.Secret.from_name("vlm3", required_keys=["VLLM_API_KEY"])],
    timeout=HOURS,
    scaledown_window=300,
)
@modal.concurrent(max_inputs=100)
@modal.web_server(PORT, startup_timeout=600)
def serve() -> None:
    where = ["--host", "0.0.0.0", "--port", str(PORT)]  # noqa: S104 - Modal's proxy is outside; the key is required
    subprocess.Popen(["python", "-m", "finetune.tools.serve", "--model", f"{STORE}/merged", *where], cwd=CODE)


@app.local_entrypoint()
def main(flags: str = "") -> None:
    train.remote(shlex.split(flags))


@app.local_entrypoint()
def merged(name: str = "lora_qwen2vl") -> None:
    merge.remote(name)
