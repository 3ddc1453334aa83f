"""Check an answer from a thread against its posts: somebody wrote it, equally sure and with the same date.

Each check is a function of the pair and its thread: None, or the reason to drop the pair. Pure.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from vlm3_dataset.filters import rules
from vlm3_dataset.filters.claims.contradictions import contradicted
from vlm3_dataset.filters.claims.instructions import instructed
from vlm3_dataset.filters.claims.outcomes import overstated
from vlm3_dataset.filters.claims.parts import is_of_another_part, parts
from vlm3_dataset.filters.claims.phrases import (
    HEARD,
    HEARSAY,
    HEDGED,
    POINTS,
    TAKEN_OUT,
    TIMED_YEAR,
    TIMELY,
    UNSURE,
    YEAR,
)
from vlm3_dataset.filters.claims.quotes import (
    CODE,
    by_statement,
    figures,
    is_year_of,
    names,
    opening,
    plain,
    quoted_sentences,
    written_out,
    year_before,
)
from vlm3_dataset.filters.claims.retelling import goes_beyond, shared, told
from vlm3_dataset.filters.claims.reversals import turned_round
from vlm3_dataset.filters.grounding.passages import PrintedPage
from vlm3_dataset.filters.rules import NUMBER, values
from vlm3_dataset.schema import QA, Claim, Dropped, Reading, Thread
from vlm3_dataset.sources.privacy.anonymise import pseudonyms, scrub
from vlm3_dataset.sources.threads.worth import BOUNDARY

Check = Callable[[QA, Thread], str | None]

SHORTEST_QUOTE = 8  # characters, unless it is the whole post
CARRIED = 0.6  # share of a statement's words that its quote must have; question and title name the rest
CARRIED_OF_SEVERAL = 0.7  # of each of several quotes, that two posts are not merged into one statement
FEW, CARRIED_OF_FEW = 2, 0.5  # words beside those of question and title: of two, one said otherwise is half
ASIDE = 3  # words of a sentence that speaks of the one before it: "I'd guess, can't prove it"
COVERED = 0.25  # share of the words of an answer's sentence that its statements must have
CONDITION = re.compile(
    r"(?i)\b(?:(?P<cold>cold)|(?P<warm>hot|warm(?:ed)?|operating temp\w*)|(?P<left>lhd|left[- ]hand[- ]drive)"
    r"|(?P<right>rhd|right[- ]hand[- ]drive)|(?P<off>engine off|ignition off|(?:engine )?not running)"
    r"|(?P<on>engine (?:on|running)|ignition on))\b"
)
CONDITIONAL = re.compile(r"(?i)(?<!idea )(?<!know )(?<!sure )\b(?:if|when|unless|provided) ([^.;,!?\n]+)")
# Begins what is the author's own, whatever he was told before.
OWN = re.compile(r"(?i)(?:(?:and|but) )?(?:mine|my|i)\b")
NO_PAGE = PrintedPage(Reading("posts", ()))  # the empty page that rules of a page get where there are posts


def form(qa: QA, _: Thread) -> str | None:
    if reason := rules.form(qa, rules.LONGEST_OF_OWNERS):
        return reason
    if not rules.LETTERS.search(qa.answer):
        return "the answer is a number alone"
    return rules.meta(qa, NO_PAGE) or rules.leak(qa, NO_PAGE) or rules.language(qa, NO_PAGE)


def deictic(qa: QA, _: Thread) -> str | None:
    points = POINTS.search(qa.question) or (qa.labeler == "claude" and POINTS.search(qa.answer))
    return "it means nothing without the thread" if points else None


def people(qa: QA, thread: Thread) -> str | None:
    """Refuse a name, anything that leads to a person, and a sentence from which something was taken out."""
    text = f"{qa.question}\n{qa.answer}"
    if TAKEN_OUT.search(text):
        return "a detail of a person was taken out of it"
    return "a name or a personal detail is left in it" if scrub(text, pseudonyms(thread.people)) != text else None


def quotes(qa: QA, thread: Thread) -> str | None:
    """Require that every claim stands verbatim in the post that it names."""
    if not qa.claims:
        return "no post carries the answer"
    texts = {post.number: plain(post.text) for post in thread.posts}
    for claim in qa.claims:
        quote = plain(claim.quote)
        if claim.post not in texts or not quote:
            return "a claim names no post of the thread"
        if quote not in texts[claim.post]:
            elsewhere = any(quote in text for text in texts.values())
            return "a quote is of another post" if elsewhere else "a quote is not in its post"
        if len(quote) < SHORTEST_QUOTE and quote != texts[claim.post]:
            return "a quote is too short to carry anything"
    return None


def carried(qa: QA, thread: Thread) -> str | None:
    """Require that each quote alone carries its whole statement: its figures and most of its words.

    What the question and the title say need not be quoted again, but counts where it is.
    """
    given = told(f"{qa.question} {thread.title}")
    asked = set(NUMBER.findall(f"{qa.question} {opening(thread)}"))
    for statement, claims in by_statement(qa):
        wanted = told(statement) - given
        figures = set(NUMBER.findall(CODE.sub(" ", statement))) - asked
        figures -= {claim.date[:4] for claim in claims}
        carrying = [_carries(claim, wanted, figures, alone=len(claims) == 1) for claim in claims]
        together = "\n".join(claim.quote for claim in claims)
        if not all(carrying):
            merged = len(claims) > 1 and _carries(replace(claims[0], quote=together), wanted, figures, alone=False)
            return "two posts are merged into one statement" if merged else "a quote does not carry its statement"
        if goes_beyond(statement, together, given):
            return "a statement goes beyond its quote"
    return None


def covered(qa: QA, thread: Thread) -> str | None:
    """Require that no sentence of the answer goes beyond its statements."""
    given = told(f"{qa.question} {thread.title}")
    claimed = told(" ".join(f"{claim.statement} {claim.quote}" for claim in qa.claims)) | given
    for part in BOUNDARY.split(qa.answer):
        wanted = told(part) - given
        if len(wanted) > FEW and len(wanted & claimed) < COVERED * len(wanted):
            return "a sentence of the answer has no claim"
    return None


def outcome(qa: QA, _: Thread) -> str | None:
    """Require that no sentence of a statement or the answer makes more of what was done than the quotes say."""
    for text, claims in (*by_statement(qa), (qa.answer, qa.claims)):
        quoted = "\n".join(claim.quote for claim in claims)
        if reason := next((reason for one in BOUNDARY.split(text) if (reason := overstated(one, quoted))), None):
            return reason
    return None


def part(qa: QA, thread: Thread) -> str | None:
    """Require that the question asks about the part that the quote speaks of."""
    for claim in qa.claims:
        if is_of_another_part(qa.question, f"{claim.statement} {qa.answer}", quoted_sentences(claim, thread)):
            return "the question names another part than the quote"
    return None


def hearsay(qa: QA, thread: Thread) -> str | None:
    """Require that an answer says so, where it tells what an author only heard or was not sure of."""
    for claim in qa.claims:
        said = [claim.statement, *_most_alike(claim.statement, qa.answer)]
        around = quoted_sentences(claim, thread)
        is_heard = claim.standing == "hearsay" or HEARSAY.search(claim.quote if OWN.match(claim.quote) else around)
        if is_heard and not any(map(HEARD.search, said)):
            return "hearsay is told as a fact"
        asides = [part for part in BOUNDARY.split(claim.quote)[1:] if len(told(part)) <= ASIDE]
        doubts = map(UNSURE.search, [*asides, *_most_alike(claim.statement, around)])
        if (any(doubts) or claim.quote.rstrip().endswith("?")) and not any(map(HEDGED.search, said)):
            return "a guess is told as a fact"
    return None


def conditioned(qa: QA, thread: Thread) -> str | None:
    """Require the state and the sort of car for which a quote says something: when hot, on right-hand drive."""
    for claim in qa.claims:
        known = f"{claim.statement} {qa.answer} {qa.question} {thread.title}"
        clauses = map(told, CONDITIONAL.findall(claim.quote))
        is_left_out = any(words and not shared(words, told(known)) for words in clauses)
        if is_left_out or _states(claim.quote) - _states(known):
            return "a condition of a quote is left out"
    return None


def _states(text: str) -> set[str | None]:
    return {found.lastgroup for found in CONDITION.finditer(text)}


def _most_alike(statement: str, text: str) -> list[str]:
    """Return the sentences of a text that share most words with a statement."""
    counts = {part: len(told(statement) & told(part)) for part in BOUNDARY.split(text)}
    return [part for part, count in counts.items() if count == max(counts.values())]


def dated(qa: QA, thread: Thread) -> str | None:
    """Require the year beside a price and beside what could be bought."""
    years = set(YEAR.findall(qa.answer))
    for claim in qa.claims:
        around = quoted_sentences(claim, thread)
        dates = set(TIMED_YEAR.findall(around))
        if dates and not dates & years:
            return "a date is lost"
        own = {claim.date[:4], *YEAR.findall(around), *year_before(around, [claim.date[:4]])}
        is_told = TIMELY.search(f"{claim.statement} {qa.answer}")
        if is_told and TIMELY.search(claim.quote) and claim.date and not own & years:
            return "a price or an offer is told without its year"
    return None


AS_WRITTEN: tuple[Check, ...] = (form, deictic, people, instructed, quotes)
WRITTEN_OUT: tuple[Check, ...] = (
    figures, names, parts, part, carried, turned_round, outcome, covered, conditioned, hearsay, dated, contradicted,
)  # fmt: skip


def refuse(qa: QA, thread: Thread) -> str | None:
    """Return the first reason to drop a pair, or None."""
    if reason := next((reason for check in AS_WRITTEN if (reason := check(qa, thread))), None):
        return reason
    in_full = written_out(qa, thread)
    return next((reason for check in WRITTEN_OUT if (reason := check(*in_full))), None)


def ground(qa: QA, thread: Thread) -> QA | Dropped:
    """Return a pair as quoted from its thread, or dropped by the first rule that it breaks."""
    reason = refuse(qa, thread)
    return Dropped(qa, reason) if reason else replace(qa, numbers_grounded="quoted")


def count_owners(qa: QA, thread: Thread) -> int:
    """Return how many authors support the whole answer: the fewest of any of its statements."""
    authors = {post.number: post.author for post in thread.posts}
    given = told(f"{qa.question} {thread.title}")
    return min(
        len({
            authors[claim.post] for claim in claims if _share_of_words(told(statement) - given, claim.quote) >= CARRIED
        })
        for statement, claims in by_statement(qa)
    )  # fmt: skip


def _carries(claim: Claim, wanted: frozenset[str], figures: Iterable[str], *, alone: bool) -> bool:
    """Return whether a quote has the figures of its statement and most of these words, if it is `alone` half of few."""
    quote = claim.quote
    share, enough = _share_of_words(wanted, quote), CARRIED if alone else CARRIED_OF_SEVERAL
    if alone and len(wanted) <= FEW:
        share, enough = max(share, _share_of_words(told(claim.statement), quote)), CARRIED_OF_FEW
    there = values(quote)
    return share >= enough and all(
        values(number) & there or number in quote or is_year_of(number, quote, {claim.date[:4]}) for number in figures
    )


def _share_of_words(wanted: Iterable[str], quote: str) -> float:
    wanted = set(wanted)
    return len(shared(wanted, told(quote))) / len(wanted) if wanted else 1.0
