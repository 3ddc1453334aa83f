"""Load Qwen2-VL: the language model in nf4, the rest in 16 bits."""

from typing import Any

import torch
from accelerate import PartialState
from torch import nn
from transformers import (
    AutoConfig,
    AutoProcessor,
    BitsAndBytesConfig,
    Qwen2VLConfig,
    Qwen2VLForConditionalGeneration,
)

from finetune.config import Settings
from finetune.errors import one_line
from finetune.packing import attention
from vlm3_dataset.errors import UserError

# transformers 5 matches these from the start of a module's full name. The `"visual"` of older recipes matches nothing
# and silently lets the tower be quantised; a list without `lm_head` quantises the head, which TRL reads directly.
SIXTEEN_BIT = ("model.visual", "lm_head")


def require_qwen2vl(path: str) -> Qwen2VLConfig:
    """Return the base model's configuration. Raises UserError for another architecture, or if it cannot be loaded."""
    with one_line(_cannot_load(path)):
        found = AutoConfig.from_pretrained(path)
    if found.model_type != "qwen2_vl":
        raise UserError(
            f"{path} is a {found.model_type} and no Qwen2-VL: its positions and its adapter would be others"
        )
    return found


def load_processor(path: str, settings: Settings) -> Any:
    """Return the processor with the settings' bounds on a page's pixels.

    They are set here because transformers 5.17 ignores `image_processor.max_pixels = n`, and `max_pixels` in a call or
    a message. They are saved with the adapter, so they hold for serving too.
    """
    with one_line(_cannot_load(path)):
        return AutoProcessor.from_pretrained(path, min_pixels=settings.min_pixels, max_pixels=settings.max_pixels)


def load_model(path: str, settings: Settings) -> Qwen2VLForConditionalGeneration:
    """Return the base model on this process's device. Raises UserError if it cannot be loaded or is not as intended."""
    smaller = "--bits 4, or " if settings.bits == 16 else ""
    with one_line(_cannot_load(path)):
        try:
            model = Qwen2VLForConditionalGeneration.from_pretrained(
                path,
                dtype=compute_dtype(),
                attn_implementation=implementation(settings),
                quantization_config=quantization() if settings.bits == 4 else None,
                device_map={"": PartialState().device},
            )
        except torch.OutOfMemoryError:
            raise UserError(
                f"the GPU's memory does not hold the weights of {path}; try {smaller}a larger GPU"
            ) from None
    if faults := module_faults(model, settings.bits):
        raise UserError(f"{path} was not loaded as asked: {faults[0]} (and {len(faults) - 1} more)")
    # On a CPU with AVX-512 bitsandbytes repacks the weights in the first evaluation and loses precision: later losses
    # differ by 2e-5 (relative) from those of a run that resumed there, so that resuming would not be exact.
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    return model


def implementation(settings: Settings) -> str | dict[str, str]:
    """Return how the model attends in a training with these settings, as `attn_implementation` takes it."""
    return attention.IMPLEMENTATION if settings.shares_pages else "sdpa"


def compute_dtype() -> torch.dtype:
    """Return bfloat16 on a GPU, as the recipe has it, and float32 on a CPU, where the tiny model runs.

    A CPU without bfloat16 in hardware takes three times as long for a step in it; and in float32 the self-check sees a
    shared row and separate ones agree to seven digits rather than three.
    """
    return torch.bfloat16 if torch.cuda.is_available() else torch.float32


def module_faults(model: nn.Module, bits: int) -> list[str]:
    """Return a line for each linear layer that is not of the intended type; none for a sound model."""
    from bitsandbytes.nn import Linear4bit

    faults, plain = [], 8 * compute_dtype().itemsize
    for name, module in model.named_modules():
        if not isinstance(module, nn.Linear) or "lora_" in name:
            continue
        wanted = 4 if bits == 4 and not name.startswith(SIXTEEN_BIT) else plain
        found = 4 if isinstance(module, Linear4bit) else 8 * module.weight.element_size()
        if found != wanted:
            faults.append(f"{name} has {found} bits, not {wanted}")
    return faults


def quantization() -> BitsAndBytesConfig:
    """Return the settings for nf4 in the language model's linear layers."""
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute_dtype(),
        llm_int8_skip_modules=list(SIXTEEN_BIT),
    )


def _cannot_load(path: str) -> str:
    return f"cannot load {path}; see `hf download {path}`, or use --model tiny to prove the path"
