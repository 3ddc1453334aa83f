"""Five hundred good pairs, and each of them spoiled in every way: what the rules find, and what they take for one.

python -m tests.vlm3_dataset.filters.planted
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from tests.vlm3_dataset.labelers.rules.printed import printed
from vlm3_dataset.filters import rules
from vlm3_dataset.filters.grounding.grounding import grounded
from vlm3_dataset.filters.grounding.passages import PrintedPage
from vlm3_dataset.schema import QA

COUNT = 500
PARTS = ["flywheel", "clutch cover", "oil pump", "camshaft sprocket", "brake caliper", "drive flange", "sump", "hub"]
UNITS = [("Nm", "ft-lb", 0.737562), ("mm", "in", 1 / 25.4), ("bar", "psi", 14.5038)]
WORDS = {"Nm": "tightening torque", "mm": "wear limit", "bar": "pressure"}


@dataclass(frozen=True, slots=True)
class Found:
    """Of 500 good pairs and the same 500 with one fault each."""

    dropped: int  # of the spoiled ones
    doubted: int  # of those that stay, the ones whose numbers are not confirmed
    lost: int  # of the good ones

    @property
    def recall(self) -> float:
        return self.dropped / COUNT

    @property
    def precision(self) -> float:
        return self.dropped / max(1, self.dropped + self.lost)


@cache
def good(seed: int) -> tuple[QA, PrintedPage]:
    """A pair and its page, with other values around."""
    rng = random.Random(seed)
    part = f"{rng.choice(PARTS)} {rng.choice(['bolt', 'nut', 'seal', 'ring'])}"
    unit, other, factor = rng.choice(UNITS)
    value = rng.randrange(20, 400) if unit == "Nm" else rng.randrange(100, 999) / 100
    both = f"{value} {unit} ({value * factor:.{3 if unit == 'mm' else 0 if unit == 'Nm' else 1}f} {other})"
    lines = [f"{rng.choice(PARTS).title()} number {n}: {rng.randrange(400, 900)} {unit}" for n in range(6)]
    lines.insert(3, f"{part.title()}, {WORDS[unit]} {both}")
    answer = both if rng.random() < 0.5 else f"{value} {unit}"
    return QA(f"What is the {WORDS[unit]} of the {part}?", answer, lines[3], "torque", "claude", "m", "v"), printed(
        "\n".join(lines)
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
    "question of one word": lambda qa, rng: replace(qa, question=rng.choice(["Torque?", "Limit?", "Value?"])),
    "endless question": lambda qa, rng: replace(qa, question=f"{qa.question} " * 12),
    "question without words": lambda qa, rng: replace(qa, question=f"{rng.randrange(10**9, 10**10)} ?!"),
    "refusal": lambda qa, rng: replace(qa, answer=rng.choice(["I cannot read it.", "Not visible in the picture."])),
    "needs the page": lambda qa, rng: replace(
        qa, question=f"What does {rng.choice(['this', 'the'])} {rng.choice(['table', 'figure'])} give for the bolt?"
    ),
    "tells the answer": lambda qa, rng: replace(qa, question=f"{qa.question[:-1]}, is it {qa.answer}?"),
    "no evidence": lambda qa, rng: replace(qa, evidence=""),
    "invented evidence": lambda qa, rng: replace(qa, evidence=f"Torsion spring preload of the gearbox {qa.answer}"),
    "another number": digit,
    "units that disagree": lambda qa, rng: replace(
        qa, answer="24 Nm (28 ft-lb)", evidence=f"{qa.evidence} 24 Nm (28 ft-lb)"[-60:]
    ),
    "answer in another language": lambda qa, rng: replace(qa, answer=f"Das ist für die {qa.answer}"),
    "another language": lambda qa, rng: replace(qa, question=f"Qual è il valore della parte {rng.choice(PARTS)}?"),
}


def misread(qa: QA, rng: random.Random) -> QA:
    """One digit is read wrong wherever it is told: no rule can refute it, and the page's text does not confirm it."""
    value = qa.answer.split()[0]
    wrong = digit(replace(qa, answer=value), rng).answer
    return replace(qa, answer=qa.answer.replace(value, wrong, 1), evidence=qa.evidence.replace(value, wrong, 1))


def found(fault: Callable[[QA, random.Random], QA]) -> Found:
    dropped = doubted = lost = 0
    for seed in range(COUNT):
        qa, page = good(seed)
        spoiled = fault(qa, random.Random(seed))
        if rules.refuse(spoiled, page):
            dropped += 1
        else:
            doubted += grounded(spoiled, page).numbers_grounded == "unconfirmed"
        lost += rules.refuse(qa, page) is not None
    return Found(dropped, doubted, lost)


def main() -> None:
    print(f"{'fault':<28}{'recall':>8}{'precision':>11}{'in doubt':>10}")
    for name, fault in (FAULTS | {"one digit misread": misread}).items():
        one = found(fault)
        print(f"{name:<28}{one.recall:>8.3f}{one.precision:>11.3f}{one.doubted:>10}")


if __name__ == "__main__":
    main()
