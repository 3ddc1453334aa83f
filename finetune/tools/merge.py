"""Merge an adapter into its base model: `python -m finetune.tools.merge --adapter runs/x/adapter --output DIR`.

The weights are bfloat16; an adapter trained on nf4 saw slightly different ones, so evaluate once after merging. The
merged model is loaded again and must answer as base and adapter do.
"""

import gc
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.errors import one_line
from finetune.tools import trained
from vlm3_dataset.arguments import OneLineParser, fail
from vlm3_dataset.errors import Misused, UserError

PROG = "python -m finetune.tools.merge"

# Steps of bfloat16 (2^-8 of the largest logit) that merged and unmerged may lie apart: a merged weight is rounded once
# where the adapter was added unrounded. The tiny model gave one step.
STEPS = 4
SLACK = 1.1  # factor of the weights' size that saving and loading need


@dataclass(frozen=True, slots=True)
class Compared:
    """Logits of one page: the largest, the difference of merged and unmerged, and what the adapter changes."""

    largest: float
    apart: float
    adapter: float

    @property
    def tolerance(self) -> float:
        return STEPS * 2**-8 * self.largest

    def line(self) -> str:
        told = f"logits of one page: at most {self.apart:.3g} from base and adapter, allowed {self.tolerance:.3g}"
        if self.adapter <= 2 * self.apart:
            return f"{told}; the adapter itself moves them by {self.adapter:.3g} only, so this proves little: evaluate"
        return f"{told}; the adapter moves them by up to {self.adapter:.3g}"


def main() -> None:
    parser = OneLineParser(prog=PROG, description=__doc__.partition("\n")[0])
    parser.add_argument("--adapter", type=Path, required=True, help="folder of the adapter: runs/NAME/adapter")
    parser.add_argument("--output", type=Path, required=True, help="folder to make; it must not be there")
    parser.add_argument("--base", help="base model: a folder or a name on the hub (the one that the adapter names)")
    arguments = parser.parse_args()
    try:
        lines = merge(arguments.adapter, arguments.output, arguments.base)
    except UserError as error:
        fail(PROG, str(error), error.code)
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def merge(adapter: Path, output: Path, base: str | None = None) -> list[str]:
    """Write model and processor to `output`, by rename; return lines about the comparison. An error leaves nothing.

    Raises:
        Misused: `output` is there already, or `adapter` holds no adapter.
        UserError: there is no room, the base cannot be loaded, or the merged model answers otherwise.
    """
    if output.exists():
        raise Misused(f"{output} is already there; remove it or choose another --output")
    base = base or trained.base_of(adapter)
    trained.quiet()
    processor = trained.load_processor(adapter)
    require_room(base, output.parent)
    part = output.with_name(f"{output.name}.unfinished")
    shutil.rmtree(part, ignore_errors=True)
    try:
        compared = write(base, adapter, processor, part)
        check(compared)
        check_names(base, part)
        part.rename(output)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return [f"merged model: {output}, its tensors named as those of {base}", compared.line()]


def write(base: str, adapter: Path, processor: Any, folder: Path) -> Compared:
    """Merge into the folder; compare the answers of base and adapter with those of the written files."""
    model = trained.load_model(base, adapter)
    expected = logits(model, processor)
    with model.disable_adapter():
        plain = logits(model, processor)
    with one_line("the adapter cannot be merged"):
        merged = model.merge_and_unload(safe_merge=True)
        merged.save_pretrained(folder)
        processor.save_pretrained(folder)
    del model, merged
    gc.collect()  # a second model beside it would be 16.6 GB more
    found = logits(trained.load_model(str(folder)), trained.load_processor(folder))
    return Compared(
        largest=float(expected.abs().max()),
        apart=float((found - expected).abs().max()),
        adapter=float((plain - expected).abs().max()),
    )


def check(compared: Compared) -> None:
    """Check the comparison. Raises UserError where the merged model differs from base and adapter, or gives NaN."""
    if not compared.apart <= compared.tolerance:
        raise UserError(
            f"the merged model is not base and adapter: logits lie {compared.apart:.3g} apart, allowed are "
            f"{compared.tolerance:.3g}; nothing was written"
        )


def check_names(base: str, folder: Path) -> None:
    """Check the tensors' names. Raises UserError where one differs from the base's own files: a server needs those."""
    missing, added = tensor_names(base) - tensor_names(str(folder)), tensor_names(str(folder)) - tensor_names(base)
    if missing or added:
        first = min(missing | added)
        raise UserError(
            f"{len(missing)} tensors are missing and {len(added)} new, among them {first}; nothing was written"
        )


def tensor_names(model: str) -> set[str]:
    """Return the names of a checkpoint's tensors: of a folder, or of a hub name that was downloaded before."""
    from safetensors import safe_open
    from transformers.utils import cached_file

    with one_line(f"cannot read the tensors of {model}"):
        index = cached_file(model, "model.safetensors.index.json", _raise_exceptions_for_missing_entries=False)
        if index:
            return set(json.loads(Path(index).read_bytes())["weight_map"])
        with safe_open(cached_file(model, "model.safetensors"), "pt") as file:
            return set(file.keys())


def logits(model: Any, processor: Any) -> Any:
    """Return float32 logits of the next word after a question about a drawn page, of shape (vocabulary,)."""
    import torch

    batch = trained.inputs(processor, page(), "Which torque is given?", model.device)
    with torch.inference_mode():
        return model(**batch).logits[0, -1].float().cpu()


def page() -> Any:
    """Draw a page: the comparison needs a picture, not a particular one."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(image)
    for line in range(30):
        draw.text((40, 30 + 27 * line), f"{line}. Tighten to {20 + line} Nm (M{6 + line % 6} x {10 + line})", fill=0)
    return image


def require_room(base: str, folder: Path) -> None:
    """Check the room. Raises UserError where the merged weights would not fit on the disk or into memory."""
    import psutil
    import torch
    from transformers import AutoConfig, Qwen2VLForConditionalGeneration

    with one_line(f"cannot load {base}"), torch.device("meta"):
        model = Qwen2VLForConditionalGeneration(AutoConfig.from_pretrained(base))
    need = SLACK * 2 * sum(weight.numel() for weight in model.parameters())
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    disk = shutil.disk_usage(there).free
    memory = torch.cuda.mem_get_info()[0] if torch.cuda.is_available() else psutil.virtual_memory().available
    for kind, free in (("disk", disk), ("GPU memory" if torch.cuda.is_available() else "memory", memory)):
        if free < need:
            raise UserError(f"merging {base} needs {need / 1e9:.1f} GB of {kind}, and {free / 1e9:.1f} GB are free")


if __name__ == "__main__":
    main()
