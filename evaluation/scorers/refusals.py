"""Recognise answers that say nothing: blank ones, and refusals to read the page.

A judge that looks for wrong claims finds none in them and gives full marks (measured: a blank answer scores 1.0 on
DeepEval's Faithfulness and AnswerRelevancy). Here they score 0 before any metric sees them, and are counted.
"""

import re
from typing import Literal

Silence = Literal["blank", "refusal"]

_CANNOT = (
    r"(?:can(?:no|')t|can\ not|could\ not|couldn't|am\ unable\ to|am\ not\ able\ to|do\ not|don't|did\ not|didn't)"
)
_PAGE = r"(?:page|image|picture|text|document|manual|sheet|table|diagram|scan|photo|excerpt|context)"
_HERE = rf"(?:here|(?:in|on|by|from|with|within)\ (?:th(?:e|is|at)|your)\ (?:\w+\ ){{0,2}}{_PAGE})"
_ASKED = (  # what a page is asked for; a gasket is not
    r"(?:information|details?|answer|data|torques?|values?|figures?|pressures?|clearances?|numbers?|specifications?|specs?"
    r"|settings?|amounts?|capacit(?:y|ies)|angles?|temperatures?|intervals?)"
)
_REFUSAL = re.compile(
    rf"""\b(?:
        i(?:'m|\ am)\ (?:(?:sorry|afraid)(?=\W*$)|not\ sure|unable)
      | i\ {_CANNOT}\ (?:\w+\ )?(?:see|read|find|tell|determine|answer|provide|know|identify|make\ out|help)
      | i\ (?:do\ not|don't)\ have\ (?:\w+\ ){{0,3}}(?:information|access|data|image|page|answer)
      | as\ an?\ (?:ai|language\ model)
      | (?:is|are|was|were)(?:\ not|n't)\ (?:\w+\ )?
        (?:legible|readable|stated|specified|mentioned|given|listed|indicated|printed)
      | (?:is|are|was|were)(?:\ not|n't)\ (?:\w+\ )?(?:visible|shown|provided|found|included|available)\ {_HERE}
      | {_ASKED}(?:\ \w+){{0,8}}\ (?:is|are|was|were)(?:\ not|n't)\ (?:\w+\ )?
        (?:visible|shown|provided|found|included|available)
      | (?:it|that|this)\ (?:is|was)(?:\ not|n't)\ (?:visible|shown|provided|found|included|available)(?=\s*[.!]?\s*$)
      | (?:cannot|can't|can\ not|could\ not|couldn't)\ be\ (?:\w+ly\ )?
        (?:determined|answered|identified|established|ascertained|inferred|extracted|deduced|derived|made\ out|known
          |read(?!\ off)|(?:found|seen|provided|given|confirmed|verified)(?=\ {_HERE}))
      | impossible\ to\ (?:say|tell|determine|read|answer)
      | (?:missing|absent)\ from\ (?:th(?:e|is)|your)\ (?:\w+\ ){{0,2}}{_PAGE}
      | {_PAGE}\ does(?:\ not|n't)\ (?:\w+\ )?
        (?:say|show|state|specify|mention|contain|provide|give|include|list|indicate|tell|print)
      | {_PAGE}\ (?:lacks|omits|leaves\ out|is\ (?:illegible|unreadable|too\ (?:blur\w+|dark|small|faint|unclear)))
      | no\ (?:information|answer|mention|such\ {_ASKED}|(?:\w+\ ){{0,2}}(?:value|figure|specification)\ is)\b
      | (?:{_PAGE}\ (?:has|is)|gives?|states?|prints?|shows?|contains?|lists?|names?)\ no\ (?:\w+\ ){{0,2}}
        (?:torque|value|figure|pressure|clearance|number|amount|quantity|thickness|limit|size|specification)s?
      | (?:has|have|is|are|there's)\ no\ (?:\w+\ ){{0,2}}(?:torque|value|figure|specification)s?\b
      | no\ (?:\w+\ ){{0,2}}(?:torque|value|figure|pressure|clearance|amount|thickness)\ (?:is\ |was\ )?
        (?:given|stated|shown|printed|listed|specified|on\ th(?:is|e)\ page)
      | not\ (?:stated|given|specified|printed|listed|mentioned|on\ th(?:is|e)\ page)
    )
    | ^\W*(?:n/?a|n\.\ ?a\.|unknown|(?:not|none)\ (?:given|shown|available|visible|provided|found|applicable|known))\W*$
    """,
    re.VERBOSE | re.IGNORECASE,
)
# In a condition or an instruction the same words are about the car: "make sure there is no pressure".
_CONDITION = re.compile(
    r"\b(?:if|when|where|until|unless|once|in case|make sure|ensure|check|see to it|so that)\b[^.,;!?]{0,80}$",
    re.IGNORECASE,
)
# An apology stands at the start; further on the same words are about the car ("if the mark is not visible, turn ...").
_OPENING = 160


def classify_silence(answer: str, reference: str) -> Silence | None:
    """Return whether an answer is blank or a refusal; None if it is neither.

    An answer with a digit is never a refusal: it commits itself, and the metrics judge it. Nor is any answer where the
    reference itself says that the page does not tell.
    """
    if not any(char.isalnum() for char in answer):
        return "blank"
    if any(char.isdigit() for char in answer) or _refuses(reference):
        return None
    return "refusal" if _refuses(answer) else None


def declines(answer: str) -> bool:
    """Return whether an answer says anywhere that the page does not tell, whatever else it says."""
    text = answer.replace("’", "'")
    return any(not _CONDITION.search(text[: found.start()]) for found in _REFUSAL.finditer(text))


def _refuses(text: str) -> bool:
    return declines(text[:_OPENING])
