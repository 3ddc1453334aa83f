"""Find what a phrase is about. Pure.

A valve spring is no tensioner spring, though both are springs with a free length: a noun is told from others like it
by what stands before it, or behind an "of".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise, product

from vlm3_dataset.filters.confidence.synonyms import SAME, SYNONYMS
from vlm3_dataset.language.stems import EMPTY, stem
from vlm3_dataset.language.wording import OPPOSITES, distinguishing_words
from vlm3_dataset.quantities import Quantity, find, respelled
from vlm3_dataset.sources.threads.worth import sentence

# Of a bolt. M3 alone is the car, and M20, M21, M30 and above are engines; M10, which is both, is mostly a bolt.
SIZE = re.compile(r"m(?:[4-9]|1\d|2[24])|m\d{1,2}x[\d.,]+|8[.,]8|10[.,]9|12[.,]9")
ENGINE = re.compile(r"[mns]\d\d(?:b\d\d|us)?")
CAR = frozenset({"m3"})  # says nothing: every owner writes of it
CARS_ENGINE = "s14"  # what a page that names none is about
LETTER = re.compile(r"[\"“”]([A-Z])[\"“”]")  # of a drawing; it names a measure of the part whose name stands beside it
ASIDE = re.compile(r"\(([^()]*)\)")
TIMES = re.compile(r"(?<=\d) ?[x×] ?(?=\d)")
FASTENED = re.compile(r"(?<=\S)\s+(?:to|on|onto|in|into|at|under)\s")  # clutch to flywheel: the value is the clutch's
JOINED = re.compile(r"\s+(?:and|or)\s+|\s?/\s?")
PIECE = re.compile(r"[,;]\s+(?:(?:and|but|while)\b)?|\b(?:and|but|while)\b")
# What goes on behind a value of a thing that is named already is a remark (9 Nm, new washer every time), unless it
# says where the thing is or which of several is meant (9 Nm, on the lid; 9 Nm, the long ones; 9 Nm, left).
REMARK = re.compile(r"\s*[,;(]\s*|\s+[-–—]+\s+|\s+(?:and|but|while|then)\b")
BY_MEANS = re.compile(rf"{REMARK.pattern}|\s+(?=with(?:out)?\b|w/)")  # what a bolt is tightened with is no part of it
GOES_ON = re.compile(
    r"(?i)(?!.*\b(?:is|are|was|were|has|have)\b)(?:(?:of|on|to|at|for|in|into|onto|under)\b|.*\b(?:ones?|those|side|end)\b)"
)
WORK = frozenset({"new", "used", "remove", "install", "removing", "installing"})
WORD = re.compile(r"[^\W\d_]+")
TOKEN = re.compile(r"[^\W\d_]+|[.,;:?!()/\n]")
GENERIC_WORDS = """
    tightening tighten tightened torque torqued torques value values spec specs specification specified manual book
    given set sets setting setpoint measured measure measures reading reads check checked checking adjust adjusted
    adjustment correct right figure nominal should must about approx roughly exactly between minus plus max maximum
    min minimum cold warm hot bmw engine s14 e30 use used using mine went done fitted fit new old owner owners car
    value mm bar volt volts ohm kohm degrees litre litres liter liters pounds foot feet inch inches rpm range same
    always never dealer says size genuine original stock oem both two four six all other every each own
    normal usual regular standard whole curb kerb much rated rating pass
    permissible permitted allowed allowable admissible individual individually assembly getrag bosch zf ate
    collar hexagon hex castellated torx allen wrench spanner time times year years yesterday today weekend star pattern
    dry oiled greased lubricated tight snug big little nip nipped last mate pal bro dude
"""
# Between nouns they part two things: I replaced the plug, bolts take 24 Nm, caliper to strut.
PARTING_WORDS = """
    a an of to in on at by or as is are was be been do it my i we no if so than these those per via under over against
    take took takes gives give gave need needs needed goes go come came comes replace replaced replacing install
    installed remove removed clean cleaned bought buy put find found run ran runs shows showed recommend recommends
    gets want wants hold holds held call calls called sit sits came went may might can could will would up
    cut cuts without below above alone like once ones stay stays next fyi iirc mean means
"""
# What hangs on another part, and is another thing with a value of its own: the bleed screw of a caliper.
PART_WORDS = """
    bleed drain filler cover cap seal gasket housing bracket guard shield hose line pipe spring sensor switch plug pin
    bush bushing bearing shaft sleeve ring piston pump filter plate disc gear chain belt pulley wheel hub cable pad
    valve guide lever mount support carrier flange tank cooler radiator manifold head rail clamp clip seat
    connector harness terminal stud impeller boot relay washer spacer holder
