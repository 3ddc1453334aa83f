"""Tell which of two things is the higher or the longer, and whether an answer turns that round.

"The valve sits higher than the canister" is the same as "the canister sits lower than the valve", and "nothing is
tightened more than the nut" makes the nut the tightest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vlm3_dataset.language.stems import stems

_PAIRS = (
    ("higher", "lower"),
    ("longer", "shorter"),
    ("larger|bigger|greater|more", "smaller|less"),
    ("thicker", "thinner"),
    ("wider", "narrower"),
    ("tighter", "looser"),
    ("warmer|hotter", "colder|cooler"),
    ("closer|nearer", "farther|further"),
    ("earlier|sooner", "later"),
    ("heavier", "lighter"),
)
_SUPERLATIVES = tuple(
    re.compile(rf"\b(?<!\bat )(?<!\bfor the )(?:{words})\b(?! (?:of|models?|cars?)\b)", re.IGNORECASE)
    for words in (
        "highest|most|largest|greatest|biggest|tightest|strongest",
        "lowest|least|smallest|loosest|weakest",
    )
)
_THAN = tuple(
    tuple(re.compile(rf"\b(?:{words})\b(?: [\w-]+){{0,3}}? than\b(?! (?:about )?\d)", re.IGNORECASE) for words in pair)
    for pair in _PAIRS
)
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n")
_NO_OTHER = re.compile(r"\b(?:no|none|nothing|nowhere)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """That one thing is more (or less) than another, each as the stems of its words."""

    pair: int
    is_less: bool
    thing: frozenset[str]
    other: frozenset[str]


def conflicts(reference: str, answer: str, question: str) -> Iterator[str]:
    """Yield which of two things an answer has as the lower for the higher, or as the lowest for the highest."""
    told = [*_comparisons(answer)]
    for one in _comparisons(reference):
        ours, theirs = one.thing - one.other, one.other - one.thing
        for other in told:
            straight = len(ours & other.thing) + len(theirs & other.other)
            crossed = len(ours & other.other) + len(theirs & other.thing)
            alike = one.is_less == other.is_less
            if one.pair == other.pair and (crossed > 2 * straight if alike else straight > 2 * crossed):
                yield f"{'less' if one.is_less else 'more'}, not the other"
    wanted, given = _extremes(reference) or _extremes(question), _extremes(answer)
    if len(wanted) == 1 and given and wanted.isdisjoint(given):
        yield "lowest, not highest" if wanted == {1} else "highest, not lowest"


def _comparisons(text: str) -> Iterator[_Comparison]:
    for sentence in _SENTENCE.split(text):
        for at, pair in enumerate(_THAN):
            for which, pattern in enumerate(pair):
                for match in pattern.finditer(sentence):
                    if not _NO_OTHER.search(sentence[: match.start()]):
                        before, after = stems(sentence[: match.start()]), stems(sentence[match.end() :])
                        yield _Comparison(at, bool(which), before, after)


def _extremes(text: str) -> set[int]:
    """Return whether a text has something as the most (0) or the least (1): nothing is tightened more than the nut."""
    found = {at for at, words in enumerate(_SUPERLATIVES) if words.search(text)}
    for sentence in _SENTENCE.split(text):
        found |= {
            at
            for pair in _THAN
            for at, pattern in enumerate(pair)
            if (match := pattern.search(sentence)) and _NO_OTHER.search(sentence[: match.start()])
        }
    return found
