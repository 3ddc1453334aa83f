"""What does a question cost in a training step, its page shared with nine others, against TRL's collator as it comes?

Ten questions of 80 tokens about a page of 1,500 image tokens; forward and backward pass with gradient checkpointing and
an adapter on the language model, in float32 on a CPU. Qwen2-VL's own classes: two layers of 256 and a tower of two
blocks of 64, so that the language model weighs more than the tower, as in the 7B. Weights, rows and loss are the same
on both sides, which is checked first. TRL's side gets its frozen tower out of the graph, as ours does; as TRL comes,
it would be slower still. Seconds are those of the processor, on one thread: other work on the machine changes them
little.
"""

import os
import time
from collections.abc import Callable
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from _pairs import compare
from peft import get_peft_model
from PIL import Image
from torch import Tensor
from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration
from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling
from trl.trainer.utils import add_fused_lm_head

from finetune import config, tiny
from finetune.data import Data
from finetune.examples import Row, example, page_example
from finetune.model import lora
from finetune.packing import attention
from finetune.packing.collator import SharedPages

QUESTIONS, TOKENS, IMAGE = 10, 80, 1_500
SIZE = (28 * 30, 28 * 50)  # width and height of a page of IMAGE tokens


def rows() -> list[Row]:
    """Questions about one page, in words that are one token each in the vocabulary learned from them."""
    image = Image.effect_noise(SIZE, 60).convert("RGB")
    text = [(" ".join(["what"] * 30), " ".join([str(number)] + ["bolt"] * 36)) for number in range(QUESTIONS)]
    return [Row("page", image.copy, "page", SIZE, question, answer) for question, answer in text]


def model(processor: Any) -> torch.nn.Module:
    sizes = {
        "hidden_size": 256,
        "intermediate_size": 1408,
        "num_hidden_layers": 2,
        "num_attention_heads": 8,
        "max_position_embeddings": 32_768,
    }
    shape = tiny.config(processor).to_dict()
    del shape["text_config"]["layer_types"]
    shape["text_config"] |= sizes
    shape["vision_config"] |= {"hidden_size": 256}
    torch.manual_seed(0)
    made = Qwen2VLForConditionalGeneration._from_config(
        Qwen2VLConfig.from_dict(shape), attn_implementation=attention.IMPLEMENTATION
    )
    made.model.visual.forward = torch.no_grad()(made.model.visual.forward)
    adapted = get_peft_model(made, lora(config.read(["--model", "tiny", "--lora-dropout", "0"])))
    adapted.enable_input_require_grads()
    adapted.gradient_checkpointing_enable({"use_reentrant": False})
    add_fused_lm_head(made, outputs=("log_probs",))
    return adapted.train()


def step(trained: torch.nn.Module, batches: list[dict[str, Any]]) -> float:
    """Forward and backward pass. Returns the mean loss of an answer's token."""
    trained.zero_grad(set_to_none=True)
    total, scored = 0.0, 0
    for batch in batches:
        inputs = dict(batch)
        if "segments" in inputs:
            inputs["shared"] = attention.WAYS["sdpa"](inputs.pop("segments"))
        outputs = trained(**inputs, use_cache=False, fused_lm_head=True)
        (-outputs.log_probs.sum()).backward()
        total, scored = total - outputs.log_probs.sum().item(), scored + int(outputs.label_mask.sum())
    return total / scored


def main() -> None:
    torch.set_num_threads(1)
    asked = rows()
    settings = config.read(["--model", "tiny", "--min-pixels", "3136", "--max-pixels", str(28 * 28 * IMAGE)])
    processor = tiny.processor(Data(asked, [], []), settings)
    trained = model(processor)
    stock = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)
    shared = SharedPages(processor)

    def ours() -> float:
        return step(trained, [shared([page_example(asked)])])

    def theirs() -> float:  # two batches of five: one of ten takes 16 GB
        return step(trained, [stock([example(row) for row in asked[part : part + 5]]) for part in (0, 5)])

    def timed(side: Callable[[], float]) -> float:
        began = time.process_time()
        side()
        return (time.process_time() - began) / QUESTIONS

    one, many = shared([page_example(asked)]), stock([example(row) for row in asked])
    lengths = [int(batch["attention_mask"].sum()) for batch in (one, many)]
    print(f"{lengths[0]:,} tokens shared, {lengths[1]:,} in rows of their own: {lengths[1] / lengths[0]:.2f} times")
    losses = ours(), theirs()  # this also warms both sides up
    gradients = _gradients(trained)
    ours()
    apart = max(
        float((a - b).norm() / b.norm()) for a, b in zip(_gradients(trained), gradients, strict=True) if b.any()
    )
    print(f"loss {losses[0]:.6f} and {losses[1]:.6f}; gradients differ by {apart:.1e} at most")
    assert abs(losses[0] - losses[1]) < 1e-4, "the two sides do not compute the same"
    compare(lambda: timed(ours), lambda: timed(theirs), "s per question and answer", pairs=3)


def _gradients(trained: torch.nn.Module) -> list[Tensor]:
    return [weight.grad.clone() for weight in trained.parameters() if weight.requires_grad]


if __name__ == "__main__":
    main()
