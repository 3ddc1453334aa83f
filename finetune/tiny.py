"""Build a small Qwen2-VL with random weights (`--model tiny`), to try every step without a GPU or a download.

The classes, the image processor, the chat template and the special tokens are Qwen2-VL's own; the sizes are small, the
weights are random, and the tokenizer's vocabulary is learned from the data's own text. Its answers mean nothing.
"""

import shutil
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from transformers import (
    Qwen2Tokenizer,
    Qwen2VLConfig,
    Qwen2VLForConditionalGeneration,
    Qwen2VLImageProcessor,
    Qwen2VLProcessor,
    Qwen2VLVideoProcessor,
)

from finetune.config import Settings
from finetune.data import Data

# Qwen2-VL's own, in the order of its vocabulary.
SPECIAL_TOKENS = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip
VOCABULARY = 1024  # 256 bytes, the special tokens, and what the text makes of the rest


def build(folder: Path, data: Data, settings: Settings) -> None:
    """Write model and processor to the folder, by rename. Equal data and seed give equal bytes."""
    part = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(part, ignore_errors=True)
    made = processor(data, settings)
    made.save_pretrained(part)
    with torch.random.fork_rng(devices=[]):  # of several GPUs, on which nothing is drawn, torch would warn
        torch.manual_seed(settings.seed)
        # bfloat16, as the real weights are stored
        Qwen2VLForConditionalGeneration(config(made)).bfloat16().save_pretrained(part)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def processor(data: Data, settings: Settings) -> Qwen2VLProcessor:
    """Return Qwen2-VL's processor with a vocabulary learned from the rows: the real one would be a download."""
    texts = [text for row in (*data.train, *data.val) for text in (row.question, row.answer)]
    learned = Qwen2Tokenizer().train_new_from_iterator(texts, VOCABULARY - len(SPECIAL_TOKENS), show_progress=False)
    special = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "extra_special_tokens": list(SPECIAL_TOKENS)}
    learned.add_special_tokens(special)
    # `min_pixels=`, here or in `from_pretrained`, changes the class's own default, for every processor made after it.
    bounds = {"shortest_edge": settings.min_pixels, "longest_edge": settings.max_pixels}
    # TRL carries the template of Qwen2.5-VL, which is that of Qwen2-VL.
    template = files("trl").joinpath("chat_templates/qwen2_5_vl.jinja").read_text(encoding="utf-8")
    images, videos = (kind(size={**bounds}) for kind in (Qwen2VLImageProcessor, Qwen2VLVideoProcessor))
    return Qwen2VLProcessor(images, learned, videos, chat_template=template)


def config(made: Qwen2VLProcessor, sizes: Mapping[str, Any] = {}, tower: Mapping[str, int] = {}) -> Qwen2VLConfig:
    """Return the configuration of the tiny model, or of one of other `sizes`, with the token ids of its processor."""
    token = made.tokenizer.convert_tokens_to_ids
    text = {
        "vocab_size": len(made.tokenizer),
        "hidden_size": 128,
        "intermediate_size": 384,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [4, 6, 6]},
        "bos_token_id": None,
        "eos_token_id": token("<|im_end|>"),
        "pad_token_id": token("<|endoftext|>"),
    } | sizes
    return Qwen2VLConfig(
        text_config=text,
        vision_config={"depth": 2, "embed_dim": 64, "num_heads": 4, "hidden_size": text["hidden_size"]} | tower,
        image_token_id=token("<|image_pad|>"),
        video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"),
        vlm3_tiny=True,  # a mark for whoever loads it: an evaluation says so in its report
    )
