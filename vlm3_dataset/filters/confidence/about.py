"""Decide whether an owner's words are about a fact of the manual. Pure.

They are if they add nothing to its noun, and if his thread has all that the fact needs to be known by: "the spring"
alone is the valve spring only where he speaks of valves. A name that is more than a part's needs no place (the water
pump to the crankcase), and its bolts may be named or not.
"""

import re

from vlm3_dataset.filters.confidence.manual_facts import ASSEMBLIES, ManualFact
from vlm3_dataset.filters.confidence.subjects import (
    CAR,
    CARS_ENGINE,
    FASTENERS,
    MEASURES,
    PARTS,
    SIDES,
    STATES,
    Subject,
)

SUBJECT = 0.5  # share of an answer's words that must be the fact's subject
# A page under the head of one of these prints "slave cylinder" and means its own.
SYSTEMS = ASSEMBLIES | {"brake", "clutc", "fuel"}
# "Engine" is said of everything; so oil is filled into the engine, and its pan and plug are the engine's, only where
# nothing else that holds oil is spoken of.
FILLED = frozenset({"oil", "quant"})
STUDS = FASTENERS | {"stud"}
OWN_ASSEMBLIES = ASSEMBLIES - {"axle"}  # the cover of a differential needs no axle
STEERING = frozenset({"steer"})  # nor does what steers: it is in front
HOT = frozenset({"hot", "warm"})  # what is measured so is told so
# Words of a heading that stand above any part.
OF_ANY = frozenset({"mount", "drive", "part", "parts", "insta", "remov", "repla", "syste", "gener", "compl"})
FOR_ALL = re.compile(r"\bAll\b")  # in the column of the engines
CLOSED = frozenset({"plug", "pan"})


def is_about(fact: ManualFact, statement: Subject, question: Subject, around: Subject) -> bool:
    """Return whether an owner's statement is about the subject of a fact.

    `statement` is what stands beside the owner's value, `question` what was asked, `around` its whole thread.
    """
    about, above = fact.about, fact.head | fact.heading
    return (
        _is_of_engine(fact, statement, question)
        and _is_of_assembly(fact, statement, around)
        and _is_named(about, statement, question, around)
        and _is_of_side(about, statement, question, around)
        and _is_of_size(about, statement)
        and not _is_of_part(about, statement, question, above)
        and _is_of_kind(about, statement, question, around, above)
    )


def is_narrower(fact: ManualFact, than: Subject, statement: Subject, around: Subject) -> bool:
    """Return whether a fact tells more of another's subject, or of an equal one, and the statement may mean that.

    It may not where the thread names another engine, or nothing of the gearbox or axle on whose page the fact stands.
    """
    about = fact.about
    if about.apart & statement.opposed or not _is_of_size(about, statement):
        return False
    is_of_another = about.engines and around.engines and not about.engines & around.engines
    if is_of_another or fact.head & OWN_ASSEMBLIES - around.words:
        return False
    return than.needed | than.words & statement.words - FASTENERS <= about.words


def _is_of_engine(fact: ManualFact, statement: Subject, question: Subject) -> bool:
    """Return whether a fact that names no engine is for the one that is spoken of: for all, or for this car's own."""
    spoken_of = statement.engines | question.engines
    is_own = any(engine.startswith(CARS_ENGINE) for engine in spoken_of)
    return is_own or not spoken_of or bool(fact.about.engines or FOR_ALL.search(fact.named))


