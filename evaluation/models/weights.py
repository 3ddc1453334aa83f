"""Identify a model, an adapter or a processor by the bytes that decide its answers, not by its name."""

import json
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.errors import Misused, first_line
from vlm3_dataset.files import fingerprint, sha256_of

MODEL = ("config.json", "generation_config.json", "*.safetensors", "*.bin")
ADAPTER = ("adapter_config.json", "adapter_model.*")
PROCESSOR = ("*token*.json", "vocab.json", "merges.txt", "*processor_config.json", "chat_template*")


class ModelError(ValueError):
    """The fault of a model or adapter, in one line."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model, adapter or processor: where to load it from, and its digest."""

    name: str  # as shown in a report: no folder of this machine in it
    source: str  # a folder, or a name on the hub
    revision: str | None  # the commit on the hub; None for a folder
    digest: str
    tiny: bool = False  # random weights of a few megabytes, for trying the program


def identify(source: str, patterns: tuple[str, ...]) -> Weights:
    """Hash a folder's files, or ask the hub (or its local cache) for the commit of a name.

    Raises:
        Misused: it is no folder with such files, and no name on the hub.
        ModelError: the hub gives nothing, or the folder's config.json holds no settings.
    """
    folder = Path(source)
    if not folder.is_dir():
        return _identify_on_hub(source, patterns)
    files = sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})
    if not files:
        raise Misused(f"{source} holds none of {', '.join(patterns)}")
    # A 7B model is 16 GB: some ten seconds of reading, which also warms the cache for loading it.
    bar = tqdm(files, desc=f"hash {folder.name}", unit="file", leave=False, delay=2)
    digest = fingerprint([[path.name, sha256_of(path)] for path in bar])
    config, settings = folder / "config.json", {}
    if config.is_file():
        try:
            settings = json.loads(config.read_bytes())
        except ValueError as error:
            raise ModelError(f"{config} is no JSON ({error}); copy or download the model again") from None
        if not isinstance(settings, dict):
            raise ModelError(f"{config} holds no settings; copy or download the model again")
    return Weights(display_name(source), source, None, digest, tiny=settings.get("vlm3_tiny") is True)


def display_name(source: str) -> str:
    """Return a name for people: a relative path as typed, of any other path only its last part."""
    path = Path(source)
    return path.name if path.is_absolute() or ".." in path.parts else path.as_posix()


def _identify_on_hub(name: str, patterns: tuple[str, ...]) -> Weights:
    if name.startswith((".", "/")) or name.count("/") != 1:
        raise Misused(f"{name} is no folder and no owner/name on the hub")
    import httpx
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HFValidationError

    first = next(pattern for pattern in patterns if "*" not in pattern)
    try:
        path = Path(hf_hub_download(name, first))
    except (HFValidationError, OSError, httpx.HTTPError) as error:  # the hub's own errors are OSErrors
        raise ModelError(f"{name} is no folder, and the hub gave nothing ({first_line(error)})") from None
    commit = path.parent.name  # .../snapshots/<commit>/config.json
    return Weights(name, name, commit, fingerprint([name, commit, patterns]))
