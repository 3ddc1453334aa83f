"""Merge an adapter into its base model: `python -m finetune.tools.merge --adapter runs/x/adapter --output DIR`.

The weights are bfloat16; an adapter trained on nf4 saw slightly different ones, so evaluate once after merging. The
merged model is loaded again and must answer as base and adapter do.
"""

import gc
import shutil
import sys
from pathlib import Path
from typing import Any

from finetune.errors import one_line
from finetune.preflight import existing_parent
from finetune.tools import trained
from vlm3_dataset.arguments import OneLineParser, fail
from vlm3_dataset.errors import Misused, UserError

PROG = "python -m finetune.tools.merge"

# Steps of bfloat16 (2^-8 of the largest logit) that merged and unmerged may lie apart: a merged weight is rounded once
# where the adapter was added unrounded. The tiny model gave one step.
ROUNDING_STEPS = 4
SPARE_ROOM = 1.1  # factor of the weights' size that saving and loading need


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
    trained.silence_libraries()
    processor = trained.load_processor(adapter)
    require_room(base, output.parent)
    part = output.with_name(f"{output.name}.unfinished")
    shutil.rmtree(part, ignore_errors=True)
    try:
        line = write(base, adapter, processor, part)
        part.rename(output)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return [f"merged model: {output}", line]


def write(base: str, adapter: Path, processor: Any, folder: Path) -> str:
    """Merge into the folder; return a line that compares base and adapter with the files that were written."""
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
    apart, moved = (float((other - expected).abs().max()) for other in (found, plain))
    return compared(float(expected.abs().max()), apart, moved)


def compared(largest: float, apart: float, moved: float) -> str:
    """Return in words how far the merged model's logits are from those of base and adapter.

    Args:
        largest: the largest logit.
        apart: the largest difference of merged and unmerged.
        moved: the largest difference that the adapter makes.

    Raises UserError where merged and unmerged differ by more than rounding, or are NaN.
    """
    allowed = ROUNDING_STEPS * 2**-8 * largest
    told = f"logits of one page lie {apart:.3g} from those of base and adapter, allowed are {allowed:.3g}"
    if not apart <= allowed:
        raise UserError(f"the merged model is not base and adapter: {told}; nothing was written")
    little = "; that proves little: evaluate" if moved <= 2 * apart else ""
    return f"{told}; the adapter moves them by up to {moved:.3g}{little}"


def logits(model: Any, processor: Any) -> Any:
    """Return float32 logits of the next word after a question about a picture, of shape (vocabulary,)."""
    import torch
    from PIL import Image

    picture = Image.radial_gradient("L").resize((620, 877)).convert("RGB")  # any picture will do
    batch = trained.inputs(processor, picture, "Which torque is given?", model.device)
    with torch.inference_mode():
        return model(**batch).logits[0, -1].float().cpu()


def require_room(base: str, folder: Path) -> None:
    """Check the room. Raises UserError where the merged weights would not fit on the disk or into memory."""
    import psutil
    import torch
    from transformers import AutoConfig, Qwen2VLForConditionalGeneration

    with one_line(f"cannot load {base}"), torch.device("meta"):
        model = Qwen2VLForConditionalGeneration(AutoConfig.from_pretrained(base))
    need = SPARE_ROOM * 2 * sum(weight.numel() for weight in model.parameters())
    rooms = {"disk": shutil.disk_usage(existing_parent(folder)).free}
    if torch.cuda.is_available():
        rooms["GPU memory"] = torch.cuda.mem_get_info()[0]
    else:
        rooms["memory"] = psutil.virtual_memory().available
    for kind, free in rooms.items():
        if free < need:
            raise UserError(f"merging {base} needs {need / 1e9:.1f} GB of {kind}, and {free / 1e9:.1f} GB are free")


if __name__ == "__main__":
    main()
