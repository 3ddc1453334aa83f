"""Train and serve on Modal's machines, by the same commands as anywhere else.

    modal volume create vlm3
    modal volume put vlm3 training_data training_data
    modal run finetune/tools/modal_app.py::train --flags "--name first --questions 8"
    modal run finetune/tools/modal_app.py::merge --name first
    modal deploy finetune/tools/modal_app.py

The volume `vlm3` holds `training_data`, `runs`, `merged` and the base model. The endpoint is open to the internet, so
it needs a key: `modal secret create vlm3 VLLM_API_KEY=...`. A run that is stopped goes on with the same command.

Of the checkout only our packages and what installs them go into the images: never a shelf, an archive or a key.
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

CODE, STORE = "/vlm3", "/store"
# On Modal's machine this file is /root/modal_app.py, and there is nothing above it.
ROOT = Path(__file__).resolve().parents[2] if modal.is_local() else Path(CODE)
PACKAGES = ("e30crawl", "vlm3_dataset", "finetune", "evaluation")
FILES = ("setup.cfg", "pyproject.toml", "constraints.txt", "README.md", "LICENSE")  # what installs them
HOURS = 60 * 60
GPU = "A100-80GB"
PORT = 8000


def with_code(image: modal.Image) -> modal.Image:
    """Add our packages, each by its name: whatever else lies in the checkout stays on this machine."""
    for name in PACKAGES:
        image = image.add_local_dir(ROOT / name, f"{CODE}/{name}", copy=True, ignore=["**/__pycache__"])
    for name in FILES:
        image = image.add_local_file(ROOT / name, f"{CODE}/{name}", copy=True)
    return image


# The hub's files go to the volume: 16.6 GB are downloaded once and not at each start.
python = modal.Image.debian_slim(python_version="3.11").env({"HF_HOME": f"{STORE}/hub"})
training = with_code(python).run_commands(
    f"pip install uv && cd {CODE} && uv pip install --system --constraint constraints.txt --editable .[finetune]"
)
# vLLM pins a torch and a transformers of its own, so of ours only the code is installed there.
serving = with_code(python.pip_install("vllm==0.33.0")).run_commands(f"pip install --no-deps --editable {CODE}")

app = modal.App("vlm3")
store = modal.Volume.from_name("vlm3", create_if_missing=True)


def call(*command: str) -> None:
    """Run one of our commands; files that it has written are kept even if it fails."""
    try:
        subprocess.run(command, cwd=CODE, check=True)
    finally:
        store.commit()


@app.function(image=training, gpu=GPU, volumes={STORE: store}, timeout=24 * HOURS)
def train(flags: str = "") -> None:
    data = ["--data", f"{STORE}/training_data", "--output", f"{STORE}/runs"]
    call("vlm3-finetune", *data, *shlex.split(flags))


@app.function(image=training, gpu=GPU, volumes={STORE: store}, timeout=HOURS)
def merge(name: str = "lora_qwen2vl") -> None:
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
