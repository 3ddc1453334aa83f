"""Shows what training will see: `python -m finetune.prepare_dataset --data FOLDER --model NAME`. Trains nothing."""

import statistics
import sys
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from finetune import config, pages
from finetune.errors import RunError
from finetune.lengths import Length, measure
from finetune.rows import Row, example
from vlm3_dataset.arguments import fail

PROG = "python -m finetune.prepare_dataset"


def main() -> None:
    settings = config.read(sys.argv[1:], PROG, __doc__)
    try:
        data = pages.read(settings.data, settings.revision)
        processor = processor_for(settings, data)
        lengths = measure(data.train, processor, settings)
        longest, row = max(zip(lengths, data.train, strict=True), key=lambda pair: pair[0].total)
        lines = [*pages.summary(data), *token_lines(lengths, settings), *one_row(row, longest, processor)]
    except RunError as error:
        fail(PROG, str(error))
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def processor_for(settings: config.Settings, data: pages.Data) -> Any:
    """The processor that a training with these settings would use."""
    from finetune import model, tiny

    if settings.is_tiny:
        return tiny.processor(data, settings)
    return model.load_processor(settings.model, settings)


def token_lines(lengths: list[Length], settings: config.Settings) -> list[str]:
    """Tokens of the training rows in figures; nothing is ever cut off, so the largest row decides the memory."""
    figures = {
        "tokens a row": [length.total for length in lengths],
        "of them image": [length.image for length in lengths],
        "of them scored": [length.answer for length in lengths],
    }
    table = [
        f"{name:15} {min(values):7,} to {max(values):7,}, median {round(statistics.median(values)):7,}, "
        f"together {sum(values):11,}"
        for name, values in figures.items()
    ]
    step = settings.batch_size * settings.accumulation
    steps = settings.max_steps or round(settings.epochs * -(-len(lengths) // step))
    return [*table, f"truncated rows: 0 (there is no length limit); {steps} steps of {step} rows"]


def one_row(row: Row, length: Length, processor: Any) -> list[str]:
    """The largest row as the collator makes it, decoded back, its scored part between >>> and <<<."""
    from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

    batch = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)([example(row)])
    ids, labels = batch["input_ids"][0].tolist(), batch["labels"][0].tolist()
    title = f"largest row, page {row.page_id}, {row.size[0]} x {row.size[1]} pixels, {length.total} tokens:"
    return ["", title, decoded(ids, labels, processor)]


def decoded(ids: Iterable[int], labels: Iterable[int], processor: Any) -> str:
    """Token ids as text: a run of image placeholders as its count, what the loss scores between >>> and <<<."""
    text = ""
    for kind, run in groupby(zip(ids, labels, strict=True), lambda pair: _kind(*pair, processor.image_token_id)):
        tokens = [token for token, _ in run]
        words = processor.tokenizer.decode(tokens)
        text += {"image": f"[{len(tokens)} image tokens]", "scored": f">>>{words}<<<", "read": words}[kind]
    return text


def _kind(token: int, label: int, image_token: int) -> str:
    if token == image_token:
        return "image"
    return "read" if label == -100 else "scored"


if __name__ == "__main__":
    main()
