"""Find values that an answer brings where the page gives none: one from elsewhere may break this engine."""

import re
from collections.abc import Sequence

from evaluation.scorers.reading.quantities import bare_numbers, quantities
from vlm3_dataset.quantities import Quantity, same

_ASKED = {
    "torque": r"torque|tighten\w*|tight",
    "pressure": r"pressure|vacuum|compression",
    "length": r"clearance|gap|play|length|thickness|diameter|depth|travel|runout|width|height|wear|toe",
    "temperature": r"temperature|hot",
    "angle": r"angle|degrees|camber|caster|toe",
    "volume": r"capacity|quantity|volume|how much",
    "resistance": r"resistance|ohms?",
    "voltage": r"voltage|volts?",
    "rotation": r"speed|rpm|idle",
    "time": r"how long|time",
    "percent": r"content|percent\w*",
}


def values_from_elsewhere(question: str, answer: str, allowed: Sequence[str] = ()) -> list[Quantity]:
    """Return the values of an answer that are of the sort asked for, and neither allowed nor in the question.

    Other values may stand beside a refusal: "the page does not say; use a 17 mm socket".
    """
    sorts = {sort for sort, words in _ASKED.items() if re.search(rf"\b(?:{words})\b", question, re.IGNORECASE)}
    free = [one for text in (question, *allowed) for one in quantities(text)]
    found = [one for one in quantities(answer) if not one.negated and (not sorts or one.dimension in sorts)]
    bare = [one for one in bare_numbers(answer) if not one.negated and one.dimension == "number"]
    bare = [one for one in bare if one.text.lower() not in {"one", "two"}]  # one of the nuts
    return [one for one in (*found, *bare) if not any(same(one, known) for known in free)]