def _is_of_assembly(fact: ManualFact, statement: Subject, around: Subject) -> bool:
    """Return whether the thread speaks of the assembly on whose page the fact stands, and of no other that has one."""
    about, said = fact.about, around.words
    if statement.words & ASSEMBLIES - about.words - fact.head - fact.heading:
        return False
    unsaid = fact.head & ASSEMBLIES - said
    sides = fact.head & SIDES
    is_told = unsaid == {"axle"} and sides and sides <= said  # a front strut is of the front axle
    if unsaid and not (is_told or about.needed & OWN_ASSEMBLIES or about.words & STEERING):
        return False
    if "axle" in unsaid and sides & statement.opposed - about.apart:
        return False
    # Under "Transfer box" a plug is the box's.
    if about.needed - SIDES <= PARTS and fact.heading and not fact.heading - OF_ANY & said:
        return False
    own, spoken_of = (fact.head | fact.heading) & SYSTEMS, said & SYSTEMS
    if about.place - said and own and spoken_of and not own & spoken_of:
        return False
    others = said - about.words - fact.head - fact.heading
    is_filled = about.words >= FILLED and others & SYSTEMS - {"autom", "fuel"}
    return not is_filled and not ("oil" in about.words and about.words & CLOSED and others & ASSEMBLIES)


def _is_named(fact: Subject, statement: Subject, question: Subject, around: Subject) -> bool:
    """Return whether all is said that a fact needs, its noun near the value, and not much else beside it."""
    named = statement.words | question.words
    if not (fact.needed <= around.words and fact.ends & (named if named - SIDES else around.words)):
        return False
    if fact.words & FASTENERS and not named & FASTENERS & fact.words:
        is_end = fact.ends & (statement.ends | question.ends)
        if named & FASTENERS or not is_end:  # a bolt for a nut, or what the bolt is on in passing
            return False
    own = (statement.words or question.words) - FASTENERS
    others = own - SIDES - (statement.place - fact.words)
    is_bare = fact.words <= MEASURES  # "weight" is the car's
    return len(fact.words & own) >= SUBJECT * len(others) and not (is_bare and others - fact.words)


def _is_of_side(fact: Subject, statement: Subject, question: Subject, around: Subject) -> bool:
    """Return whether a fact's sides and engines are said; of two in a thread the one beside the value counts."""
    sides = statement.apart | around.apart - statement.opposed
    if HOT & (statement.apart | question.apart) - fact.apart or fact.apart & STATES & around.opposed:
        return False
    # Of a list of engines (S14/S50/S38) an owner has one; of M60/2 the 2 is none.
    return all(
        word in sides or any(one[:1].isalpha() and one in sides | CAR for one in word.split("/"))
        for word in fact.apart - fact.there - STATES
    )


def _is_of_size(fact: Subject, statement: Subject) -> bool:
    """Return whether a fact is of the bolt that a statement names, if it does: by its thread, its grade, or both."""
    for is_thread in (True, False):
        told, given = (
            [f"{size}x" for size in of.sizes if size.startswith("m") is is_thread] for of in (statement, fact)
        )
        # Equal as far as both are told: M12 is M12x1.5, which M12x1 is not.
        if told and not all(any(one.startswith(it) or it.startswith(one) for it in told) for one in given):
            return False
    return True


def _is_of_part(fact: Subject, statement: Subject, question: Subject, above: frozenset[str]) -> bool:
    """Return whether a statement is about something that hangs on the fact's subject: the bracket of a pump."""
    if any(statement.kind(part) & (fact.ends | fact.things) for part in PARTS - fact.words):
        return True
    if statement.ends - fact.words and not fact.ends & (statement.ends | question.ends):
        return True  # the downpipe to the manifold
    if fact.where and statement.where - STUDS and not statement.where & (fact.words | above):
        return True  # the line to the cooler, at its other end
    known = fact.words | above | FASTENERS | MEASURES | SIDES
    return any(statement.behind(noun) - known for noun in fact.ends)


def _is_of_kind(fact: Subject, statement: Subject, question: Subject, around: Subject, above: frozenset[str]) -> bool:
    """Return whether each noun of both is of one kind: neither adds a word to it that the other does not have."""
    own = (statement.words or question.words) & fact.words | FASTENERS & statement.words
    named, said = fact.words | above | FASTENERS, around.words | fact.place | fact.aside
    return all((statement.kind(noun) or question.kind(noun)) <= named and fact.kind(noun) <= said for noun in own)
