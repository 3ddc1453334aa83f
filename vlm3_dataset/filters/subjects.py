"""Find what a phrase is about, and whether two phrases are about one thing. Pure.

A valve spring is no tensioner spring, though both are springs with a free length: a noun is told from others like it
by what stands before it, or behind an "of". An owner's words are about a fact of the manual if they add nothing to its
noun, and if his thread has all that the fact adds to it: "the spring" alone is the valve spring only where he speaks of
valves.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

from vlm3_dataset.filters.duplicates import OPPOSITES, distinguishing_words
from vlm3_dataset.filters.phrases import EMPTY
from vlm3_dataset.quantities import Quantity, find, respelled
from vlm3_dataset.sources.worth import sentence

NAMED = 0.75  # share of a fact's words that an answer must name
SUBJECT = 0.5  # share of an answer's words that must be the fact's subject
STEM = 5  # first letters that two words must share to be the same: adjusted and adjustment
SAME = {
    "screw": "bolt", "lash": "clear", "gap": "clear", "intak": "inlet", "thick": "width", "tyre": "tire",
    "disk": "disc", "rotor": "disc", "water": "coola", "capac": "quant", "conte": "quant", "filli": "quant",
    "capat": "quant", "cam": "camsh", "diff": "diffe", "temp": "tempe", "trans": "gearb", "trann": "gearb",
    "openi": "open", "play": "clear",
}  # fmt: skip
NO_CON_ROD = r"(?<!tie )(?<!track )(?<!push )(?<!gear )(?<!selector )(?<!connecting )"
SYNONYMS = tuple(
    (re.compile(rf"(?i)\b(?:{spelling})\b"), term)
    for spelling, term in (
        (r"(?:sump|oil pan)(?: drain)? plug", "oil drain plug"),
        (r"oil pan", "sump"),
        (r"intake", "inlet"),
        (r"(?:o2|lambda|oxygen) (?:sensor|probe)", "oxygen sensor"),
        (r"timing[- ]chain(?= tensioner)", "chain"),
        (r"(?<!converter )bell[- ]?housing", "clutch housing"),
        (r"crankcase", "block"),
        (r"(?:spark[- ]?)?plug gap|(?:spark[- ]?plug )?electrode gap(?: of the spark[- ]?plugs?)?", "electrode gap"),
        (r"maximum|at most|(?:no|not) more than", "max"),
        (r"minimum|at least|(?:no|not) less than", "min"),
        (r"(?:below|under|up to) [1-4]?\d ?° ?C", "cold"),
        (r"(?<=\()no|excluding|excl|not including|w/o", "without"),
        (r"including|incl", "with"),
        (r"transfer (?:box|case)", "xfer"),  # not to begin as a transmission does
        (r"(?<!cylinder )head(?= (?:bolt|gasket|cover))", "cylinder head"),
        (r"lug (?:bolt|nut)s?", "wheel bolts"),
        (r"how much(?= (?:oil|coolant|fluid|water|antifreeze|grease)\b)", "quantity of"),
        (rf"{NO_CON_ROD}(?:con[- ]?rod|big[- ]end|rod)s?(?= (?:bearing|bolt|cap|nut))", "connecting rod"),
        (r"sway[- ]?bar|anti-?roll[- ]?bar", "stabilizer"),
        (r"(?:stage|step) ?1|1st", "first stage"),
        (r"(?:stage|step) ?2|2nd", "second stage"),
        (r"(?:stage|step) ?3|3rd", "third stage"),
    )
)  # fmt: skip
# Of a bolt. M3 alone is the car, and M20, M21, M30 and above are engines; M10, which is both, is mostly a bolt.
SIZE = re.compile(r"m(?:[4-9]|1\d|2[24])|m\d{1,2}x[\d.,]+|8[.,]8|10[.,]9|12[.,]9")
CAR = frozenset({"m3"})  # says nothing: every owner writes of it
LETTER = re.compile(r"[\"“”]([A-Z])[\"“”]")  # of a drawing; it names a measure of the part whose name stands beside it
TIMES = re.compile(r"(?<=\d) ?[x×] ?(?=\d)")
FASTENED = re.compile(r"(?<=\S)\s+(?:to|on|onto|in|into|at|under)\s")  # clutch to flywheel: the value is the clutch's
JOINED = re.compile(r"\s+(?:and|or)\s+|\s?/\s?")
PIECE = re.compile(r"[,;]\s+(?:(?:and|but|while)\b)?|\b(?:and|but|while)\b")
WORD = re.compile(r"[^\W\d_]+")
TOKEN = re.compile(r"[^\W\d_]+|[.,;:?!()/\n]")
GENERIC_WORDS = """
    tightening tighten tightened torque torqued torques value values spec specs specification specified manual book
    given set sets setting setpoint measured measure measures reading reads check checked checking adjust adjusted
    adjustment correct right figure nominal should must about approx roughly exactly between minus plus max maximum
    min minimum cold warm hot bmw engine s14 e30 use used using mine went done fitted fit new old owner owners car
    value mm bar volt volts ohm kohm degrees litre litres liter liters pounds foot feet inch inches rpm range same
    always never dealer says size genuine original stock oem both two four six all other every each own
    permissible permitted allowed allowable admissible individual individually assembly getrag bosch zf ate
