"""Answers from a model: greedy, in left-padded batches, each batch stored before the next one starts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from evaluation.answers import Answer, Answerer, AnswerStore
from evaluation.rows import Question, open_page, pixels
from evaluation.weights import ModelError
from vlm3_dataset.release.reading import render


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    tokens: int  # generated, without the one that ends the answer
    truncated: bool


def answer_all(
    questions: Sequence[Question], answerer: Answerer, reader: "Reader", store: AnswerStore, *, data: Path, batch: int
) -> list[Answer]:
    """The answer to every question, in the order asked; the model is only loaded where one is missing.

    A batch of which one answer is missing is generated whole: answers of a 16-bit model can depend on their
    neighbours in the batch, and a run that was killed must end like one that was not.
    """
    order = _by_page(questions, data)
    keys = {question: answerer.key(question) for question in questions}
    with tqdm(total=len(order), desc=answerer.name, unit="answer") as bar:
        for start in range(0, len(order), batch):
            asked = order[start : start + batch]
            if any(store.get(keys[question]) is None for question in asked):
                replies = reader.read(answerer, [open_page(data, question.image) for question in asked], asked)
                store.add(
                    Answer(keys[question], question.id, answerer.name, reply.text, reply.tokens, reply.truncated)
                    for question, reply in zip(asked, replies, strict=True)
                )
            bar.update(len(asked))
    return [store.get(keys[question]) for question in questions]


def _by_page(questions: Sequence[Question], data: Path) -> list[Question]:
    """Pages of one size side by side (a batch is padded to its largest page), the questions of a page together."""
    sizes = {image: pixels(data, image) for image in dict.fromkeys(question.image for question in questions)}
    return sorted(questions, key=lambda question: (sizes[question.image], question.image))


class Reader:
    """The model that reads pages: loaded on the first question, with the adapter laid on the base already there."""

    def __init__(self) -> None:
        self._loaded: Answerer | None = None
        self._model: Any = None
        self._processor: Any = None

    def read(self, answerer: Answerer, pages: Sequence[Image.Image], questions: Sequence[Question]) -> list[Reply]:
        """One reply a question, generated in one batch."""
        import torch

        self._load(answerer)
        prompts = [render(self._processor, question.text) for question in questions]
        # Left padding, so that every answer starts at the same column; the default pads on the right.
        inputs = self._processor(
            text=prompts, images=list(pages), padding=True, padding_side="left", return_tensors="pt"
        ).to(self._model.device)
        try:
            with torch.inference_mode():
                tokens = self._model.generate(**inputs)[:, inputs["input_ids"].shape[1] :]
        except torch.OutOfMemoryError:
            raise ModelError(f"out of GPU memory with {len(prompts)} answers at once; try a smaller --batch") from None
        return [self._reply(row) for row in tokens.tolist()]

    def _reply(self, tokens: list[int]) -> Reply:
        ends = set(self._model.generation_config.eos_token_id)
        stop = next((index for index, token in enumerate(tokens) if token in ends), None)
        text = self._processor.tokenizer.decode(tokens[:stop], skip_special_tokens=True)
        return Reply(text.strip(), len(tokens[:stop]), truncated=stop is None)

    def _load(self, answerer: Answerer) -> None:
        if self._loaded == answerer:
            return
        _quiet()
        try:
            if self._loaded is None or self._loaded != replace(answerer, adapter=None):
                self._model = _load_model(answerer)
                self._processor = _load_processor(answerer)
                render(self._processor, "")  # a chat template that is missing or torn shows itself here
                _make_greedy(self._model, self._processor, answerer.settings.max_new_tokens)
            if answerer.adapter is not None:
                from peft import PeftModel

                self._model = PeftModel.from_pretrained(self._model, answerer.adapter.source).eval()
        except Exception as error:
            # What the libraries raise on torn or foreign files has no common base. Seen: OSError, ValueError, KeyError,
            # TypeError, AttributeError, TemplateSyntaxError, httpx.HTTPError; SafetensorError is a bare Exception.
            first = f"{type(error).__name__}: {str(error).strip()}".partition("\n")[0]
            raise ModelError(f"{answerer.name} cannot be loaded ({first})") from error
        self._loaded = answerer


def _quiet() -> None:
    """Leaves the terminal to our own bar: the libraries draw one a load and warn of settings that are replaced."""
    import logging

    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def _load_model(answerer: Answerer) -> Any:
    import torch
    from transformers import AutoModelForImageTextToText

    if answerer.model.tiny:
        # Two threads on two busy cores wait for each other: 7 s against 0.3 s for 32 tokens of 8 answers.
        torch.set_num_threads(1)
    model = AutoModelForImageTextToText.from_pretrained(
        answerer.model.source, revision=answerer.model.revision, dtype=getattr(torch, answerer.settings.dtype)
    )
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _load_processor(answerer: Answerer) -> Any:
    from transformers import AutoProcessor

    processor = AutoProcessor.from_pretrained(answerer.processor.source, revision=answerer.processor.revision)
    # Through `size`: transformers 5.17 ignores a later `image_processor.max_pixels = ...` without a word.
    size = processor.image_processor.size
    size["longest_edge"] = min(size["longest_edge"], answerer.settings.max_pixels)
    return processor


def _make_greedy(model: Any, processor: Any, max_new_tokens: int) -> None:
    """Replaces the model's own settings whole: Qwen2-VL ships with sampling switched on."""
    from transformers import GenerationConfig

    own = model.generation_config.eos_token_id
    ends = {processor.tokenizer.eos_token_id, *(own if isinstance(own, list) else [own])} - {None}
    model.generation_config = GenerationConfig(
        do_sample=False,
        max_new_tokens=max_new_tokens,
        eos_token_id=sorted(ends),
        pad_token_id=processor.tokenizer.pad_token_id,
    )
