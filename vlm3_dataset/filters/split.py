"""Assign pages to the sides of the split. Pure, and stable: adding pages moves no old one."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vlm3_dataset.schema import Side

VALIDATION_SHARE = 0.10
SLACK = 0.5  # share by which it may be missed: groups stay whole, and a hash draws them
SALT = "split-42"  # gives both the sample and the real half manual a tenth; changing it would move every page


@dataclass(frozen=True, slots=True)
class SplitOptions:
    """What the user wants of the split; by default nothing, and groups of the last dataset keep their side."""

    share: float | None = None  # share of the pairs that validate; groups of the last dataset may then change sides
    val: frozenset[str] = frozenset()  # the only groups that validate, with groups that are alike


NO_OPTIONS = SplitOptions()


def side(group: str) -> Side:
    """Return the side of a whole group, from a hash of its name alone."""
    return "val" if _hash_share(group) < VALIDATION_SHARE else "train"


def _hash_share(group: str) -> float:
    digest = hashlib.sha256(f"{SALT}:{group}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def sides(
    weights: Mapping[str, int],
    alike: Iterable[tuple[str, str]],
    before: Mapping[str, Side],
    options: SplitOptions = NO_OPTIONS,
) -> dict[str, Side | None]:
    """Return the side of every group; groups with like pages go together. `weights` has the pairs of each group.

    A group keeps the side that it has in `before`, the last dataset, and new groups that are like it join it there. A
    new group gets None if groups like it are on both sides already: on either side it would repeat something of the
    other. Other new groups go by their hash; if less than 5 or more than 15 % of the pairs would then validate, as few
    clusters as possible change sides.
    """
    clusters = defaultdict(list)
    for group, cluster in connected_components(alike, weights).items():
        clusters[cluster].append(group)
    if options.val:
        val = {cluster for cluster, members in clusters.items() if options.val.intersection(members)}
        return {
            group: "val" if cluster in val else "train" for cluster, members in clusters.items() for group in members
        }
    known = {cluster: {before[group] for group in members if group in before} for cluster, members in clusters.items()}
    torn = {cluster for cluster, found in known.items() if len(found) > 1 and options.share is None}
    weight = {
        cluster: sum(weights[group] for group in members)
        for cluster, members in clusters.items()
        if cluster not in torn
    }
    val = {cluster for cluster in weight if (known[cluster] or {side(cluster)}) == {"val"}}
    free = [cluster for cluster in weight if options.share is not None or not known[cluster]]
    val = _balanced(val, sorted(free, key=_hash_share), weight, options.share or VALIDATION_SHARE)
    whole: dict[str, Side] = {cluster: "val" if cluster in val else "train" for cluster in weight}
    return {
        group: whole[cluster] if cluster in whole else before.get(group)
        for cluster, members in clusters.items()
        for group in members
    }


def is_balanced(val: int, total: int, share: float = VALIDATION_SHARE) -> bool:
    """Return True where about as many pairs validate as should."""
    return (1 - SLACK) * share * total <= val <= (1 + SLACK) * share * total


def _balanced(val: set[str], free: Sequence[str], weight: Mapping[str, int], share: float) -> set[str]:
    """Return the clusters that validate: those in `val`, with as few free ones moved as the balance takes."""
    total, now = sum(weight.values()), sum(weight[cluster] for cluster in val)
    one_way = [cluster for cluster in free if (cluster in val) == (now > share * total)]
    for movable in (one_way, free):
        if is_balanced(now, total, share) or not movable:
            break
        kept = val.difference(movable)
        base = sum(weight[cluster] for cluster in kept)
        val = kept | _nearest(movable, weight, base, total, share)
        now = sum(weight[cluster] for cluster in val)
    return val


def _nearest(movable: Iterable[str], weight: Mapping[str, int], base: int, total: int, share: float) -> set[str]:
    """Return the clusters that bring the validating pairs, `base` so far, nearest to the share; no side is empty.

    Every sum up to the largest that will do is reached once, by the first clusters that reach it; of those beyond it
    only the least is of use.
    """
    most = (1 + SLACK) * share * total
    reached: dict[int, tuple[int, str]] = {base: (base, "")}
    beyond: list[tuple[int, int, str]] = []
    for cluster in movable:
        for so_far in list(reached):
            new = so_far + weight[cluster]
            if new > most:
                beyond.append((new, so_far, cluster))
            elif new not in reached:
                reached[new] = (so_far, cluster)
        beyond = sorted(beyond)[:1]
    for new, so_far, cluster in beyond:
        reached.setdefault(new, (so_far, cluster))
    possible = [found for found in reached if 0 < found < total]
    at = min(possible, key=lambda found: abs(found - share * total), default=base)
    chosen = set()
    while at != base:
        at, cluster = reached[at]
        chosen.add(cluster)
    return chosen


def connected_components(pairs: Iterable[tuple[str, str]], names: Iterable[str]) -> dict[str, str]:
    """Return the cluster that each name is in, where pairs join: every name of a cluster is given its first."""
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
