"""Load what a run has made: an adapter on its base, or a merged model, each with the processor of its training."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.errors import one_line
from vlm3_dataset.errors import Misused, UserError
from vlm3_dataset.hub.reader import render

if TYPE_CHECKING:
    from PIL.Image import Image
    from transformers import BatchFeature


def read_config(path: Path) -> dict[str, Any]:
    """Return one of the JSON objects that describe a trained model. Raises UserError where there is none."""
    try:
        values = json.loads(path.read_bytes())
    except OSError as error:
        raise Misused(f"{path}: {error.strerror}; give a folder that finetune or finetune.tools.merge wrote") from None
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise UserError(f"{path} is no JSON object; give a folder that finetune or finetune.tools.merge wrote")
    return values


def base_of(adapter: Path) -> str:
    """Return the base model that an adapter was trained on: a folder, or a name on the hub.

    A run records its base as it was typed, perhaps as a path relative to another folder; the tiny model is always found
    beside the adapter. Raises UserError where the folder holds no adapter.
    """
    named = read_config(adapter / "adapter_config.json").get("base_model_name_or_path")
    if not named:
        raise UserError(f"{adapter}/adapter_config.json names no base model; give one with --base")
    beside = adapter.parent / Path(named).name
    return str(beside) if beside.is_dir() else named


def load_processor(folder: Path) -> Any:
    """Return the processor saved there, with training's bounds on a page's pixels. Raises UserError."""
    from transformers import AutoProcessor

    if not folder.is_dir():
        raise Misused(f"there is no folder {folder}; give one that the training or finetune.tools.merge wrote")
    with one_line(f"no processor in {folder}; it is saved with the adapter, and a page must be read as in training"):
        processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
        render(processor, "")  # fails here if the chat template is missing or torn
        return processor


def load_model(base: str, adapter: Path | None = None) -> Any:
    """Return the model in bfloat16 on the GPU, or on the CPU if there is none, with the adapter on it."""
    import torch
    from transformers import Qwen2VLForConditionalGeneration

    with one_line(f"cannot load {base}"):
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = Qwen2VLForConditionalGeneration.from_pretrained(base, dtype=torch.bfloat16, device_map={"": device})
    if adapter is not None:
        from peft import PeftModel

        with one_line(f"cannot lay {adapter} on {base}"):
            model = PeftModel.from_pretrained(model, adapter)
            # Loaded once more for what this returns: above, PEFT only warns of weights that the file lacks, which are
            # random then, and is silent about those that fit nowhere.
            found = model.load_adapter(str(adapter), model.active_adapter)
            if wrong := {*found.missing_keys, *found.unexpected_keys}:
                raise ValueError(f"{len(wrong)} of its weights are missing or fit nowhere, {min(wrong)} for one")
    return model.eval()


def inputs(processor: Any, image: "Image", question: str, device: Any) -> "BatchFeature":
    """Return a question about a page as the model's inputs, in the prompt of training."""
    return processor(text=[render(processor, question)], images=[image], return_tensors="pt").to(device)


def silence_libraries() -> None:
    """Silence the libraries, which warn of settings that are replaced; bars of a load are for a terminal."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    if not sys.stderr.isatty():
        logging.disable_progress_bar()
