"""Real references, each with something else in one place, or said in another way: what the scores must tell apart.

    python -m tests.evaluation.changes ../shared/cases/real_rows.jsonl [seed]

A file holds one object a line with `question` and `answer`. Of the rows that are scored, 5,000 single changes (nearly
all of them digits, as answers hold) should each bring a score below 1, and 2,000 harmless paraphrases none. A second
draw takes each kind of change by itself from all rows, and counts those apart that no metric looks at: a digit, a
wire's colour, a side, a unit, a "not" taken out or put in, a verb turned into its opposite, two steps exchanged.
"""

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.scorers import identifiers, numeric

CHANGES, PARAPHRASES, OF_A_KIND = 5_000, 2_000, 500
COLOURS = ("BK", "BR", "BU", "GN", "GY", "OR", "PK", "RD", "VI", "WT", "YL")
COLOUR_WORDS = ("black", "brown", "blue", "green", "grey", "orange", "red", "violet", "white", "yellow")
SIDES = (("left", "right"), ("front", "rear"), ("upper", "lower"), ("inner", "outer"), ("intake", "exhaust"),
         ("clockwise", "counterclockwise"), ("top", "bottom"), ("above", "below"), ("minimum", "maximum"))  # fmt: skip
UNITS = ("Nm", "ft. lbs.", "bar", "psi", "mm", "cm", "°C", "°F", "rpm", "V", "A", "kΩ", "ohms", "kg", "km/h", "liters")
_COLOUR = re.compile(rf"\b(?:{'|'.join(COLOURS)})\b(?=[/ .,)]|$)")
_UNIT = re.compile(rf"(?<=\d)\s?(?:{'|'.join(map(re.escape, UNITS))})(?![\w°])")
_FORBIDS = re.compile(r"\b(?:do not|don't|never|must not) (?=[a-z]+\b)", re.IGNORECASE)
_STATES = re.compile(r"\b(?:is|are|must|should|can|may|will|was|were)\b(?! (?:not|never|no)\b)", re.IGNORECASE)
OPPOSITES = (("tighten", "loosen"), ("install", "remove"), ("open", "close"), ("connect", "disconnect"),
             ("fill", "drain"), ("lock", "unlock"), ("screw in", "unscrew"), ("insert", "pull out"),
             ("replace", "reuse"), ("attach", "detach"), ("engage", "disengage"), ("increase", "reduce"))  # fmt: skip
_CLAUSE = r"(?:(?<=^)|(?<=[.;,] )|(?<= and )|(?<= then )|(?<=[.;,:] and )|(?<=^First ))"  # where a command begins
_COMMANDS = re.compile(  # at the start of a sentence
    rf"(?:(?<=^)|(?<=[.;] ))(?P<verb>{'|'.join(verb for pair in OPPOSITES for verb in pair)}|use|check|turn|drive|clean"
    r"|heat|coat|mark|apply)\b",
    re.IGNORECASE,
)
_STEPS = re.compile(r"^(?P<first>[A-Z][^,.;]{8,60}), then (?P<then>[^,.;]{8,80})\.?$")


@dataclass(frozen=True, slots=True)
class Row:
    question: str
    answer: str


Variants = Callable[[Row, random.Random], Iterator[str]]


def digits(row: Row, draw: random.Random) -> Iterator[str]:
    for at, char in enumerate(row.answer):
        if char.isdecimal():
            for other in draw.sample("0123456789".replace(char, ""), 3):
                yield f"{row.answer[:at]}{other}{row.answer[at + 1 :]}"


def colours(row: Row, draw: random.Random) -> Iterator[str]:
    for found in _COLOUR.finditer(row.answer):
        yield _put(row.answer, found, draw.choice([one for one in COLOURS if one != found.group()]))
    for found in re.finditer(rf"\b(?:{'|'.join(COLOUR_WORDS)})\b", row.answer):
        if re.search(r"\bwires?\b", row.answer):
            yield _put(row.answer, found, draw.choice([one for one in COLOUR_WORDS if one != found.group()]))


def sides(row: Row, _: random.Random) -> Iterator[str]:
    """What the question names as well need not be repeated, and what the answer names as both is no side."""
    for pair in SIDES:
        for one, other in (pair, pair[::-1]):
            places = [*re.finditer(rf"\b{one}\b", row.answer)]
            if len(places) == 1 and not re.search(rf"\b{other}\b", f"{row.answer} {row.question}"):
                yield _put(row.answer, places[0], other)


def units(row: Row, draw: random.Random) -> Iterator[str]:
    for found in _UNIT.finditer(row.answer):
        yield _put(row.answer, found, f" {draw.choice([one for one in UNITS if one != found.group().strip()])}")


def negations(row: Row, _: random.Random) -> Iterator[str]:
    for found in _FORBIDS.finditer(row.answer):
        yield _put(row.answer, found, "")


def insertions(row: Row, _: random.Random) -> Iterator[str]:
    """A "not" where there was none: what is so is not so, what is to be done is not to be done."""
    for found in _STATES.finditer(row.answer):
        yield _put(row.answer, found, f"{found.group()} not")
    for found in _COMMANDS.finditer(row.answer):
        yield _put(row.answer, found, f"Do not {found.group().lower()}")


