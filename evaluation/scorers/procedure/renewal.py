"""Tell whether a text wants a part replaced or lets it be used again, and whether it answers yes or no.

A bolt that stretches holds once: "can be used again" for "always replace" is as wrong as another torque.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from evaluation.scorers.keywords import Polarity, present
from vlm3_dataset.language.stems import stems

Renewal = Literal["replaced", "used again"]

_OTHER: dict[Renewal, Renewal] = {"replaced": "used again", "used again": "replaced"}
_SAYS: tuple[tuple[str, Polarity, Renewal], ...] = (
    ("renew", "affirmed", "replaced"),
    ("renew", "negated", "used again"),
    ("reuse", "affirmed", "used again"),
    ("reuse", "negated", "replaced"),
)
_AGAIN = re.compile(
    r"\b(?P<use>us(?:e|ed|ing))\b(?P<what>(?:\s[\w-]+){0,3}?)\s(?:again|twice|a second time|more than once"
    r"|several times|repeatedly)\b",
    re.IGNORECASE,
)
# Each way to say it becomes one of two verbs, so that only those need to be looked for with a "not" before them.
_REWRITES = tuple(
    (re.compile(pattern, re.IGNORECASE), new)
    for pattern, new in (
        (
            r"\bno reason (?:why|that)\b(?P<what>[^.;]{0,40}?)\b(?:could|can|should)(?:n't|not| not)\b",
            r"\g<what>can",
        ),
        (r"\bre-?us(?:e|ed|ing|able)\b", "reuse"),
        (
            r"\bus(?:e|ed) only once\b|\bonly (?:be )?used once\b|\b(?:single|one)[- ](?:use|time(?: use)?)\b",
            "not reuse",
        ),
        (
            (
                r"\bold (?:[\w-]+ ){1,3}?(?:can|may|could) (?:\w+ )?"
                r"(?:be (?:used|refitted|reinstalled|fitted|kept)|go (?:\w+ )?back)\b"
            ),
            "reuse",
        ),
        (r"\bold (?:[\w-]+ ){1,3}?(?:is|are) (?:fine|ok(?:ay)?|good|sufficient)\b", "reuse"),
        (
            (
                r"\b(?:use|refit|reinstall|keep|fit|install|screw in|put back) (?:the |your |its |all )?old\b"
                r"|\b(?:refit|reinstall|keep|screw in|put back) (?:the |your |its |all )?(?:original|existing)\b"
                r"|\bold (?:[\w()-]+ ){1,3}?back (?:on|in)\b"
            ),
            "reuse",
        ),
        (r"\b(?:discard|scrap|throw(?: away)?) (?:the |your |its |all )?(?:old|used)\b", "renew"),
        (r"\b(?:use|fit|install|insert|take|need|require|get)(?:s|ed|ted)?(?: \w+){0,2}? new\b", "renew"),
        (r"\bonly (?:with )?new\b|\b(?:with )?new(?= (?:\w+ )?\w+ only\b)|\bwith new\b", "renew"),
    )
)
# What is replaced if necessary, or by another part, is neither.
_REPLACED = re.compile(
    r"(?<!or )(?<!/)\b(?:replace|renew)d?\b(?! (?:or|by|with)\b|/)"
    r"(?![^.;:]*\b(?:if|when|where|as) (?:\w+ ){0,3}?(?:necessary|needed|required|worn|damaged|faulty)\b)",
    re.IGNORECASE,
)
# "Replace the valve" tells which part, and the right answer is not only that it is new: such a reference is not scored.
_EXPLICIT = re.compile(r"\b(?:renew|reuse|always|never|every time|each time|whenever)", re.IGNORECASE)
# Where an answer says both, what it says of the reference's own parts counts, clause by clause.
_CLAUSE = re.compile(r"[.;\n]|,? but\b|, ")
_THEY = re.compile(r"\b(?:it|they|them|these|those)\b", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:others?|if|unless|when|where|than|rest)\b", re.IGNORECASE)
_NO_PART = stems("always never replace renew reuse use new old must may can again fit install every time each")
_YES_OR_NO = re.compile(
    r"\W*(?:(?P<yes>yes|yep|yeah)|no|nope|never|not at all|(?:indeed|certainly|definitely) not"
    r"|(?:by|under|on|in) no (?:means|circumstances|account|case))(?:\s?[,;:!–—]|\s-|\.(?!\s?\d)|$)",
    re.IGNORECASE,
)


def with_reuse_verb(text: str) -> str:
    """Return a text with "used again", "used twice" and their like said as "reused"."""
    return _AGAIN.sub(r"re\g<use>\g<what>", text)


@lru_cache(maxsize=4096)  # a score asks up to three times for its reference and twice for its answer
def replaced_or_reused(text: str, question: str = "") -> Renewal | None:
    """Return what a text says of its parts; None where it says neither or both, as of two parts."""
    plain = _REPLACED.sub("renew", _with_renewal_verbs(text))
    said = {
        meant for verb, polarity, meant in _SAYS if present({"any": [verb], "verb": True, "polarity": polarity}, plain)
    }
    if question and (sign := _yes_or_no(text)) and (about := replaced_or_reused(question)):
        said.add(about if sign == "yes" else _OTHER[about])
    return said.pop() if len(said) == 1 else None


def _with_renewal_verbs(text: str) -> str:
    plain = with_reuse_verb(text.replace("’", "'"))
    for pattern, new in _REWRITES:
        plain = pattern.sub(new, plain)
    return plain


def is_told(reference: str, question: str) -> bool:
    """Return whether a reference wants a part replaced or lets it be used again, or answers yes or no."""
    explicit = _EXPLICIT.search(_with_renewal_verbs(reference)) or "reuse" in _with_renewal_verbs(question)
    return bool(explicit and replaced_or_reused(reference, question)) or _yes_or_no(reference) is not None


def says_the_same(reference: str, answer: str, question: str) -> bool:
    """Return whether an answer says the same of the parts, or opens with the same yes or no."""
    said = replaced_or_reused(reference, question)
    return (said is not None and said == replaced_or_reused(answer, question)) or _yes_or_no(reference) == _yes_or_no(
        answer
    ) is not None


def conflicts(reference: str, answer: str, question: str) -> Iterator[str]:
    """Yield what an answer turns round: a part to be replaced is used again, a no is a yes."""
    wanted, told = replaced_or_reused(reference, question), replaced_or_reused(answer, question)
    said = [told]
    if wanted and not told:  # what each clause says of the parts of the reference; "they" are the parts named last
        parts = stems(_with_renewal_verbs(reference)) - _NO_PART
        of_parts = True
        for clause in _CLAUSE.split(answer):
            words = stems(clause) - _NO_PART
            of_parts = bool(parts & words) or (of_parts and (not words or _THEY.search(clause) is not None))
            if of_parts and not _CONDITION.search(clause):
                said.append(replaced_or_reused(clause))
    yield from (f"{wanted}, not {one}" for one in said if wanted and one and one != wanted)
    signs = _yes_or_no(reference), _yes_or_no(answer)
    if None not in signs and len(set(signs)) > 1:
        yield f"{signs[0]}, not {signs[1]}"


def _yes_or_no(text: str) -> str | None:
    found = _YES_OR_NO.match(text)
    return None if found is None else "yes" if found["yes"] else "no"
