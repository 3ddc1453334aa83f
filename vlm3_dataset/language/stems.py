"""Compare texts by their words that carry meaning, each cut to its first letters. Pure."""

import re

WORD = re.compile(r"[^\W_]{3,}")
EMPTY_WORDS = """
    the and for with from what how when where which why does did has have had was were will would can could should
    not but after before this that your you are get got new then than its his her their they she him one two into
    onto out off over under very just also only some any all each both been being about because there here who whom
    them these those such
    our said says owner owners according reported several car cars found turned problem because while once about
    more most until same
"""
EMPTY = frozenset(EMPTY_WORDS.split())
STEM = 5  # first letters that two words must share to be the same: cleaned and cleaning


def stem(word: str) -> str:
    """Return the first letters of a word, without the s of a plural or a verb: syncs and sync are one."""
    return (word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] != "s" else word)[:STEM]


def stems(text: str) -> frozenset[str]:
    """Return the words that carry meaning, by their first letters."""
    return frozenset(word[:STEM] for word in WORD.findall(text.casefold()) if word not in EMPTY and not word.isdigit())
