"""Score by ANLS, the usual metric for reading documents, which is reported beside the others and decides nothing.

It rewards similar letters: 25 Nm for 24 Nm scores 0.80, and "The torque is 24 Nm." for "24 Nm" scores 0.
"""

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

_THRESHOLD = 0.5


def score(references: str | Sequence[str], answer: str) -> float:
    """Return the average normalised Levenshtein similarity of one answer, 0 to 1: the best over its references.

    Formula 1 and threshold 0.5 of Biten et al., Scene Text Visual Question Answering, ICCV 2019; case and outer
    white space do not count there.
    """
    accepted = [references] if isinstance(references, str) else references
    given, *wanted = (" ".join(text.lower().split()) for text in (answer, *accepted))
    distances = (Levenshtein.normalized_distance(one, given) for one in wanted)
    return max((1 - distance for distance in distances if distance < _THRESHOLD), default=0.0)