"""
MEASURE_WORDS = "resistance pressure clearance temperature thickness quantity diameter length voltage weight speed"
# What a value in a unit is always called; of a length it may be the play, the width or the diameter.
MEASURED = {
    "volume": "quant", "temperature": "tempe", "rotation": "speed", "pressure": "press", "voltage": "volta",
    "resistance": "resis", "mass": "weigh",
}  # fmt: skip
# Of which a car has one; its name needs no place beside it.
WHOLE_WORDS = "injector distributor carburetor turbocharger starter alternator thermostat flywheel"
FASTENER_WORDS = "bolt nut"  # a cover's value is that of its bolts
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
    where: frozenset[str]  # what stands behind "to" or "on": in "cover to case" the case
    place: frozenset[str]  # what a thing that has a name of its own is fastened to: the block of a water pump
    there: frozenset[str]  # the sides in its name: front axle carrier
    aside: frozenset[str]  # in brackets, and no part or side; with `place` what an owner leaves out

    @property
    def limits(self) -> frozenset[str]:
        """Whether it is said of the least or of the most: min, max."""
        return self.apart & LIMITS

    @property
    def engines(self) -> frozenset[str]:
        """The engines that it names; of a list (S14/S38) each."""
        return frozenset(one for word in self.apart for one in word.split("/") if ENGINE.fullmatch(one))

    @property
    def opposed(self) -> frozenset[str]:
        """The sides that it is not said of: rear, if it says front."""
        sides = (*map(frozenset, OPPOSITES), STATES)
        return frozenset().union(*(side - self.apart for side in sides if side & self.apart))

    @property
    def needed(self) -> frozenset[str]:
        """The words without which nobody speaks of it."""
        return self.words - self.place - self.aside - FASTENERS or self.words

    def without(self, measure: str) -> "Subject":
        """Return this without the name of its measure, which its unit tells, if it names anything else."""
        if measure not in self.ends or not self.needed - {measure}:
            return self
        holders = frozenset().union(*(self.kind(fluid) for fluid in self.things & FLUIDS))  # a gearbox takes its oil
        return replace(self, words=self.words - {measure}, ends=self.ends - {measure} | self.things | holders)

    def behind(self, noun: str) -> frozenset[str]:
        """Return the nouns that a noun is a kind of: the bracket of a pump bracket."""
        return frozenset(other for other, kinds in self.kinds.items() if noun in kinds)

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
    apart |= STATES.intersection(WORD.findall(text.casefold()))
    sizes = frozenset(word for word in apart if SIZE.fullmatch(word))
    fastened = list(_phrases(FASTENED.split(parted, 1)[0]))
    ends = frozenset(  # of "cover bolts" the cover
        next((noun for noun in reversed(phrase) if noun not in FASTENERS), phrase[-1])
        for phrase in fastened or phrases
        if not SIDES.issuperset(phrase)
    )
    things = frozenset(next((noun for noun in reversed(phrase) if noun not in MEASURES), "") for phrase in phrases)
    asides = (_words(each) for each in ASIDE.findall(text) if not distinguishing_words(each))
    aside = frozenset().union(*(words for words in asides if not words & PARTS))
    for note in text.split(", ")[1:]:  # Fan clutch, coupling nut
        if (of_fastener := list(_phrases(note))) and of_fastener[0][-1] in FASTENERS:
            aside |= frozenset(of_fastener[0])
    where = _words(" ".join(FASTENED.split(parted.partition(", ")[0], maxsplit=1)[1:]))
    return Subject(frozenset(kinds), kinds, ends, things, apart - sizes, sizes, where, *_place(text), aside)


def alternatives(label: str) -> list[str]:
    """Return a label and, where it gives several things of one noun or several places one value, that of each.

    Of "line to pump or tank" these are it, "line to pump" and "line to tank".
    """
    named, comma, qualifiers = label.partition(", ")
    fastened = FASTENED.search(named)
    thing, place = (named[: fastened.start()], named[fastened.end() :]) if fastened else (named, "")
    things = JOINED.split(thing)
    nouns = {stem(words[-1]) if (words := WORD.findall(each.casefold())) else "" for each in things}
    if len(nouns) > 1 or "between" in thing:  # front and rear cover, bolts and nuts, play between ring and ring
        things = [thing] if "between" in thing else _halves(thing)
    each = product(things, JOINED.split(place))
    joint = fastened[0] if fastened else ""
    return list(dict.fromkeys([label, *(f"{one}{joint}{there}{comma}{qualifiers}" for one, there in each)]))


def _halves(thing: str) -> list[str]:
    """Return the two things of a label, if each has a name of its own; of "fan housing and hoses" the housing."""
    first, second = JOINED.split(thing, 1) if JOINED.search(thing) else (thing, "")
    named = list(chain(*_phrases(first)))
    if len(_words(first)) > 1 and len(_words(second)) > 1:
        return [first, second]
    return [first] if len(_words(first)) > 1 and named[-1] in PARTS else [thing]


def beside(statement: str, value: Quantity) -> str:
    """Return the part of a statement that tells what a value is of: of a list (inlet 0.28, outlet 0.33) its item."""
    clause = sentence(statement, value.start)
    likes = [one for one in find(clause) if one.dimension == value.dimension]
    start = statement.rfind(clause, 0, value.start + len(clause))  # it may stand there twice
    ends = [0, *(cut.start() for cut in PIECE.finditer(clause)), len(clause)]
    last = max((one.start for one in likes), default=0)
    pieces = [(low, high) for low, high in pairwise(ends) if low <= last]  # what stands behind all is said of all
    held = [sum(low <= one.start < high for one in likes) for low, high in pieces]
    if len(likes) < 2 or any(count != 1 for count in held):
        return clause
    low, high = next(piece for piece in pieces if piece[0] <= value.start - start < piece[1])
    return clause[low:high]


def told_of(statement: str, value: Quantity) -> tuple[str, str]:
    """Return the words that name what a value is of, and the statement without what its other values are of.

    Of "wheel bolts 110 Nm, tyres 2.0 bar, all round" it is the wheel bolts, or the tyres.
    """
    clause = beside(statement, value)
    start = statement.rfind(clause, 0, value.start + len(clause))  # it may stand there twice
    ends = [0, *(cut.start() for cut in PIECE.finditer(clause)), len(clause)]
    found = [one for one in find(clause) if one.dimension not in {value.dimension, "thread"}]
    others = [one.start for one in found if one.unit or one.kind == "code"]
    own = next(n for n, (low, high) in enumerate(pairwise(ends)) if low <= value.start - start < high)
    first, last = own, own + 1
    while first and not (_names(clause[ends[first] : ends[own + 1]]) and _any_in(others, ends[first - 1], ends[first])):
        first -= 1
    while last < len(ends) - 1 and not _any_in(others, ends[last], ends[last + 1]):
        last += 1
    low, high = ends[first], ends[last]
    named = _without_remark(
        clause[low : value.end - start], clause[value.end - start : high], value.dimension == "torque"
    )
    return named, f"{statement[:start]} {clause[low:high]} {statement[start + len(clause) :]}"


def _any_in(places: Iterable[int], low: int, high: int) -> bool:
    return any(low <= place < high for place in places)


def _names(text: str) -> bool:
    """Return whether a text names more than a side and a bolt."""
    return bool(_words(respelled(text, lambda _: ", ")) - SIDES - FASTENERS)


def _without_remark(before: str, behind: str, is_torque: bool) -> str:
    """Return what stands before a value and behind it, without what only goes on about it."""
    at_once, *rest = (BY_MEANS if is_torque else REMARK).split(behind)
    if not _names(before + at_once):
        return before + behind
    kept = [piece if GOES_ON.match(piece) else " ".join(distinguishing_words(piece) - WORK) for piece in rest]
    return ", ".join([before + at_once, *kept])


def _place(label: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what a thing is fastened to, and the sides in its name, if the thing's own name is more than a part's."""
    thing, *places = FASTENED.split(label.partition(", ")[0], 1)
    phrases = list(_phrases(thing))
    words = frozenset(chain(*phrases)) - FASTENERS
    is_part = (len(words) < 2 and not words & WHOLE) or words <= PARTS or "plug" in words
    if not places or is_part or phrases[-1][-1] in FASTENERS:
        return frozenset(), frozenset()
    return _words(places[0]) - words, distinguishing_words(places[0])


