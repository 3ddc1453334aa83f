"""Does a run learn what it is shown? The tiny model on 8 pages, with the same four questions asked of each, and on 16
questions without a page.

    python benchmarks/overfit.py [--steps 200]

The pages' answers differ from page to page, so they can only be told by looking. Prints the loss along the run and,
before and after, how many answers come out right word for word. The ratio is loss at the start to loss at the end.
"""

import argparse
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from PIL import Image, ImageDraw

from finetune import config, model, tiny, training
from finetune.data import read_dataset
from finetune.examples import Row
from vlm3_dataset.hub.reader import render

ASKED = ("What is the torque?", "How many bolts are there?", "Which tool is used?", "What is the clearance?")


def draw(folder: Path) -> None:
    """Eight pages of blocks that lie differently on each, and four answers to each."""
    (folder / "images").mkdir()
    lines = []
    for number in range(8):
        image = Image.new("L", (196, 196), 255)
        for block in range(7):
            if number & (1 << block % 3) or block == number:
                ImageDraw.Draw(image).rectangle((28 * block, 14, 28 * block + 27, 182), fill=40 * (block % 4))
        image.save(folder / "images" / f"p{number}.png")
        answers = (f"{20 + number} Nm", f"{4 + number} bolts", f"tool 21 {number} 10", f"0.{number}5 mm")
        for question, answer in zip(ASKED, answers, strict=True):
            turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
            row = {"image": f"images/p{number}.png", "conversations": turns}
            lines.append(row | {"metadata": {"page_id": f"p{number}", "section_name": "", "content_type": "procedure"}})
    for number in range(16):
        turns = [
            {"role": "user", "content": f"What did owner {number} find?"},
            {"role": "assistant", "content": f"relay {number * 7 % 16} of box {number % 3}"},
        ]
        metadata = {"page_id": f"thread-{number}", "source": "forum"}
        lines.append({"image": None, "conversations": turns, "metadata": metadata})
    (folder / "vlm_train.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def right(trained: torch.nn.Module, processor: object, rows: list[Row]) -> int:
    """Answers that greedy decoding gives word for word, each question asked alone as in serving."""
    count = 0
    trained.eval()
    for row in rows:
        text, images = [render(processor, row.question, page=row.image is not None)], {}
        if row.image:
            images["images"] = [row.image.load()]
        inputs = processor(text=text, return_tensors="pt", **images)
        with torch.no_grad():
            made = trained.generate(**inputs, max_new_tokens=24, do_sample=False)[0, inputs["input_ids"].shape[1] :]
        count += processor.tokenizer.decode(made, skip_special_tokens=True).strip() == row.answer
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=200)
    steps = parser.parse_args().steps
    torch.set_num_threads(1)
    with TemporaryDirectory() as name:
        folder = Path(name)
        draw(folder)
        flags = ["--model", "tiny", "--bits", "16", "--data", name, "--output", name, "--max-steps", str(steps)]
        flags += ["--lora-rank", "64", "--lora-alpha", "128", "--lora-dropout", "0", "--learning-rate", "2e-3"]
        flags += ["--save-every", "1000", "--gradient-checkpointing", "none", "--min-pixels", "3136"]
        settings = config.read(flags)
        data = read_dataset(name)
        tiny.build(folder / "base", data, settings)
        processor = model.load_processor(str(folder / "base"), settings)
        base = model.load_model(str(folder / "base"), settings)
        # Of random weights the frozen head is so flat that no token can become likely: the loss stays above 3.3.
        base.lm_head.weight.data *= 10
        run = training.build(settings, base, processor, data)
        before = right(run.model, processor, data.train)
        run.train()
        losses = [entry["loss"] for entry in run.state.log_history if "loss" in entry]
        for step in sorted({0, *range(9, steps, 10), steps - 1}):
            print(f"step {step + 1:4}: loss {losses[step]:.4f}")
        for kind, rows in (("with a page", data.train[:32]), ("without", data.train[32:])):
            print(f"right answers of {len(rows)} {kind}: {right(run.model, processor, rows)} after")
        print(f"right answers of all {len(data.train)} before: {before}")
        print(f"ratio: {losses[0] / losses[-1]:.1f}")


if __name__ == "__main__":
    main()
