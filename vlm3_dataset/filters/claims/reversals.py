"""Find statements that say the opposite of their quote: another side, a lost or added "not", swapped values. Pure.

    turned("It was the relay.", "It was not the relay.", "")  ->  "a denial is lost or added"

Words alone cannot see it, for all but one of them are the same. Only opposites count, so that other words for the same
thing pass, and only the clause that says most of the same.
"""

import re
from collections.abc import Sequence
from itertools import combinations, product

from vlm3_dataset.filters.claims.retelling import (
    clauses,
    exchanges,
    has_another_bound,
    is_cause_for_cure,
    is_reordered,
    retold,
    told,
    words,
)
from vlm3_dataset.filters.claims.succession import is_exchanged
from vlm3_dataset.filters.confidence.subjects import beside
from vlm3_dataset.language.sides import conflicts
from vlm3_dataset.language.stems import stems
from vlm3_dataset.language.wording import OPPOSITES
from vlm3_dataset.quantities import Quantity, find, same
from vlm3_dataset.schema import QA, Thread
from vlm3_dataset.sources.threads.worth import BOUNDARY

# Beside those that name a side: a job with the plug out is one without the plug, and no contradiction.
OPPOSED = (
    *(frozenset(words) for words in OPPOSITES if "with" not in words),
    *map(frozenset, ({"first", "last"}, {"connected", "off"}, {"plugged", "unplugged"})),
    *(frozenset({"dry", wet}) for wet in ("wet", "oiled", "oily", "greased", "lubed", "lubricated")),
)
WORD = re.compile(r"[a-z0-9]+")
CLAUSE = re.compile(
    r"[.!?;:,\n]\s|(?<!\bis)(?<!\bwas)(?<!\bare)(?<!\bwere)(?<!\bdo)(?<!\bdid)\s"
    r"(?=not (?:the|an?|at|on|in|for|to|with|from|\d)\b)|\s(?=never\b)|\b(?:but|and|because|so|then)\b",
    re.IGNORECASE,
)
DENIES = re.compile(
    r"(?i)\b(?:not|never|no|nor|neither|cannot|none|nothing|nobody|(?:advis|warn|recommend|decid)\w* against)\b"
    r"|n['’]t\b"
    r"|\b(?:do|does|did|is|are|was|were|has|have|had|ca|wo|would|could|should|must|need|ai)nt\b"
)
# Denies by what it says, so that its opposite may be told without a "not": it failed to start.
MEANS_DENIAL = re.compile(
    r"(?i)\b(?:fail\w*|stop\w*|avoid\w*|unless|alone|without|instead|rather|lack\w*|miss\w*|lost|dead|only|until|longer"
    r"|un(?!der|less|it)\w+|wrong|gone|free|fault\w*|refus\w*|bad|difference|same|still|problem|than|cured|solved|fixed)\b"
)
WITHOUT = re.compile(r"(?i)\bwithout (?:the |any |an? |his |its )?(\w{3,})")
UNLESS = re.compile(r"(?i)\bunless\b")
PLACE = re.compile(r"\b(?:front|rear|inlet|intake|exhaust|upper|lower|inner|outer)\b")
LABEL = re.compile(r"\b(?:before|after|without|[a-z]?\d+(?:[.,]\d+)?)\b")
STEP = re.compile(r"(?i)(?:^|\s)\d{1,2}[.)]\s|\b(?:then|next|after that|finally)\b")
TELLER = re.compile(r"(?i)\ba (?:second|third|fourth) (?=owner|one|found|had|has|did|says|used|put|gives?|took|runs?)")
Labelled = tuple[Quantity, frozenset[str]]  # a value, and the words of what it is said of
BOUND, ORDER = "a bound of a quote is turned round", "steps are in another order than in the quote"
PLACES = "two things of a quote have changed their places"
FEW = 2  # words that a denial is about, where its clause says nothing else
SHARED = 0.6  # of a clause's words that another has to have, for the two to say or deny one thing


