"""List the speed of GPUs, and read the memory of the one here."""

from dataclasses import dataclass, replace

# Words in a card's name that make it another card than the one of the list: a laptop's, a part of one, a variant.
OTHER_CARDS = {"laptop", "mig", "ti", "super", "max", "q", "d", "vgpu"}


@dataclass(frozen=True, slots=True)
class Gpu:
    """A card. `tflops` is its peak for dense matrices in bfloat16, None where it is not known."""

    name: str
    gigabytes: float
    tflops: float | None
    bf16: bool = True  # in hardware, not emulated as on Turing: the whole recipe computes in it

    @classmethod
    def of(cls, name: str, gigabytes: float) -> "Gpu":
        """Return the card of a name, as CUDA gives it, with its actual memory (10^9 bytes)."""
        words = set(name.lower().replace("-", " ").split())
        known = () if words & OTHER_CARDS else PEAKS.items()
        return cls(name, gigabytes, next((peak for card, peak in known if set(card.lower().split()) <= words), None))


# Dense bfloat16 TFLOPS by the words of a name (NVIDIA's data sheets print twice as much where they count sparsity). The
# first whose words are all in a card's name is the one. Sources: the data sheets of B200, H200, H100, A100, L40S, L40,
# L4, A40, A10, RTX 6000 Ada; the white papers "NVIDIA Ada GPU architecture", "NVIDIA RTX Blackwell GPU architecture"
# and "NVIDIA Ampere GA102 GPU architecture" for the RTX cards (accumulating in float32, which GeForce cards do at half
# the rate of float16).
PEAKS: dict[str, float] = {
    "B200": 2250,
    "H200 NVL": 835,
    "H200": 989,
    "H100 NVL": 835,
    "H100 PCIe": 756,
    "H100": 989,
    "A100": 312,
    "L40S": 362,
    "L40": 181,
    "L4": 121,
    "A40": 150,
    "A10": 125,
    "RTX 6000 Ada": 364,
    "RTX A6000": 155,
    "RTX 5090": 210,
    "RTX 4090": 165,
    "RTX 3090": 71,
}
PLANNED = Gpu("A100", 80, 312)  # assumed where there is no GPU


def local_gpu() -> Gpu | None:
    """Return the card of this process, or None where there is no CUDA."""
    import torch

    if not torch.cuda.is_available():
        return None
    device = torch.cuda.get_device_properties(torch.cuda.current_device())
    bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    return replace(Gpu.of(device.name, device.total_memory / 1e9), bf16=bf16)
