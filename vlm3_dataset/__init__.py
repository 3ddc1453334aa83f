"""Turn a shelf of scans and a forum's archive into a dataset; `Vlm3` is its builder for `datasets`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vlm3_dataset.vlm3_dataset import Vlm3

__all__ = ["Vlm3"]


def __getattr__(name: str) -> Any:
    """Import `Vlm3` on first use: `datasets` takes seconds to import, and most stages do not need it."""
    if name != "Vlm3":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from vlm3_dataset.vlm3_dataset import Vlm3

    return Vlm3
