"""Ask a trained model about a page: `python -m finetune.tools.ask --adapter DIR --image page.jpg "question"`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.errors import one_line
from finetune.tools import trained
from vlm3_dataset.arguments import OneLineParser, fail
from vlm3_dataset.errors import Misused, UserError
from vlm3_dataset.hub.reader import RowError, open_page

if TYPE_CHECKING:
    from transformers import BatchFeature

PROG = "python -m finetune.tools.ask"
MAX_TOKENS = 512


def main() -> None:
    parser = OneLineParser(prog=PROG, description=__doc__)
    parser.add_argument("question")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--adapter", type=Path, help="folder of an adapter: runs/NAME/adapter")
    which.add_argument("--model", type=Path, help="folder of a merged model")
    parser.add_argument("--base", help="with --adapter: another base model than the one it names")
    parser.add_argument("--image", type=Path, required=True, help="the page")
    arguments = parser.parse_args()
    try:
        answer = ask(arguments.image, arguments.question, arguments.model, arguments.adapter, arguments.base)
    except UserError as error:
        fail(PROG, str(error), error.code)
    sys.stdout.write(f"{answer}\n")


def ask(image: Path, question: str, model: Path | None, adapter: Path | None = None, base: str | None = None) -> str:
    """Return the greedy answer. Raises UserError for a page or a model that cannot be used."""
    try:
        page = open_page(image)
    except RowError as error:
        raise Misused(f"{image}: {error}") from None
    if not question.strip():
        raise Misused("the question is empty")
    trained.silence_libraries()
    processor = trained.load_processor(adapter or model)
    loaded = trained.load_model(base or trained.base_of(adapter) if adapter else str(model), adapter)
    with one_line(f"{image} cannot be asked about"):
        return _answer(loaded, processor, trained.inputs(processor, page, question.strip(), loaded.device))


def _answer(model: Any, processor: Any, batch: "BatchFeature") -> str:
    import torch
    from transformers import GenerationConfig

    own = model.generation_config.eos_token_id
    ends = {processor.tokenizer.eos_token_id, *(own if isinstance(own, list) else [own])} - {None}
    # Replaces all of the model's own settings: Qwen2-VL ships with sampling switched on.
    model.generation_config = GenerationConfig(
        do_sample=False,
        max_new_tokens=MAX_TOKENS,
        eos_token_id=sorted(ends),
        pad_token_id=processor.tokenizer.pad_token_id,
    )
    with torch.inference_mode():
        tokens = model.generate(**batch)[0, batch["input_ids"].shape[1] :].tolist()
    whole = bool(ends.intersection(tokens))
    text = processor.tokenizer.decode(tokens, skip_special_tokens=True).strip()
    return text if whole else f"{text} [cut off after {MAX_TOKENS} tokens]"


if __name__ == "__main__":
    main()
