"""Which side of the split a page stands on. Pure, and stable: adding pages moves no old one."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from vlm3_dataset.schema import Side

VALIDATION_SHARE = 0.10
SALT = "split-42"  # gives both the sample and the real half manual a tenth; changing it would move every page


def side(group: str) -> Side:
    """The side of a whole group, from a hash of its name alone."""
    digest = hashlib.sha256(f"{SALT}:{group}".encode()).digest()
    return "val" if int.from_bytes(digest[:8]) / 2**64 < VALIDATION_SHARE else "train"


def sides(
    groups: Iterable[str], alike: Iterable[tuple[str, str]], before: Mapping[str, Side]
) -> dict[str, Side | None]:
    """The side of every group; groups with pages that are alike stand together.

    A group keeps the side that it has in `before`, the last dataset, and its new likes join it there. None for a new
    group whose likes stand on both sides already: wherever it went, something would be seen twice.
    """
    clusters = defaultdict(list)
    for group, cluster in groups_of(alike, groups).items():
        clusters[cluster].append(group)
    found: dict[str, Side | None] = {}
    for cluster, members in clusters.items():
        known = {before[group] for group in members if group in before}
        new: Side | None = side(cluster) if not known else known.pop() if len(known) == 1 else None
        found |= {group: before.get(group, new) for group in members}
    return found


def groups_of(pairs: Iterable[tuple[str, str]], names: Iterable[str]) -> dict[str, str]:
    """The cluster that each name is in, where pairs join: every name of a cluster is given its first."""
    parent = {name: name for name in names}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other in pairs:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    return {name: root(name) for name in parent}
