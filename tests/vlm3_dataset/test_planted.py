"""Five hundred good pairs, and each of them spoiled in every way: what the rules find, and what they take for one."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from vlm3_dataset.quality import checks
from vlm3_dataset.schema import QA

COUNT = 500
PARTS = ["flywheel", "clutch cover", "oil pump", "camshaft sprocket", "brake caliper", "drive flange", "sump", "hub"]
UNITS = [("Nm", "ft-lb", 0.737562), ("mm", "in", 1 / 25.4), ("bar", "psi", 14.5038)]
WORDS = {"Nm": "tightening torque", "mm": "wear limit", "bar": "pressure"}


def good(seed: int) -> tuple[QA, str]:
    """A pair and the text of its page, with other values around."""
    rng = random.Random(seed)
    part = f"{rng.choice(PARTS)} {rng.choice(['bolt', 'nut', 'seal', 'ring'])}"
    unit, other, factor = rng.choice(UNITS)
    value = rng.randrange(20, 400) if unit == "Nm" else rng.randrange(100, 999) / 100
    both = f"{value} {unit} ({value * factor:.{3 if unit == 'mm' else 0 if unit == 'Nm' else 1}f} {other})"
    lines = [f"{rng.choice(PARTS).title()} number {n}: {rng.randrange(400, 900)} {unit}" for n in range(6)]
    lines.insert(3, f"{part.title()}, {WORDS[unit]} {both}")
    answer = both if rng.random() < 0.5 else f"{value} {unit}"
    return QA(f"What is the {WORDS[unit]} of the {part}?", answer, lines[3], "torque", "claude", "m", "v"), "\n".join(
        lines
    )


def digit(qa: QA, rng: random.Random) -> QA:
    """One digit of the answer is another."""
    places = [place for place, sign in enumerate(qa.answer) if sign.isdigit()]
    place = rng.choice(places)
    wrong = rng.choice([sign for sign in "0123456789" if sign != qa.answer[place]])
    return replace(qa, answer=qa.answer[:place] + wrong + qa.answer[place + 1 :])


FAULTS: dict[str, Callable[[QA, random.Random], QA]] = {
    "empty answer": lambda qa, rng: replace(qa, answer=""),
    "endless answer": lambda qa, rng: replace(qa, answer=f"{qa.answer} " * 110),
    "refusal": lambda qa, rng: replace(qa, answer=rng.choice(["I cannot read it.", "Not visible in the picture."])),
    "needs the page": lambda qa, rng: replace(qa, question=f"What does this {rng.choice(['page', 'table'])} give?"),
    "tells the answer": lambda qa, rng: replace(qa, question=f"{qa.question[:-1]}, is it {qa.answer}?"),
    "no evidence": lambda qa, rng: replace(qa, evidence=""),
    "invented evidence": lambda qa, rng: replace(qa, evidence=f"Torsion spring preload of the gearbox {qa.answer}"),
    "another number": digit,
    "units that disagree": lambda qa, rng: replace(
        qa, answer="24 Nm (28 ft-lb)", evidence=f"{qa.evidence} 24 Nm (28 ft-lb)"[-60:]
    ),
    "another language": lambda qa, rng: replace(qa, question=f"Qual è il valore della parte {rng.choice(PARTS)}?"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault):
    """499 of 500 at least: a digit may change to one that stands beside it in the evidence (1 of 24 Nm (18 ft-lb))."""
    found = 0
    for seed in range(COUNT):
        qa, page = good(seed)
        found += checks.refuse(FAULTS[fault](qa, random.Random(seed)), page) is not None
    assert found >= 0.99 * COUNT, f"{found} of {COUNT}"


def test_no_good_pair_is_dropped():
    assert [checks.refuse(*good(seed)) for seed in range(COUNT)] == [None] * COUNT


def test_an_invented_torque_on_a_page_without_any():
    page = "Tighten all bolts to the specified torque, see Specifications. Replace the seal."
    invented = QA("What is the torque of the bolts?", "24 Nm", "specified torque, see Specifications", "", "", None, "")
    assert checks.refuse(invented, page)
