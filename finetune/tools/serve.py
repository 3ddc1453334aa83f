"""Serve a trained model as an OpenAI-compatible endpoint: `python -m finetune.tools.serve --model runs/x/merged`.

It runs `vllm serve` where vLLM is installed (in an environment of its own: it pins another torch), and otherwise
`transformers serve`, which takes merged models only, answers one request at a time and checks no API key.
"""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from finetune.tools import trained
from vlm3_dataset.arguments import OneLineParser, fail
from vlm3_dataset.errors import Misused, UserError
from vlm3_dataset.hub.reader import PIXELS_PER_TOKEN

PROG = "python -m finetune.tools.serve"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
KEY_VARIABLE = "VLLM_API_KEY"  # vLLM reads it itself, so it is in no command line and in no log of ours
TEXT_TOKENS = 2048  # tokens of question and answer beside the page
# Both libraries would send usage statistics or look for a newer version; the data are private.
NO_TELEMETRY = {"VLLM_NO_USAGE_STATS": "1", "HF_HUB_DISABLE_UPDATE_CHECK": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


@dataclass(frozen=True, slots=True)
class Served:
    """What is served: a merged model, or a base with an adapter of some rank, and the bounds on a page's pixels."""

    model: str
    adapter: Path | None
    rank: int
    min_pixels: int
    max_pixels: int


def main() -> None:
    parser = OneLineParser(prog=PROG, description=__doc__.partition("\n")[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--model", type=Path, help="folder of a merged model")
    which.add_argument("--adapter", type=Path, help="folder of an adapter: runs/NAME/adapter (vLLM only)")
    parser.add_argument("--base", help="with --adapter: another base model than the one it names")
    parser.add_argument("--host", default="127.0.0.1", help=f"any other than loopback needs a key in {KEY_VARIABLE}")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--name", default="vlm3", help="name of the model in a request")
    arguments = parser.parse_args()
    where = ["--host", arguments.host, "--port", str(arguments.port)]
    try:
        served = read(arguments.model, arguments.adapter, arguments.base)
        vllm = program("vllm")
        require_key(arguments.host, os.environ.get(KEY_VARIABLE), vllm=vllm is not None)
        if vllm:
            name, line = arguments.name, [vllm, *vllm_flags(served, arguments.name), *where]
        else:
            name, line = served.model, [transformers_program(served), "serve", served.model, *where]
    except UserError as error:
        fail(PROG, str(error), error.code)
    sys.stdout.write(f"{' '.join(line)}\nhttp://{arguments.host}:{arguments.port}/v1, model {name}\n")
    sys.stdout.flush()
    environment = os.environ | NO_TELEMETRY | ({"HF_HUB_OFFLINE": "1"} if Path(served.model).is_dir() else {})
    os.execve(line[0], line, environment)  # noqa: S606 - becoming the server is the purpose


def read(model: Path | None, adapter: Path | None, base: str | None = None) -> Served:
    """Return what these folders hold. Raises UserError where that is no trained model with its processor."""
    folder = adapter or model
    size = trained.read_config(folder / "processor_config.json").get("image_processor", {}).get("size", {})
    if not {"shortest_edge", "longest_edge"} <= size.keys():
        raise Misused(f"{folder} has no processor with bounds on a page's pixels; they must be those of training")
    bounds = size["shortest_edge"], size["longest_edge"]
    if adapter is None:
        trained.read_config(folder / "config.json")
        return Served(str(model), None, 0, *bounds)
    base = base or trained.base_of(adapter)
    return Served(base, adapter, int(trained.read_config(adapter / "adapter_config.json").get("r", 0)), *bounds)


def require_key(host: str, key: str | None, *, vllm: bool) -> None:
    """Require a key on a network. Raises UserError without one, or where the server would not check it."""
    if host in LOOPBACK:
        return
    if not vllm:
        raise Misused(f"transformers serve knows no API key, so it serves no other address than loopback, not {host}")
    if not (key or "").strip():
        raise Misused(f"--host {host} is open to others: put a key into the environment variable {KEY_VARIABLE}")


def vllm_flags(served: Served, name: str) -> list[str]:
    """Return the arguments of `vllm serve`, with one page per request."""
    pixels = {"min_pixels": served.min_pixels, "max_pixels": served.max_pixels}
    line = ["serve", served.model, "--served-model-name", "base" if served.adapter else name]
    line += ["--max-model-len", str(served.max_pixels // PIXELS_PER_TOKEN + TEXT_TOKENS)]
    line += ["--limit-mm-per-prompt", json.dumps({"image": 1}), "--mm-processor-kwargs", json.dumps(pixels)]
    if served.adapter:  # vLLM's default is rank 16, and it takes powers of two from 8 to 512
        rank = max(8, 1 << (served.rank - 1).bit_length())
        line += ["--enable-lora", "--lora-modules", f"{name}={served.adapter}", "--max-lora-rank", str(rank)]
    return line


def transformers_program(served: Served) -> str:
    """Return the program `transformers`. Raises UserError for an adapter, and where the program is missing."""
    if served.adapter:
        merge = (
            f"python -m finetune.tools.merge --adapter {served.adapter} --output {served.adapter.with_name('merged')}"
        )
        raise UserError(f"vLLM is not installed, and transformers serve takes no adapter; merge it first: {merge}")
    found = program("transformers")
    if found is None or not all(find_spec(name) for name in ("fastapi", "uvicorn", "openai")):
        raise UserError("neither vllm nor transformers serve is installed: pip install -e .[serve] -c constraints.txt")
    from huggingface_hub import constants

    # Where this folder is missing, /v1/models of transformers 5.17 answers with error 500.
    Path(constants.HF_HUB_CACHE).mkdir(parents=True, exist_ok=True)
    return found


def program(name: str) -> str | None:
    """Return the path of a program: in this environment, else on PATH; None if it is missing."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


if __name__ == "__main__":
    main()