"""
# Between nouns they part two things: I replaced the plug, bolts take 24 Nm, caliper to strut.
PARTING_WORDS = """
    a an of to in on at by or as is are was be been do it my i we no if so than these those per via under over against
    take took takes gives give gave need needs needed goes go come came comes replace replaced replacing install
    installed remove removed clean cleaned bought buy put find found run ran runs shows showed recommend recommends
"""
# What hangs on another part, and is another thing with a value of its own: the bleed screw of a caliper.
PART_WORDS = """
    bleed drain filler cover cap seal gasket housing bracket guard shield hose line pipe spring sensor switch plug pin
    bush bushing bearing shaft sleeve ring piston pump filter plate disc gear chain belt pulley wheel hub cable pad
    valve guide lever mount support carrier flange tank cooler radiator manifold head rail clamp clip seat
    connector harness terminal stud impeller boot relay washer spacer
"""
MEASURE_WORDS = "resistance pressure clearance temperature thickness quantity diameter length voltage"
# "Engine" is said of everything; so oil is filled into the engine only where nothing else that holds oil is spoken of.
FILLED = frozenset({"oil", "quant"})
HOLD_OIL = frozenset({"gearb", "xfer", "diffe", "axle", "steer"})
# A page under the head of one of these prints "oil drain plug" and means its own.
ASSEMBLIES = HOLD_OIL | {"autom"}
LIMITS = frozenset({"min", "max"})


@dataclass(frozen=True, slots=True)
class Subject:
    """The words of a phrase, without values, units and words of every instruction, sorted by what they tell apart."""

    words: frozenset[str]
    kinds: dict[str, frozenset[str]]  # of a noun: spring -> valve
    ends: frozenset[str]  # nouns that end a phrase of what has the value: in "cover to case" the cover
    things: frozenset[str]  # what a measure that ends a phrase is of: the injector of its resistance
    apart: frozenset[str]  # front, inlet, S14, measure "A"
    sizes: frozenset[str]  # of bolts: M8, 10.9; an owner seldom names it

    @property
    def limits(self) -> frozenset[str]:
        """Whether it is said of the least or of the most: min, max."""
        return self.apart & LIMITS

    @property
    def opposed(self) -> frozenset[str]:
        """The sides that it is not said of: rear, if it says front."""
        sides = (frozenset(side) for side in OPPOSITES)
        return frozenset().union(*(side - self.apart for side in sides if side & self.apart))

    def kind(self, noun: str) -> frozenset[str]:
        return self.kinds.get(noun, frozenset())


@lru_cache(4096)
def subject(text: str) -> Subject:
    """Return what a phrase is about."""
    for spelling, term in SYNONYMS:
        text = spelling.sub(term, text)
    parted = respelled(text, lambda _: ", ")  # a value parts what stands before it from what follows
    phrases = list(_phrases(parted))
    kinds: dict[str, frozenset[str]] = {}
    for phrase in phrases:
        for place, noun in enumerate(phrase):
            kinds[noun] = kinds.get(noun, frozenset()) | frozenset(phrase[:place]) - {noun}
    apart = distinguishing_words(TIMES.sub("x", text)).union(LETTER.findall(text)) - CAR
    sizes = frozenset(word for word in apart if SIZE.fullmatch(word))
    fastened = list(_phrases(FASTENED.split(parted, 1)[0]))
    ends = frozenset(phrase[-1] for phrase in fastened or phrases)
    things = frozenset(next((noun for noun in reversed(phrase) if noun not in MEASURES), "") for phrase in phrases)
    return Subject(frozenset(kinds), kinds, ends, things, apart - sizes, sizes)


def alternatives(label: str) -> list[str]:
    """Return a label and, where it gives several things of one noun or several places one value, that of each.

    Of "line to pump or tank" these are it, "line to pump" and "line to tank".
    """
    named, comma, qualifiers = label.partition(", ")
    fastened = FASTENED.search(named)
    thing, place = (named[: fastened.start()], named[fastened.end() :]) if fastened else (named, "")
    things = JOINED.split(thing)
    nouns = {_stem(words[-1]) if (words := WORD.findall(each.casefold())) else "" for each in things}
    if len(nouns) > 1 or "between" in thing:  # front and rear cover, bolts and nuts, play between ring and ring
        things = [thing]
    each = product(things, JOINED.split(place))
    joint = fastened[0] if fastened else ""
    return list(dict.fromkeys([label, *(f"{one}{joint}{there}{comma}{qualifiers}" for one, there in each)]))


def is_about(fact: Subject, statement: Subject, question: Subject, around: Subject, head: frozenset[str]) -> bool:
    """Return whether an owner's statement is about a fact's subject.

    `statement` is what stands beside the owner's value, `question` what was asked, `around` its whole
    thread; `head` has the words above the page of the fact.
    """
    if not head & ASSEMBLIES <= around.words:
        return False
    named = statement.words | question.words
    if len(fact.words & around.words) < NAMED * len(fact.words) or not fact.ends & named:
        return False
    own = statement.words or question.words
    if len(fact.words & own) < SUBJECT * len(own - SIDES):
        return False
    # Where the thread speaks of two sides, the one named beside the value counts.
    sides = statement.apart | around.apart - statement.opposed
    if not all(word in sides or sides & _engines(word) for word in fact.apart):
        return False
    if fact.words >= FILLED and around.words & HOLD_OIL - fact.words:
        return False
    if statement.sizes and not fact.sizes <= statement.sizes:
        return False
    if any(statement.kind(part) & (fact.ends | fact.things) for part in PARTS - fact.words):
        return False
    return all(
        (statement.kind(noun) or question.kind(noun)) <= fact.words | head and fact.kind(noun) <= around.words
        for noun in fact.words & own
    )


def is_narrower(fact: Subject, than: Subject, statement: Subject) -> bool:
    """Return whether a fact tells more of another's subject, or of an equal one, and the statement may mean that."""
    if fact.apart & statement.opposed or (statement.sizes and not fact.sizes <= statement.sizes):
        return False
    return than.words <= fact.words