def opposites(row: Row, _: random.Random) -> Iterator[str]:
    """A command turned round, unless the answer has the other verb too, or the question names it."""
    for pair in OPPOSITES:
        for one, other in (pair, pair[::-1]):
            found = re.search(rf"{_CLAUSE}{one}\b", row.answer, re.IGNORECASE)
            if found and not re.search(rf"\b{other}", f"{row.answer} {row.question}", re.IGNORECASE):
                yield _put(row.answer, found, other.capitalize() if found.group()[0].isupper() else other)


def orders(row: Row, _: random.Random) -> Iterator[str]:
    if found := _STEPS.match(row.answer):
        yield f"{found['then'].capitalize()}, then {found['first'][0].lower()}{found['first'][1:]}."


def paraphrases(row: Row, _: random.Random) -> Iterator[str]:
    """The same in other words, signs and forms."""
    said = row.answer
    for pattern, other in (
        (r"(?<=\d)\s?Nm\b", " N·m"),
        (r"(?<=\d)\s?Nm\b", " newton metres"),
        (r"(?<=\d) mm\b", "mm"),
        (r"(?<=\d)\s?°C\b", " degrees Celsius"),
        (r"(?<=\d)\s?ft\. ?lbs?\.", " lb-ft"),
        (r"(?<=\d)\s?-\s?(?=\d+(?:\.\d+)? ?(?:mm|bar|Nm|°C|V|psi)\b)", " to "),
        (r"(?<=\d)\s?-\s?(?=\d+(?:\.\d+)? ?(?:mm|bar|Nm|°C|V|psi)\b)", "–"),
        (r"(?<=\d)\.(?=\d+ ?(?:mm|bar|V)\b)", ","),
        (r"(?<=[a-z]) and (?=[a-z])", " as well as "),
        (r"\b(?:is|are) (?=\d)", "should be "),
        (r"\bUse\b", "One uses"),
        (r"\bRemove\b", "Take out"),
        (r"\bbolts\b", "screws"),
        (r"\bcolor", "colour"),
        (r"\bdo not\b", "don't"),
    ):
        yield re.sub(pattern, other, said)
    yield f"According to the page: {said}"
    yield f"**{said}**"
    yield f"{said}\n\nI hope this helps."
    yield f"- {said}"
    yield said.upper() if not re.search(r"\d\s?[a-zµΩ°]", said) else said
    yield re.sub(r"; ", ".\n- ", said)
    yield re.sub(r"\s+", "  ", said)


KINDS: dict[str, Variants] = {
    "order": orders, "negation taken out": negations, "negation put in": insertions, "opposite verb": opposites,
    "colour": colours, "side": sides, "unit": units, "digit": digits,
}  # fmt: skip
HELD = ("order", "negation taken out", "colour", "side", "unit", "digit")  # kinds that the scores tell apart


def score(row: Row, answer: str) -> float | None:
    """The lower of the two scores; None where neither has anything to say."""
    found = [one.score(row.answer, answer, question=row.question) for one in (numeric, identifiers)]
    return min((one for one in found if one is not None), default=None)


def tried(rows: Sequence[Row], of: Variants, seed: int, most: int) -> list[tuple[Row, str]]:
    """At most so many variants of the rows, drawn evenly."""
    draw = random.Random(seed)
    made = [(row, text) for row in rows for text in dict.fromkeys(of(row, draw)) if text != row.answer]
    return made if len(made) <= most else draw.sample(made, most)


def told(kind: str, made: Sequence[tuple[Row, str]], *, show: bool = True) -> tuple[int, int]:
    """Print how many of some changes pass, and how many are in rows that are not scored; return both."""
    scored = [(row, text) for row, text in made if score(row, row.answer) is not None]
    through = [(row, text) for row, text in scored if score(row, text) in (1, None)]
    unscored = len(made) - len(scored)
    print(f"{kind}: {len(through)} of {len(scored)} pass" + (f", {unscored} more are not scored" if unscored else ""))
    for row, text in through if show else ():
        print(f"    {score(row, text)} {row.question!r}\n      {row.answer!r}\n      {text!r}")
    return len(through), unscored


def _put(text: str, found: re.Match[str], new: str) -> str:
    return text[: found.start()] + new + text[found.end() :]


def main(path: Path, seed: int) -> None:
    rows = [Row(one["question"], one["answer"]) for one in map(json.loads, path.read_text("utf-8").splitlines())]
    scored = [row for row in rows if score(row, row.answer) is not None]
    digits_in = [any(map(str.isdecimal, row.answer)) for row in rows]
    unscored = sum(with_digit and row not in scored for row, with_digit in zip(rows, digits_in, strict=True))
    print(f"{len(rows)} rows, {sum(digits_in)} with a digit, {unscored} of these not scored, {len(scored)} scored")
    print(f"below 1 on themselves: {sum(score(row, row.answer) < 1 for row in scored)}")
    passed, left = Counter(), CHANGES
    for kind in HELD:
        made = tried(scored, KINDS[kind], seed, left)
        left -= len(made)
        passed[kind] = told(kind, made)[0]
    print(f"{passed.total()} of {CHANGES - left} changes pass")
    print(f"\nby kind, at most {OF_A_KIND} of all rows:")
    for kind, of in KINDS.items():
        told(kind, tried(rows, of, seed, OF_A_KIND), show=False)
    made = tried(scored, paraphrases, seed, PARAPHRASES)
    missed = [(row, text) for row, text in made if score(row, text) < 1]
    for row, text in missed:
        print(f"    {score(row, text):.2f} {row.question!r}\n      {row.answer!r}\n      {text!r}")
    print(f"{len(missed)} of {len(made)} paraphrases are missed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
