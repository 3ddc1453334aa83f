"""Get answers from a local model, greedily and in batches, reading each page once for all of its questions.

The prompt puts the page first, so all its questions share a prefix: 1,500 tokens and more of 1,600. The prefix is run
once, its keys and values are copied to the questions, and only their 30 tokens each are run behind it. The answers
are those of one plain `generate` a question (logits to 1e-5 in float32, tested).
"""

import logging
import sys
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import prod
from typing import Any

from evaluation.models.answers import LocalModel
from evaluation.models.replies import Reply
from evaluation.models.weights import ModelError
from evaluation.rows import Question, open_page, page_size
from vlm3_dataset.errors import first_line
from vlm3_dataset.hub.reader import render

PAGE_ENDS = "<|vision_end|>"


def batches(questions: Sequence[Question], size: int) -> Iterator[list[Question]]:
    """Yield batches of at most `size` questions: pages of one size side by side, a page's questions together.

    A batch holds whole pages; a page with more questions than fit has batches to itself, and is still read once.
    Questions without a page have batches of their own too.
    """
    pages = {one.image_sha256: one for one in questions}
    sizes = {digest: prod(page_size(one)) if one.image else 0 for digest, one in pages.items()}
    ordered = sorted(questions, key=lambda one: (sizes[one.image_sha256], one.image_sha256))
    batch: list[Question] = []
    for asked in (list(of_page) for _, of_page in groupby(ordered, key=lambda one: one.image_sha256)):
        if batch and (len(batch) + len(asked) > size or batch[0].image is None):
            yield batch
            batch = []
        if len(asked) > size:
            yield from (asked[start : start + size] for start in range(0, len(asked), size))
        else:
            batch = batch + asked
    if batch:
        yield batch


@dataclass(slots=True)
class _Pages:
    """The state of pages that a model has read: for each a row of its cache, its mask, and the next position."""

    images: list[str]  # digests, in the order of the rows
    cache: Any  # keys and values of shape (pages, heads, tokens, size) a layer
    mask: Any  # (pages, tokens); smaller pages are padded on the left
    ends: Any  # (pages,): M-RoPE counts a page by its longer side, not by its tokens


class Reader:
    """Reads pages with a model, which is loaded at the first question; an adapter reuses a loaded base."""

    def __init__(self) -> None:
        self._loaded: LocalModel | None = None
        self._model: Any = None
        self._processor: Any = None
        self._ends: set[int] = set()
        self._held: _Pages | None = None

    def answer(
        self, model: LocalModel, questions: Sequence[Question], missing: Collection[str], batch: int
    ) -> Iterator[list[tuple[Question, Reply]]]:
        """Yield replies batch by batch; `missing` has the ids of questions without a stored answer.

        A batch of which one answer is missing is generated whole: answers of a 16-bit model can depend on their
        neighbours in the batch, and a run that was killed must end like one that was not.
        """
        for asked in batches(questions, batch):
            if any(question.id in missing for question in asked):
                yield list(zip(asked, self.read(model, asked), strict=True))

    def read(self, model: LocalModel, questions: Sequence[Question]) -> list[Reply]:
        """Return one reply per question, generated in one batch.

        Raises:
            ModelError: the model cannot be loaded, or the GPU's memory does not hold so many answers at once.
        """
        import torch

        self._load(model)
        try:
            with torch.inference_mode():
                tokens = self._generate(questions, model.settings.max_new_tokens)
        except torch.OutOfMemoryError:
            message = f"out of GPU memory with {len(questions)} answers at once; try a smaller --batch"
            raise ModelError(message) from None
        return [self._reply(row) for row in tokens]

    def _generate(self, questions: Sequence[Question], most: int) -> list[list[int]]:
        """Return at most `most` tokens after each question, greedily; those after an end token mean nothing."""
        import torch

        pages = self._read_pages(questions)
        rows = torch.tensor([pages.images.index(one.image_sha256) for one in questions], device=self._model.device)
        pages.cache.batch_select_indices(rows)
        ids, own_mask = self._tokenize_questions(questions)
        mask = torch.cat([pages.mask[rows], own_mask], dim=1)
        # Text goes on where the page ends, the same on all three axes; padding stands at 0 and is masked.
        positions = pages.ends[rows, None] + (own_mask.cumsum(1) - 1).clamp(min=0)
        generated: list[Any] = []
        going = torch.ones(len(questions), dtype=torch.bool, device=ids.device)
        ends = torch.tensor(sorted(self._ends), device=ids.device)
        while len(generated) < most and going.any():
            output = self._model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions.expand(3, -1, -1),
                past_key_values=pages.cache,
                use_cache=True,
                logits_to_keep=1,
            )
            token = output.logits[:, -1].float().argmax(-1)
            generated.append(token)
            going &= ~torch.isin(token, ends)
            ids = token[:, None]
            mask = torch.cat([mask, mask.new_ones(len(questions), 1)], dim=1)
            positions = positions[:, -1:] + 1
        self._hold(pages)
        return torch.stack(generated, dim=1).tolist()

    def _read_pages(self, questions: Sequence[Question]) -> _Pages:
        """Return the pages of a batch, each run once; none is run where the last batch was about the same page.

        Questions without a page begin with an empty cache, at position 0.
        """
        import torch
        from transformers import DynamicCache

        distinct = {question.image_sha256: question for question in questions}
        if questions[0].image is None:
            nothing = torch.zeros((1, 0), dtype=torch.long, device=self._model.device)
            return _Pages(list(distinct), DynamicCache(), nothing, nothing.sum(1))
        held, self._held = self._held, None
        if held and held.images == list(distinct):
            return held
        inputs = self._processor(
            text=[self._prefix] * len(distinct),
            images=[open_page(question) for question in distinct.values()],
            padding=True,
            padding_side="left",
            return_tensors="pt",
        ).to(self._model.device)
        output = self._model(**inputs, use_cache=True, logits_to_keep=1)
        mask = inputs["attention_mask"]
        return _Pages(list(distinct), output.past_key_values, mask, mask.sum(1) + output.rope_deltas[:, 0])

    def _hold(self, pages: _Pages) -> None:
        """Keep a page that had a batch to itself: its next questions may follow."""
        import torch

        if len(pages.images) == 1 and pages.mask.shape[1]:
            pages.cache.crop(pages.mask.shape[1])
            pages.cache.batch_select_indices(torch.zeros(1, dtype=torch.long, device=pages.mask.device))
            self._held = pages

    def _tokenize_questions(self, questions: Sequence[Question]) -> tuple[Any, Any]:
        """Return tokens and mask of each prompt behind the page, (questions, tokens), padded on the left."""
        prompts = [render(self._processor, one.text, page=one.image is not None) for one in questions]
        behind = self._processor.tokenizer(
            [prompt.removeprefix(self._prefix) for prompt in prompts],
            padding=True,
            padding_side="left",
            add_special_tokens=False,
            return_tensors="pt",
        ).to(self._model.device)
        return behind["input_ids"], behind["attention_mask"]

    @property
    def _prefix(self) -> str:
        """Return the prompt up to the end of the page, before any question."""
        before, end, _ = render(self._processor, "").partition(PAGE_ENDS)
        return before + end

    def _reply(self, tokens: list[int]) -> Reply:
        stop = next((index for index, token in enumerate(tokens) if token in self._ends), None)
        text = self._processor.tokenizer.decode(tokens[:stop], skip_special_tokens=True)
        return Reply(text.strip(), len(tokens[:stop]), truncated=stop is None)

    def _load(self, model: LocalModel) -> None:
        if self._loaded == model:
            return
        from transformers.utils import logging as transformers_logging

        # The libraries warn of settings that are replaced; bars of a load are for a terminal.
        transformers_logging.set_verbosity_error()
        if not sys.stderr.isatty():  # 16.6 GB take minutes from a slow disk
            transformers_logging.disable_progress_bar()
        logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
        self._held = None
        try:
            if self._loaded is None or self._loaded != replace(model, adapter=None):
                self._model = self._loaded = None  # two of 16 GB would not fit
                self._model = _load_model(model)
                self._processor = _load_processor(model)
                # The model's other generation settings are not used: Qwen2-VL ships with sampling.
                own = self._model.generation_config.eos_token_id
                own = own if isinstance(own, list) else [own]
                self._ends = {self._processor.tokenizer.eos_token_id, *own} - {None}
            if model.adapter is not None:
                self._model = _with_adapter(self._model, model.adapter.source)
        except Exception as error:
            # What the libraries raise on torn or foreign files has no common base. Seen: OSError, ValueError, KeyError,
            # TypeError, AttributeError, TemplateSyntaxError, httpx.HTTPError; SafetensorError is a bare Exception.
            raise ModelError(f"{model.name} cannot be loaded ({first_line(error)})") from error
        self._loaded = model