def _words(text: str) -> frozenset[str]:
    return frozenset(chain(*_phrases(text)))


def _phrases(text: str) -> Iterator[list[str]]:
    """Yield the nouns of a text with what stands before them; an "of" (length of the spring) is turned round."""
    run: list[str] = []
    behind: list[str] = []
    for piece in [*TOKEN.findall(text.casefold()), "."]:
        word = stem(piece)
        if run and (piece == "of" or (piece in {"in", "on"} and run[-1] in MEASURES)):  # play in the bearing
            run, behind = [], run + behind
        elif word in GENERIC or (piece in PARTING and behind and not run):
            continue
        elif piece in PARTING or not piece.isalpha():
            if run or behind:
                yield run + behind
            run, behind = [], []
        elif len(word) > 2:
            run.append(SAME.get(word, word))


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(SAME.get(stem(word), stem(word)) for word in words)


GENERIC = frozenset(map(stem, GENERIC_WORDS.split()))
PARTING = EMPTY.union(PARTING_WORDS.split())
STATES = frozenset({"dry", "oiled", "greased"})  # of a thread; seldom told, so only the other one speaks against
FLUIDS = frozenset({"oil", "coola", "fuel"})
SIDES = _stems(word for words in OPPOSITES for word in words)
WHOLE = _stems(WHOLE_WORDS.split())
FASTENERS = _stems(FASTENER_WORDS.split())
PARTS = _stems(PART_WORDS.split())
MEASURES = _stems(MEASURE_WORDS.split())