def turned_round(qa: QA, thread: Thread) -> str | None:
    """Refuse a statement that says the opposite of its quote, and an answer that does so of all quotes."""
    context = f"{qa.question}\n{thread.title}"
    texts = {post.number: post.text for post in thread.posts}
    whole = []  # each quote with what its post says before it in the same clause: a "do not" that was cut off
    for claim in qa.claims:
        before, quote, _ = texts.get(claim.post, "").partition(claim.quote)
        whole.append(CLAUSE.split(before if quote else "")[-1] + claim.quote)
    statements = [(claim.statement, quote) for claim, quote in zip(qa.claims, whole, strict=True)]
    if any(is_reordered(*each) for each in statements):
        return ORDER
    # What the statements say has been compared with the quotes by then.
    statements.append((qa.answer, "\n\n".join([*whole, *(claim.statement for claim in qa.claims)])))
    if reason := next((reason for one, quote in statements if (reason := turned(one, quote, context))), None):
        return reason
    sides = ((_places(claim.statement), f"{context}\n{texts.get(claim.post, '')}") for claim in qa.claims)
    return (
        "a side is told of which its post says nothing" if any(mine - _places(post) for mine, post in sides) else None
    )


def _places(text: str) -> frozenset[str]:
    """Return the sides that a text names with words that mean nothing else."""
    return frozenset(found.replace("intake", "inlet") for found in PLACE.findall(text.casefold()))


def turned(statement: str, quote: str, context: str) -> str | None:
    """Return how a statement turns its quote round, or None; `context` is the question and what it is asked about."""
    if conflicts(quote, statement, context) or _opposes(statement, quote, context):
        return "a quote says the opposite side"
    if reason := _turned_value(statement, quote):
        return reason
    denials = (_loses_denial, _drops_denial, _takes_up_denied, _does_without)
    if any(is_turned(statement, quote) for is_turned in denials):
        return "a denial is lost or added"
    for one in retold(statement, quote):
        if conflicts(one.quoted, one.told) or _opposes(one.told, one.quoted, ""):
            return "a clause of a quote says the opposite side"
        if has_another_bound(one):
            return BOUND
    if is_exchanged(statement, quote):
        return PLACES
    if is_cause_for_cure(statement, quote):
        return "what cured it is told as its cause"
    if exchanges(statement, quote):
        return "two clauses of a quote have exchanged a word"
    return ORDER if _reordered(statement, quote) else None


def _turned_value(statement: str, quote: str) -> str | None:
    """Return how a statement turns a value of its quote round: its bound, its side, or what it is said of."""
    values, quoted = find(statement), find(quote)
    for value in values:
        alike = [one for one in quoted if one.unit and same(value, one)]
        bounds = [one for one in quoted if (one.unit, one.values) == (value.unit, value.values) and one.side]
        if value.side and bounds and all(one.side != value.side for one in bounds):
            return BOUND
        if alike and all(one.negated != value.negated for one in alike):
            return "a value is told that its quote denies, or the other way"
        around = [beside(quote, one) for one in alike]
        own = beside(statement, value)
        if around and all(conflicts(piece, own) or _opposes(own, piece, "") for piece in around):
            return "a value is told of the opposite side"
    labelled = [(value, _label(statement, value)) for value in values if value.unit]
    given = [(value, _label(quote, value)) for value in quoted] if labelled else []
    if any(_are_swapped(one, other, given) for one, other in combinations(labelled, 2)):
        return "two values of a quote have changed their places"
    if any(_stands_by_another(one, given) for one in labelled):
        return "a value is told of what another value of the quote is said of"
    return None


def _are_swapped(one: Labelled, other: Labelled, given: Sequence[Labelled]) -> bool:
    """Return whether each of two values has in the quote what only the other is said of: main 60 Nm, rod 30 Nm."""
    if one[0].dimension != other[0].dimension or same(one[0], other[0]):
        return False
    first, second = ([label for value, label in given if value.unit and same(value, it)] for it, _ in (one, other))
    mine, its = one[1] - other[1], other[1] - one[1]
    return bool(first and second) and all(
        mine & (right - left) and its & (left - right) and not mine & (left - right) and not its & (right - left)
        for left, right in product(first, second)
    )


def _stands_by_another(one: Labelled, given: Sequence[Labelled]) -> bool:
    """Return whether most of what a value is said of belongs in the quote to another one, and nothing to its own."""
    value, mine = one
    alike = [(same(each, value), label) for each, label in given if each.dimension == value.dimension]
    own, others = ([label for same_value, label in alike if same_value is side] for side in (True, False))
    return bool(own) and any(
        all(not mine & (left - right) and _most(mine - (left & right), right) for left in own) for right in others
    )


def _most(words: frozenset[str], label: frozenset[str]) -> bool:
    """Return whether a label has most of these words, and there are any."""
    return bool(words) and len(words & label) >= SHARED * len(words)


