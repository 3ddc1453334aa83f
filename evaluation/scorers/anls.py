"""Score by ANLS, the usual metric for reading documents, which is reported beside the others and decides nothing.

It rewards similar letters: 25 Nm for 24 Nm scores 0.80, and "The torque is 24 Nm." for "24 Nm" scores 0.
"""

from collections.abc import Sequence

_THRESHOLD = 0.5


def score(references: str | Sequence[str], answer: str) -> float:
    """Return the average normalised Levenshtein similarity of one answer, 0 to 1: the best over its references.

    Formula 1 and threshold 0.5 of Biten et al., Scene Text Visual Question Answering, ICCV 2019; case and outer
    white space do not count there.
    """
    accepted = [references] if isinstance(references, str) else references
    best, other = 0.0, _plain(answer)
    for one in map(_plain, accepted):
        longest = max(len(one), len(other), 1)
        # The distance is at least the difference in length; 300 against 5,000 letters took half a second.
        if abs(len(one) - len(other)) < _THRESHOLD * longest:
            distance = _distance(one, other) / longest
            best = max(best, 1 - distance if distance < _THRESHOLD else 0.0)
    return best


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _distance(one: str, other: str) -> int:
    """Return the Levenshtein distance: insertions, deletions and substitutions cost 1."""
    row = list(range(len(other) + 1))
    for at, char in enumerate(one, 1):
        diagonal, row[0] = row[0], at
        for place, against in enumerate(other, 1):
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, diagonal + (char != against))
    return row[-1]
