"""Whether the numbers of an answer were read on its page too. Pure."""

import re
from decimal import Decimal

from vlm3_dataset.schema import QA, Grounding

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


def grounding(qa: QA, page_text: str, engine: str) -> Grounding:
    """Whether every number of the answer was read on the page too. A reader may confirm a number, never veto one.

    Nor may it confirm its own: what the labeler by rules took from OCR stays unconfirmed.
    """
    wanted = NUMBER.findall(qa.answer)
    if not wanted:
        return "none"
    if qa.labeler == "rules" and engine.startswith("rapidocr"):
        return "unconfirmed"
    read = values(page_text)
    return "verified" if all(values(number) & read for number in wanted) else "unconfirmed"


def values(text: str) -> set[Decimal]:
    """What a text's numbers can mean: a comma is a decimal point, and before three digits also a thousands mark."""
    found = set()
    for number in NUMBER.findall(text):
        if number.count(".") + number.count(",") <= 1:
            found.add(Decimal(number.replace(",", ".")).normalize())
        if THOUSANDS.fullmatch(number):
            found.add(Decimal(re.sub(r"[.,]", "", number)).normalize())
    return found
