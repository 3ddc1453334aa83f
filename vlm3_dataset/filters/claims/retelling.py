"""Compare what a labeler tells with what a post says: by the words that carry it, clause by clause. Pure.

    goes_beyond("It pulled cleaner, and idled more evenly.", "After the sync it pulled cleaner.")  ->  True

A labeler retells in words of its own: one owner, in November 2008, needed three of them. Such words stand in no quote,
and say nothing of the car.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from vlm3_dataset.language.stems import EMPTY, WORD, stem
from vlm3_dataset.language.wording import SIDE_WORDS

# How people and labelers frame what they tell, and the words for what a quote gives as a figure or a sign.
FRAME_WORDS = """
    wrong worked disagree disagrees well doubt doubts doubtful source written wrote supposes supposed builder moved
    unless another other others differ difference different experience figure figures give gave given going doing
    having used using take took taken need needs needed needing require required requires made make makes making put
    set apiece each altogether together opinion opinions warn warns warned advise advised advises recommend
    recommends recommended suggest suggests suggested hear heard believe believes believed think thinks thought
    claim claims claimed tell tells told ask asked asks pay paid pays cost costs spend spent price priced want wants
    wanted come came comes coming find finds note noted show showed shown shows report reports reading read reads
    later earlier former latter himself own personally case way thing behave behaved whose which whereas although
    though however per start started looked look stand stood went right fine good bad badly still even already ever
    yet always never often usually simply actually really quite rather around roughly nearly almost exactly within
    without during since afterwards instead where first last correct corrected himself themselves reckon reckons
    reckoned say says said sure without along alone able way ways work owner's concluded result results called call
    calls must cannot vouch vouched unsure certain true know known knows withdrew withdrawn quoted against buy
    bought got sold point brought bring trying tried try van lasted last lasts vehicle engine motor one two three
    four five six seven eight nine ten eleven twelve dozen half third quarter once twice both pair couple ohm ohms
    euro euros pound pounds dollar dollars quid litre litres liter liters metre metres newton kilogram kilograms
    kilogrammes kilometre kilometres mile miles minute minutes minut mins second seconds secs hour hours day days
    week weeks month months year years degree degrees celsius inch inches percent january february march april may
    june july august september october november december spring summer autumn winter
"""
# Verbs and states that owners and labelers call by different words.
ALIKE_WORDS = """
    tight tighten nip nipped torque torqued snug done
    loose slack undone slacken loosen undo undid undoing unscrew unscrewed
    replace renew renewed swap swapped change changed fit fitted fitting install installed new
    remove removed pull pulled withdraw extract lift lifted
    break broke broken snap snapped crack cracked fail failed failing die died dead gave shear sheared
    cure cured fix fixed solve solved silent quiet disappear vanish rid gone stop stopped
    noise noisy sound sounds rattle rattled tick ticking knock knocking clunk whine whined whining
    rotten rotted rust rusted rusty corroded corrode|foul fouled dirty gunk sludge|drain drained empty emptied
    rise rises rising climb climbs climbed|drop dropped fall fell falls sink sank
    clean cleaned wipe wiped wash washed flush flushed|grease greased lube lubed lubricate lubricated oil oiled
    weigh weighs weighed weight heavy heavier|expensive dear pricey|cheap cheaper
    check checked inspect inspected examine examined measure measured measuring test tested
    open opened|close closed shut|bend bent bends|wear wore worn|leak leaked leaking weep wept weeping
    bottom lower underneath beneath|top upper|side sides|hole opening slot|run ran running runs|independent indie
    cylinder cyl|leave leaving left|rub rubs rubbed rubbing|care careful carefully|aluminium alu alloy
