"""Find pages that are nearly the same: one table scanned and printed, one page in two editions. Pure.

They are compared by their words, if they have any: pages share a layout far more often than their content. On a real
shelf, pictures that differ in 2 of 256 bits of a difference hash were different tables of one book, while trigrams of
words separate 124 pairs of scan and print (Jaccard 0.5 and more, in spite of OCR's errors) from the next likest at 0.3.
The picture counts only for a page without words.
"""

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

import numpy as np
from PIL import Image

SHARED = 0.5  # of the word trigrams of two pages together
FEWEST = 10  # trigrams; with fewer the picture decides
COMMON = 40  # pages; a trigram on more of them is a running head, or theirs because they are all alike
LONG = 40  # trigrams of a page that is more than a running head
EDGE = 16  # a difference hash of 16 x 16 bits
APART = 4  # of its 256 bits
WORD = re.compile(r"\w+")

Look = bytes  # 32 bytes


def trigrams(text: str) -> frozenset[tuple[str, ...]]:
    words = WORD.findall(text.casefold())
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def look(picture: bytes) -> Look:
    """Return the difference hash of a picture: for 16 x 16 places, whether it gets lighter to the right."""
    with Image.open(io.BytesIO(picture)) as image:
        image.draft("L", (8 * EDGE, 8 * EDGE))
        shades = np.asarray(image.convert("L").resize((EDGE + 1, EDGE), Image.Resampling.BOX), dtype=np.int16)
    return np.packbits(shades[:, 1:] > shades[:, :-1]).tobytes()


def alike_in_words(pages: Mapping[str, frozenset[tuple[str, ...]]]) -> Iterator[tuple[str, str]]:
    """Yield pairs of pages that are alike by their trigrams; pages with too few are left out."""
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for page_id in sorted(pages):
        if len(pages[page_id]) >= FEWEST:
            for trigram in pages[page_id]:
                holders[trigram].append(page_id)
    shared = Counter(pair for holding in holders.values() for pair in _compared(holding, pages))
    for (one, other), count in sorted(shared.items()):
        if count >= SHARED * len(pages[one] | pages[other]):
            yield one, other


def _compared(holding: Sequence[str], pages: Mapping[str, frozenset[tuple[str, ...]]]) -> Iterator[tuple[str, str]]:
    """Return the pairs of the pages that have a trigram; of very many only neighbours, which join them all."""
    if len(holding) <= COMMON:
        return combinations(holding, 2)
    return pairwise(page_id for page_id in holding if len(pages[page_id]) >= LONG)


def alike_in_looks(looks: Mapping[str, Look]) -> Iterator[tuple[str, str]]:
    """Yield pairs of pictures that differ in a few bits."""
    names = sorted(looks)
    bits = np.array([np.frombuffer(looks[name], np.uint8) for name in names])
    for row, name in enumerate(names):
        differ = np.bitwise_count(bits[row] ^ bits[row + 1 :]).sum(axis=1)
        for other in np.flatnonzero(differ <= APART):
            yield name, names[row + 1 + other]
