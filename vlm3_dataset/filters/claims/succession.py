"""Find which of two things comes first in a text, or goes out for which, and whether another text exchanges them. Pure.

    is_exchanged("Loosen the adjuster before the lock nut.", "loosen the lock nut before the adjuster")  ->  True

The words are all the same, so only their places tell.
"""

import re
from collections.abc import Iterator
from itertools import product

from vlm3_dataset.filters.claims.retelling import words
from vlm3_dataset.sources.threads.worth import BOUNDARY

RELATION = re.compile(r"(?i)\b(?:then|before|after|followed by|prior to)\b")
PART = r"[^.,;:()\n]+?"  # the thing itself, without what the sentence says beside it
END = r"(?=[.,;:()\n]|$)"
EXCHANGES = r"(?:swap|replac|exchang|chang)(?:e|es|ped|ping|ed|ing)?"
# `first` is what comes first, or is taken out; `last` what follows, or is put in.
ORDERS = tuple(
    re.compile(rf"(?i){pattern}")
    for pattern in (
        rf"(?P<first>{PART})[,;:]? (?:and )?(?:then|followed by)\b:? (?P<last>{PART}){END}",
        rf"^\W*(?:before|prior to) (?P<last>{PART})(?:, | (?=I\b))(?P<first>{PART}){END}",
        rf"^\W*after (?P<first>{PART})(?:, | (?=I\b))(?P<last>{PART}){END}",
        rf"(?P<first>{PART}) (?:before|prior to) (?P<last>{PART}){END}",
        rf"(?P<last>{PART}) after (?P<first>{PART}){END}",
    )
)
REPLACED = tuple(
    re.compile(rf"(?i){pattern}")
    for pattern in (
        rf"(?P<last>{PART}) (?:(?:was|were|is|are|been|got|it|them|one) )?{EXCHANGES} in for (?P<first>{PART}){END}",
        rf"\b{EXCHANGES} in (?P<last>{PART}) for (?P<first>{PART}){END}",
        rf"(?P<first>{PART}) (?:was|were|is|are|got) {EXCHANGES}(?: out)? (?:for|with|by|to) (?P<last>{PART}){END}",
        rf"\b{EXCHANGES}(?: out)? (?P<first>{PART}) (?:for|with|by|to) (?P<last>{PART}){END}",
        rf"(?P<last>{PART}) (?:instead|in place|in lieu) of (?P<first>{PART}){END}",
        rf"\b(?:went|go|going|switched|moved|changed) from (?P<first>{PART}) to (?P<last>{PART}){END}",
        rf"(?P<last>{PART}) replaced (?P<first>{PART}){END}",
    )
)


def successions(text: str) -> Iterator[tuple[str, str]]:
    """Yield what comes first or goes out, and what follows or comes in, where a sentence tells it of two things."""
    for sentence in BOUNDARY.split(text):
        kinds = (ORDERS if len(RELATION.findall(sentence)) == 1 else (), REPLACED)
        for patterns in kinds:
            found = next((found for each in patterns if (found := each.search(sentence))), None)
            if found:
                yield found["first"].strip(), found["last"].strip()


def is_exchanged(statement: str, quote: str) -> bool:
    """Return whether a statement has last what its quote has first, and the other way."""
    mine = [*successions(statement)]
    return any(_crossed(one, other) for one, other in product(mine, successions(quote) if mine else ()))


def _crossed(statement: tuple[str, str], quote: tuple[str, str]) -> bool:
    """Return whether what tells two things apart stands crosswise in two texts, and more of it than straight on."""
    first, last = map(words, statement)
    given_first, given_last = map(words, quote)
    first, last, given_first, given_last = (
        first - last, last - first, given_first - given_last, given_last - given_first,
    )  # fmt: skip
    across = (first & given_last, last & given_first)
    straight = len(first & given_first) + len(last & given_last)
    return all(across) and sum(map(len, across)) > straight