def beside(statement: str, value: Quantity) -> str:
    """Return the part of a statement that tells what a value is of: of a list (inlet 0.28, outlet 0.33) its item."""
    clause = sentence(statement, value.start)
    likes = [one for one in find(clause) if one.dimension == value.dimension]
    start = statement.find(clause)
    ends = [0, *(cut.start() for cut in PIECE.finditer(clause)), len(clause)]
    last = max((one.start for one in likes), default=0)
    pieces = [(low, high) for low, high in pairwise(ends) if low <= last]  # what stands behind all is said of all
    held = [sum(low <= one.start < high for one in likes) for low, high in pieces]
    if len(likes) < 2 or any(count != 1 for count in held):
        return clause
    low, high = next(piece for piece in pieces if piece[0] <= value.start - start < piece[1])
    return clause[low:high]


def _engines(word: str) -> frozenset[str]:
    """Return the engines of a list (S14/S50/S38), of which an owner has one; of M60/2 the 2 is none."""
    return frozenset(one for one in word.split("/") if one[:1].isalpha())


def _phrases(text: str) -> Iterator[list[str]]:
    """Yield the nouns of a text with what stands before them; an "of" (length of the spring) is turned round."""
    run: list[str] = []
    behind: list[str] = []
    for piece in [*TOKEN.findall(text.casefold()), "."]:
        word = _stem(piece)
        if piece == "of" and run:
            run, behind = [], run + behind
        elif word in GENERIC or (piece in PARTING and behind and not run):
            continue
        elif piece in PARTING or not piece.isalpha():
            if run or behind:
                yield run + behind
            run, behind = [], []
        elif len(word) > 2:
            run.append(SAME.get(word, word))


def _stem(word: str) -> str:
    return word.removesuffix("s")[:STEM] if len(word) > 3 else word


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(SAME.get(_stem(word), _stem(word)) for word in words)


GENERIC = frozenset(map(_stem, GENERIC_WORDS.split()))
PARTING = EMPTY.union(PARTING_WORDS.split())
SIDES = _stems(word for words in OPPOSITES for word in words)
PARTS = _stems(PART_WORDS.split())
MEASURES = _stems(MEASURE_WORDS.split())