"""
DIGIT = re.compile(r"\d")
DOUBLED = re.compile(r"(?<=[a-z][aeiou]([bdgmnprt]))\1(?:ed|ing)\Z")  # gapped and gap, shimming and shim
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
BECAUSE = r"(?:caused|brought (?:about|on)) by|due to|owing to|because of|thanks to"
CLAUSE = re.compile(
    rf"[.!?;:,\n]\s|\s-\s|\b(?={BECAUSE}\b)|\b(?:but|and|because|so|then|while|whereas|although)\b", re.IGNORECASE
)
CAUSED = re.compile(rf"(?i)\s*\b(?:{BECAUSE})\b")
CAUSES = re.compile(
    r"(?i)\b(?:caused|causes|brought on|brings on|came (?:from|after|on)|led to|started (?:the|by|with|after)|due to"
    r"|because of)\b"
)
TELLS_CAUSE = re.compile(
    r"(?i)\b(?:because|caused|causes|due to|turned out|culprit|down to|reason|led to|was (?:the|a|an)|were (?:the|a))\b"
)
CURED = re.compile(
    r"(?i)\b(?:cured|fixed|solved|sorted|(?:was|is|all|now|and) gone|gone now|went away|(?:squeal|noise|rattle|leak"
    r"|whistle|knock|hunting|misfire|smell|vibration|clonk|clunk) (?:went|stopped|disappeared|vanished)|(?:now"
    r"|is) (?:steady|fine|silent|quiet))\b"
)
GENERAL = re.compile(
    r"(?i)\b(?:most (?:cases|cars|engines|of the time)|usually|generally|typically|commonly|in general|all (?:cars"
    r"|engines|owners)|every (?:car|engine|one of these)|on these cars)\b"
)
THEN = re.compile(r"(?i)\b(?:then|next|finally|last(?:ly)?)\b")
LEAST = re.compile(r"(?i)\b(?:at least|min(?:imum)?|(?:no|not) less than|or (?:more|longer|thicker|higher)|upwards)\b")
MOST = re.compile(r"(?i)\b(?:at most|max(?:imum)?|(?:no|not) more than|or (?:less|shorter|thinner|lower)|up to)\b")
ALIKE = 0.34  # share of the words of two clauses that tell one step
PLACES = "front|rear|left|right|inlet|intake|exhaust|inner|outer|upper|lower|top|bottom"
BOTH = re.compile(rf"(?i)\b({PLACES}) and (?=(?:{PLACES})\b)")
ROOT = 4  # letters
FEWEST = 2  # words of a clause that say something of their own


@lru_cache(4096)  # each clause of a thread is compared with each of a pair
def told(text: str) -> frozenset[str]:
    """Return the words of a text that carry what it says, those that mean one thing as one."""
    stems = {
        stem(DOUBLED.sub("", word))
        for word in WORD.findall(text.casefold())
        if word not in EMPTY and not DIGIT.search(word)
    }
    return frozenset(SAME.get(one, one) for one in stems - FRAME)


FRAME = frozenset(map(stem, FRAME_WORDS.split()))
_GROUPS = [
    frozenset(stem(DOUBLED.sub("", word)) for word in line.split())
    for line in ALIKE_WORDS.replace("\n", "|").split("|")
]
SAME = {word: min(group) for group in _GROUPS if group for word in group}
SIDES = frozenset(map(stem, SIDE_WORDS))


def shared(words: Iterable[str], there: frozenset[str]) -> list[str]:
    """Return those of some words that others have too, also in a form of another length: slot and slotted."""
    begun = {one[:ROOT] for one in there if len(one) >= ROOT}
    return [one for one in words if one in there or one[:ROOT] in begun]


def clauses(text: str) -> list[str]:
    """Return the clauses of a text; front and rear springs are in one."""
    return [clause for clause in CLAUSE.split(BOTH.sub(r"\1/", text)) if clause.strip()]


def goes_beyond(statement: str, quotes: str, known: frozenset[str]) -> bool:
    """Return whether a clause of a statement says something of which its quotes have no word; `known` are free."""
    there = told(quotes) | known
    for clause in clauses(statement):
        said = told(CAUSED.sub(" ", clause)) - known
        if said and not shared(said, there) and (len(said) >= FEWEST or CAUSED.match(clause)):
            return True
    return bool(GENERAL.search(statement)) and not GENERAL.search(quotes)


def is_cause_for_cure(statement: str, quote: str) -> bool:
    """Return whether a statement makes the cause of a fault of what cured it."""
    return bool(
        CAUSES.search(statement) and CURED.search(quote) and not (CURED.search(statement) or TELLS_CAUSE.search(quote))
    )


@dataclass(frozen=True, slots=True)
class Retold:
    """A clause of a statement, and the clause of its quote that says most of the same: the nth."""

    told: str
    quoted: str
    place: int

    @property
    def added(self) -> frozenset[str]:
        """The words and numbers that the statement has here and its quote has not."""
        return words(self.told) - words(self.quoted)

    @property
    def left_out(self) -> frozenset[str]:
        return words(self.quoted) - words(self.told)


def retold(statement: str, quote: str) -> list[Retold]:
    """Return clauses of a statement, in its order, each beside its own of the quote: those most alike first."""
    mine, its = clauses(statement), clauses(quote)
    pairs = [(_likeness(one, other), at, place) for at, one in enumerate(mine) for place, other in enumerate(its)]
    found: dict[int, Retold] = {}
    taken: set[int] = set()
    for likeness, at, place in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness and at not in found and place not in taken:
            found[at] = Retold(mine[at], its[place], place)
            taken.add(place)
    return [found[at] for at in sorted(found)]


def _likeness(one: str, other: str) -> float:
    """Return the share of words that two clauses have in common, whatever side they are said of."""
    said, quoted = (words(clause) - SIDES for clause in (one, other))
    return len(said & quoted) / max(1, len(said | quoted))


def exchanges(statement: str, quote: str) -> bool:
    """Return whether two clauses of a statement have changed a word or a number: throttles at 3000, recheck at idle."""
    return any(
        one.place != other.place and one.added & other.left_out - other.added and other.added & one.left_out - one.added
        for one, other in combinations(retold(statement, quote), 2)
    )


def is_reordered(statement: str, quote: str) -> bool:
    """Return whether a statement that tells an order has the clauses of its quote in another one."""
    if not THEN.search(statement):
        return False
    places = [one.place for one in retold(statement, quote) if _likeness(one.told, one.quoted) >= ALIKE]
    return len(set(places)) > 2 and places != sorted(places)


def has_another_bound(one: Retold) -> bool:
    """Return whether a clause says "at most" where its quote says "at least", or the other way."""
    least, most = ([pattern.search(text) is not None for text in (one.told, one.quoted)] for pattern in (LEAST, MOST))
    return (least == [True, False] and most == [False, True]) or (least == [False, True] and most == [True, False])


def words(clause: str) -> frozenset[str]:
    """Return the words and the numbers of a clause."""
    return told(clause) | frozenset(NUMBER.findall(clause))
