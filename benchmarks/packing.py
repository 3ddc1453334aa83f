"""What does a question cost in a training step, its page shared with nine others, against what others do?

    python benchmarks/packing.py [--rows ../shared/cases/real_rows.jsonl]

Ten questions of 41 tokens about a page of 1,500 image tokens: a real question and its answer have 34 with Qwen's
vocabulary, and the ends of both turns 7. Forward and backward pass with gradient checkpointing and an adapter on the
language model, in float32 on a CPU. Qwen2-VL's own classes: two layers of 256 and a tower of two blocks of 64, so that
the language model weighs more than the tower, as in the 7B. The rivals: TRL's collator as it comes, a row for each
question, whose loss and gradients are the same, which is checked first; and one conversation of ten turns, which
computes something else. Both get their frozen tower out of the graph, as ours does; as TRL comes, it would be slower
still. Seconds are those of the processor, on one thread: other work on the machine changes them little. With `--rows`
it also counts the tokens that sharing saves where pages have as many questions as in that file.
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from _pairs import compare
from _rivals import Conversations
from peft import get_peft_model
from PIL import Image
from torch import Tensor
from transformers import Qwen2VLForConditionalGeneration
from trl.trainer.utils import add_fused_lm_head

from finetune import config, tiny
from finetune.data import Data
from finetune.examples import PageImage, QuestionTokens, Row, example, measure
from finetune.packing import attention
from finetune.packing.collator import SeparateRows, SharedRows
from finetune.packing.deal import Packing
from finetune.training import lora

QUESTIONS, TOKENS, SCORED, IMAGE = 10, 41, 22, 1_500  # of a question with its answer, and of the answer with its end
OPENING = 16  # tokens of the prompt in front of a question, beside the page
SIZE = (28 * 30, 28 * 50)  # width and height of a page of IMAGE tokens


def rows() -> list[Row]:
    """Questions about one page; a word is a token of the vocabulary learned from them, the ends of both turns 15."""
    image = Image.effect_noise(SIZE, 60).convert("RGB")
    text = [(" ".join(["what"] * 6), " ".join([str(number)] + ["bolt"] * 19)) for number in range(QUESTIONS)]
    return [Row("page", PageImage(image.copy, "page", SIZE), question, answer) for question, answer in text]


def model(processor: Any) -> torch.nn.Module:
    sizes = {
        "hidden_size": 256,
        "intermediate_size": 1408,
        "num_hidden_layers": 2,
        "num_attention_heads": 8,
        "max_position_embeddings": 32_768,
    }
    torch.manual_seed(0)
    shape = tiny.config(processor, sizes)
    made = Qwen2VLForConditionalGeneration._from_config(shape, attn_implementation=attention.IMPLEMENTATION)
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
        inputs = {name: value for name, value in batch.items() if name != "index"}
        if "segments" in inputs:
            inputs["shared"] = attention.WAYS["sdpa"](inputs.pop("segments"))
        outputs = trained(**inputs, use_cache=False, fused_lm_head=True)
        (-outputs.log_probs.sum()).backward()
        total, scored = total - outputs.log_probs.sum().item(), scored + int(outputs.label_mask.sum())
    return total / scored


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=Path, help="JSON lines with `file` and `pdf_page`: questions of real pages")
    real = parser.parse_args().rows
    if real:
        saved(real)
    torch.set_num_threads(1)
    asked = rows()
    settings = config.read(["--model", "tiny", "--min-pixels", "3136", "--max-pixels", str(28 * 28 * IMAGE)])
    processor = tiny.processor(Data(asked, [], []), settings)
    lengths = {(one.own, one.answer) for one in measure(asked, processor, settings)}
    assert lengths == {(TOKENS, SCORED)}, f"the questions are not what is said of them: {lengths}"
    trained = model(processor)
    stock, shared, turns = SeparateRows(processor), SharedRows(processor), Conversations(processor)

    def ours() -> float:
        return step(trained, [shared([example(asked)])])

    def theirs() -> float:  # two batches of five: one of ten takes 16 GB
        return step(trained, [stock([example([row]) for row in asked[part : part + 5]]) for part in (0, 5)])

    def conversation() -> float:
        return step(trained, [turns([example(asked)])])

    def timed(side: Callable[[], float]) -> float:
        began = time.process_time()
        side()
        return (time.process_time() - began) / QUESTIONS

    batches = shared([example(asked)]), stock([example([row]) for row in asked]), turns([example(asked)])
    one, many, long = (int(batch["attention_mask"].sum()) for batch in batches)
    print(f"{one:,} tokens shared, {many:,} in rows of their own ({many / one:.2f} times), {long:,} as a conversation")
    check(trained, ours, theirs)
    print(f"the conversation's loss is another one: {conversation():.6f}")
    unit = "s per question and answer"
    print("against one conversation of ten turns:")
    compare(lambda: timed(ours), lambda: timed(conversation), unit, pairs=9)
    print("against TRL's row for each question:")
    compare(lambda: timed(ours), lambda: timed(theirs), unit, pairs=3)


def check(trained: torch.nn.Module, ours: Callable[[], float], theirs: Callable[[], float]) -> None:
    """Do both sides compute the same? This also warms them up."""
    losses = ours(), theirs()
    gradients = _gradients(trained)
    ours()
    apart = max(
        float((a - b).norm() / b.norm()) for a, b in zip(_gradients(trained), gradients, strict=True) if b.any()
    )
    print(f"loss {losses[0]:.6f} and {losses[1]:.6f}; gradients differ by {apart:.1e} at most")
    assert abs(losses[0] - losses[1]) < 1e-4, "the two sides do not compute the same"


def saved(path: Path) -> None:
    """Tokens against a row for each question, where pages have as many questions as in the file."""
    pages = Counter((row["file"], row["pdf_page"]) for row in map(json.loads, path.read_text("utf-8").splitlines()))
    questions = [
        QuestionTokens(str(page), "manual", IMAGE, OPENING, TOKENS - SCORED, SCORED)
        for page, count in pages.items()
        for _ in range(count)
    ]
    alone = sum(one.alone for one in questions)
    told = ", ".join(
        f"{alone / sum(row.total for row in Packing(questions, most, IMAGE, 1).rows):.2f} with {most}"
        for most in (2, 4, 5, 10)
    )
    print(f"{len(questions)} real questions about {len(pages)} pages: times fewer tokens {told} to a row")


def _gradients(trained: torch.nn.Module) -> list[Tensor]:
    return [weight.grad.clone() for weight in trained.parameters() if weight.requires_grad]


if __name__ == "__main__":
    main()