def _load_model(model: LocalModel) -> Any:
    """Load a model. Raises ValueError where its files do not have all of its weights."""
    import torch
    from transformers import AutoModelForImageTextToText

    if model.weights.tiny:
        # Two threads on two busy cores wait for each other: 7 s against 0.3 s for 32 tokens of 8 answers.
        torch.set_num_threads(1)
    loaded, found = AutoModelForImageTextToText.from_pretrained(
        model.weights.source,
        revision=model.weights.revision,
        dtype=getattr(torch, model.settings.dtype),
        output_loading_info=True,
    )
    _refuse_parts("model", found["missing_keys"])
    return loaded.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _refuse_parts(what: str, missing: Collection[str], unused: Collection[str] = ()) -> None:
    """Raise ValueError for weights that were not found, and so are random, or that fit nowhere in the model."""
    for wrong, keys in (("lacks", missing), ("has no place for", unused)):
        if keys:
            raise ValueError(f"the {what} {wrong} {len(keys)} of its weights, {min(keys)} for one")


def _with_adapter(base: Any, source: str) -> Any:
    """Lay an adapter on a model. Raises ValueError where not all of its weights have a place, or a place has none."""
    from peft import PeftModel

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Found missing adapter keys")
        model = PeftModel.from_pretrained(base, source).eval()
    # Loaded once more for what this returns: above, PEFT is silent about weights that fit nowhere.
    found = model.load_adapter(source, model.active_adapter)
    _refuse_parts("adapter", found.missing_keys, found.unexpected_keys)
    return model


def _load_processor(model: LocalModel) -> Any:
    """Load a processor. Raises ValueError where its chat template is torn, or puts the question before the page."""
    from transformers import AutoProcessor

    processor = AutoProcessor.from_pretrained(model.processor.source, revision=model.processor.revision)
    # Through `size`: transformers 5.17 ignores a later `image_processor.max_pixels = ...` without a word.
    size = processor.image_processor.size
    size["longest_edge"] = min(size["longest_edge"], model.settings.max_pixels)
    before, end, _ = render(processor, "one").partition(PAGE_ENDS)
    if not end or not render(processor, "other").startswith(before + end):
        raise ValueError("its chat template does not put the page before the question")
    return processor
