"""Recognise answers that say nothing: blank ones, and refusals to read the page.

A judge that looks for wrong claims finds none in them and gives full marks (measured: a blank answer scores 1.0 on
DeepEval's Faithfulness and AnswerRelevancy). Here they score 0 before any metric sees them, and are counted.
"""

import re
from typing import Literal

Silence = Literal["blank", "refusal"]

_CANNOT = r"(?:can(?:no|')t|can not|could not|couldn't|am unable to|am not able to|do not|don't|did not|didn't)"
_REFUSAL = re.compile(
    rf"""\b(?:
        i(?:'m|\ am)\ (?:sorry|afraid|not\ sure|unable)
      | i\ {_CANNOT}\ (?:\w+\ )?(?:see|read|find|tell|determine|answer|provide|know|identify|make\ out|help)
      | as\ an?\ (?:ai|language\ model)
      | (?:is|are|was|were)(?:\ not|n't)\ (?:\w+\ )?
        (?:visible|legible|readable|shown|stated|specified|mentioned|provided|given|listed|indicated|printed|found
          |included|available)
      | (?:page|image|picture|text|document|manual)\ does(?:\ not|n't)\ (?:\w+\ )?
        (?:say|show|state|specify|mention|contain|provide|give|include|list|indicate|tell|print)
      | no\ (?:information|answer|mention|such|(?:\w+\ ){{0,2}}(?:value|figure|specification)\ is)\b
      | (?:gives?|states?|prints?|shows?|contains?|lists?|has|names?|is|are|there's)\ no\ (?:\w+\ ){{0,2}}
        (?:torque|value|figure|pressure|clearance|number|amount|quantity|thickness|limit|size|specification)s?
      | no\ (?:\w+\ ){{0,2}}(?:torque|value|figure|pressure|clearance|amount|thickness)\ (?:is\ |was\ )?
        (?:given|stated|shown|printed|listed|specified|on\ th(?:is|e)\ page)
      | not\ (?:stated|given|shown|specified|printed|listed|mentioned|available|on\ th(?:is|e)\ page)
    )""",
    re.VERBOSE | re.IGNORECASE,
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
    return _REFUSAL.search(answer.replace("’", "'")) is not None


def _refuses(text: str) -> bool:
    return declines(text[:_OPENING])
