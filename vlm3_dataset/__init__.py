"""From a shelf of scans and a forum's archive to a dataset; `Vlm3` builds it where the folder lies."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vlm3_dataset.vlm3_dataset import Vlm3

__all__ = ["Vlm3"]


def __getattr__(name: str) -> Any:
    """`datasets` takes seconds to import, and the stages need it at the end or not at all."""
    if name != "Vlm3":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from vlm3_dataset.vlm3_dataset import Vlm3

    return Vlm3