def _label(text: str, value: Quantity) -> frozenset[str]:
    """Return the words beside a value, with the numbers of a pin or of another sort: pin 1, at 900 rpm."""
    piece = beside(text, value)
    for each in reversed(find(piece)):
        if each.dimension == value.dimension:
            piece = f"{piece[: each.start]} {piece[each.end :]}"
    return stems(piece) | frozenset(LABEL.findall(piece.casefold()))


def _reordered(statement: str, quote: str) -> bool:
    """Return whether steps that both texts put in an order, by numbers or by "then", come in another one."""
    given = [words for step in STEP.split(quote) if (words := stems(step))]
    places = []
    for step in STEP.split(statement):
        words = stems(step)
        shares = [len(words & each) / len(words | each) for each in given] if words else []
        if shares and max(shares) >= SHARED and shares.count(max(shares)) == 1:
            places.append(shares.index(max(shares)))
    return places != sorted(places)


def _opposes(statement: str, quote: str, context: str) -> bool:
    """Return whether of two opposites one is only in the statement, and the other only in the quote."""
    plain = TELLER.sub(" ", statement)
    ours, theirs, known = (frozenset(WORD.findall(text.casefold())) for text in (plain, quote, context))
    return any(ours - theirs - known & words and (theirs - ours) & words for words in OPPOSED)


def _loses_denial(statement: str, quote: str) -> bool:
    """Return whether a clause of a statement denies what its quote does not, or the other way."""
    parts = CLAUSE.split(quote)
    if len(parts) == 1 and denies(quote) and _affirms(statement) and not _says(statement):
        return True  # "Never had this on mine" says nothing but its denial
    said = {piece: _says(piece) for piece in (*parts, *BOUNDARY.split(quote))}
    return any(_is_denied_otherwise(clause, parts, said) for clause in CLAUSE.split(statement))


def _is_denied_otherwise(clause: str, parts: list[str], said: dict[str, frozenset[str]]) -> bool:
    """Return whether what says most of the same in a quote is denied where a clause is not, or the other way.

    `said` has the words of the quote's clauses and sentences, of which `parts` are the clauses.
    """
    own = _says(clause)
    most = max(len(own & each) for each in said.values())
    near = [piece for piece, each in said.items() if len(own & each) == most]
    fewest = min((len(said[piece]) for piece in near if piece in parts), default=None)
    if not most or fewest is None or most < SHARED * max(len(own), fewest):
        return False
    return not any(
        denies(piece) == denies(clause) or _means_denial(clause) != _means_denial(piece)
        for piece in near
        if len(said[piece]) == fewest
    )


def _drops_denial(statement: str, quote: str) -> bool:
    """Return whether a statement says all of what a clause of its quote denies, and denies nothing."""
    if DENIES.search(statement) or MEANS_DENIAL.search(statement):
        return False
    said = told(statement)
    for clause in clauses(quote):
        denied = denies(clause) and not MEANS_DENIAL.search(clause)
        if (denied or UNLESS.search(clause)) and len(words := _says(clause)) >= 2 and words <= said:
            return True
    return False


def _takes_up_denied(statement: str, quote: str) -> bool:
    """Return whether a statement says of one thing what a few words of its quote deny: "soap, not grease"."""
    pieces = CLAUSE.split(quote)
    told_as_true = [words(clause) for clause in CLAUSE.split(statement) if _affirms(clause)]
    for piece in pieces:
        denied = words(DENIES.sub("", piece))
        if not denies(piece) or MEANS_DENIAL.search(piece) or not 0 < len(denied) <= FEW:
            continue
        is_said_too = any(denied <= words(other) for other in pieces if not denies(other))
        if not is_said_too and any(denied <= clause for clause in told_as_true):
            return True
    return False


def _does_without(statement: str, quote: str) -> bool:
    """Return whether a statement does without what its quote has, and denies nowhere: no slack for a bit of slack."""
    return not (DENIES.search(quote) or MEANS_DENIAL.search(quote)) and any(
        (left_out := told(thing)) and left_out <= told(quote) for thing in WITHOUT.findall(statement)
    )


def _affirms(clause: str) -> bool:
    return not (DENIES.search(clause) or MEANS_DENIAL.search(clause))


def _means_denial(clause: str) -> frozenset[str]:
    """Return the words that deny by what they say; one that both clauses have excuses nothing."""
    return frozenset(map(str.casefold, MEANS_DENIAL.findall(clause)))


def _says(clause: str) -> frozenset[str]:
    return told(DENIES.sub("", clause))


def denies(clause: str) -> bool:
    return len(DENIES.findall(clause)) % 2 == 1
