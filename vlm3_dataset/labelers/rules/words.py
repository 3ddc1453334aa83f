"""Judge printed words: whether they are a label, an instruction, a value, half a sentence. Pure."""

import re
from collections import Counter
from collections.abc import Iterable

from vlm3_dataset.quantities import Quantity, find
from vlm3_dataset.schema import Segment

WORD = re.compile(r"[^\W\d_]{3,}")
INSTRUCTION = re.compile(
    r"(?i)(adjust|apply|attach|bleed|check|clean|coat|connect|correct|detach|disconnect|drain|draw|drive|fill|fit|hold|insert"
    r"|install|lift|loosen|lower|mark|measure|mount|move|never|note|only|open|place|press|pull|push|put|ream|release|remove"
    r"|replace|run|set|stop|take|tighten|turn|unscrew|use|when|if|always|do not|repeat|perform)\b"
)
BOUND = re.compile(r"(?i)^\s*(max|min|approx|about|at least|at most|up to)\w*\.?\s+")
STAGED = re.compile(r"(?i)(1st|first|stage 1|step 1)\b")
LOOSE_END = re.compile(r"(?i)([-,:/(]|\b(a|an|and|approx|at|by|for|from|in|of|on|or|the|to|with))$")
# Words of a heading, a note or a cell that say how far a value holds: as a limit, or for one car or engine.
LIMIT = re.compile(  # `cc/min` is none
    r"(?i)(?<!/)\b(max|min|maxim\w+|minim\w+|approx\w*|at least|at most|up to|not (more|less) than|limits?)\b"
)
CAR = re.compile(
    r"\b[357][1-5]\d ?(?:[iI][sSxXcC]?|e|es|td|tds|ti|g)\b|\([357][1-5]\d\)|(?<=BMW )[357][1-5]\d\b"
    r"|\bE[1-4]\d\b|\b[MNS]\d\d(?: ?[A-Z] ?\d\d)?\b(?! ?[x\d])|\bM[3-6]\b"
)  # `325` needs its letter or brackets, and `M12 x 1.5` is a thread
LONGEST_LABEL = 70  # characters; longer is a sentence
MOST_LABEL_WORDS = 9
MOST_ENTRY_WORDS = 16  # `33 mm, interchangeable with ...`
UNCLEAR = re.compile(
    r"[a-z][A-Z]|\b[A-Z]I[a-z]|[b-df-hj-kmnp-qs-tv-xz]l[b-df-hj-kmnp-tv-xz]|rl[bcfghjkmnp-rtv-xz]|ll[dt]|tlon|[^\W\d_]{2}[01][^\W\d_]|[a-z]/[a-z]\b|[|~\[\]{}<>_\\]"
    r"|\S  \S"  # a sign between two words
)
LONG_WORD = re.compile(r"[a-z]{4,}")
LIKE_LETTERS = str.maketrans("mich", "nleb")  # m is read as n, i as l, c as e, h as b, and the other way
UNCERTAIN = re.compile(r"(?<![\d.,])0\d|\d {1,3}\d|\d ?[CF]\b|\d{5}|\d[a-z]\b")
MOST_PLAIN_WORDS = 4  # without a number; the next word is that of a sentence


# Confidence of the reader below which no value is taken. On the scanned torque tables two values that had lost a digit
# (24 read as 2, 7 as 1) scored 0.95 and 0.57; of 309 above this that the tables' PDF settles, all were right.
SURE = 0.97


def is_sure(cell: Segment) -> bool:
    return cell.score >= SURE


def quantity_of(text: str) -> Quantity | None:
    """Return the quantity that a text is, or None where it is more or less than one; threads and codes are names."""
    found = find(text)
    if len(found) != 1 or found[0].kind in {"thread", "code"}:
        return None
    whole = len(BOUND.sub("", text).strip())
    return found[0] if len(found[0].text) >= 0.8 * whole else None


def is_value(text: str) -> bool:
    """Return True for one quantity, for one printed in two units (`0.50 mm (0.020")`), and for a torque in stages."""
    if quantity_of(text):
        return True
    parts = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", text.strip())
    in_two_units = parts and quantity_of(parts[1]) and quantity_of(parts[2])
    return bool(in_two_units or (STAGED.match(text) and len(find(text)) >= 2))


def first_quantity(text: str) -> Quantity | None:
    """Return the quantity of a value, the first where it has several; None for words."""
    return find(text)[0] if is_value(text) else None


def is_unit(text: str) -> bool:
    return not text[0].isdigit() and quantity_of(f"1 {text}") is not None


def is_phrase(text: str) -> bool:
    """Return True for words that can name a thing: not half a sentence, not a list of numbers."""
    return (
        bool(WORD.search(text))
        and len(text) <= LONGEST_LABEL
        and len(text.split()) <= MOST_LABEL_WORDS
        and (text[0].isupper() or text[0].isdigit() or text[0] in "\"'(")
        and not LOOSE_END.search(text)
        and text.count("(") == text.count(")")
    )


def is_label(text: str) -> bool:
    """Return True for the first cell of a table row: a phrase without a quantity; a thread is part of a name."""
    stripped = text.strip(" .:-*")
    return bool(stripped) and is_phrase(stripped) and not text.endswith(".") and is_named(text)


def is_named(text: str) -> bool:
    """Return True for a text without a quantity; threads and codes are names."""
    return all(quantity.kind in {"thread", "code"} for quantity in find(text))


def is_entry(text: str) -> bool:
    """Return True for words that can be the value of a `label: value` line, and are not the start of a paragraph."""
    return (
        len(text.split()) <= (MOST_ENTRY_WORDS if any(sign.isdigit() for sign in text) else MOST_PLAIN_WORDS)
        and not INSTRUCTION.match(text)
        and not LOOSE_END.search(text)
        and text.count("(") == text.count(")")
    )


def is_clear(text: str) -> bool:
    """Return False where OCR left letters that are no word: a capital or a digit inside of one (`AIl`, `swi1ch`)."""
    return not UNCLEAR.search(text)


def misread(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that OCR may have misread: a page prints one that looks like it more often (`sten`, `stem`)."""
    counts = Counter(word for text in texts for word in LONG_WORD.findall(text.casefold()))
    most = Counter[str]()
    for word, count in counts.items():
        shape = word.translate(LIKE_LETTERS)
        most[shape] = max(most[shape], count)
    return frozenset(word for word, count in counts.items() if count < most[word.translate(LIKE_LETTERS)])


def is_certain(text: str) -> bool:
    """Return False for a value that OCR may misread: `05 mm` lost its point, `0.7 1.7 mm` its dash, `80 C` is 8 °C.

    Nor is 87a a current: it is a terminal.
    """
    return not UNCERTAIN.search(text)
