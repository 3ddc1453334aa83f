"""Which side of the split a page stands on. Pure, and stable: adding pages moves no old one."""

import hashlib
from typing import Literal

VALIDATION_SHARE = 0.10
SALT = "split-1"  # gives both the sample and the real half manual two sides; changing it would move every page


def side(group: str) -> Literal["train", "val"]:
    """The side of a whole group, from a hash of its name alone."""
    digest = hashlib.sha256(f"{SALT}:{group}".encode()).digest()
    return "val" if int.from_bytes(digest[:8]) / 2**64 < VALIDATION_SHARE else "train"
