"""Check an answer from a thread against its posts: somebody wrote it, equally sure and with the same date.

Each check is a function of the pair and its thread: None, or the reason to drop the pair. Pure.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from vlm3_dataset.filters import rules
from vlm3_dataset.filters.passages import PrintedPage
from vlm3_dataset.filters.phrases import (
    BOTH_SIDES,
    CORRECTS,
    HEARSAY,
    HEDGED,
    INJECTED,
    POINTS,
    TAKEN_OUT,
    TIMED_YEAR,
    TIMELY,
    UNSURE,
    WRONG,
    YEAR,
    stems,
)
from vlm3_dataset.filters.rules import NUMBER, values
from vlm3_dataset.filters.statements import Statement, has_name
from vlm3_dataset.filters.turned import parts, turned_round
from vlm3_dataset.quantities import agree, find, same, within
from vlm3_dataset.schema import QA, Claim, Dropped, Post, Reading, Thread
from vlm3_dataset.sources.anonymise import pseudonyms, scrub
from vlm3_dataset.sources.worth import BOUNDARY, sentence

Check = Callable[[QA, Thread], str | None]

LONGEST_ANSWER = 1_200  # characters; a how-to of an owner is longer than a line of a table
SHORTEST_QUOTE = 8  # characters, unless it is the whole post
CARRIED = 0.6  # share of a statement's words that its quote must have; question and title name the rest
COVERED = 0.5  # share of the words of an answer's sentence that its statements must have
CODE = re.compile(r"\b(?=\w*[^\W\d_])(?=\w*\d)\w[\w/.-]*\w\b|\b[A-Z]{2,}[A-Z0-9-]*\b")
NO_PAGE = PrintedPage(Reading("posts", ()))  # the empty page that rules of a page get where there are posts


def form(qa: QA, _: Thread) -> str | None:
    if len(qa.question) not in rules.QUESTION_LENGTH:
        return f"the question has {len(qa.question)} characters"
    if not 0 < len(qa.answer) <= LONGEST_ANSWER or not rules.LETTERS.search(qa.answer):
        return f"the answer has {len(qa.answer)} characters"
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


def injected(qa: QA, _: Thread) -> str | None:
    """Refuse instructions to the labeler that a post contains and the answer has taken up."""
    texts = (qa.question, qa.answer, *(claim.statement for claim in qa.claims), *(claim.quote for claim in qa.claims))
    return "an instruction to whoever reads, or a link" if any(map(INJECTED.search, texts)) else None


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


def figures(qa: QA, thread: Thread) -> str | None:
    """Require every figure of the answer in a quote, with its unit; a year may be that of the post."""
    quoted = "\n".join(claim.quote for claim in qa.claims)
    years = {claim.date[:4] for claim in qa.claims}
    there, quantities = values(quoted), find(quoted)
    known = {code.casefold() for code in CODE.findall(f"{_opening(thread)} {quoted}")}
    for number in NUMBER.findall(CODE.sub(" ", qa.answer)):
        if number not in years and not values(number) & there:
            return f"{number} is in the answer but not in the quotes"
    for code in CODE.findall(qa.answer):
        quoted_value = any(same(one, other) for one in find(code) for other in quantities)
        if any(map(str.isdigit, code)) and code.casefold() not in known and not quoted_value:
            return f"{code} is in the answer but not in the quotes"
    for quantity in find(qa.answer):
        if (
            quantity.unit
            and not any(same(quantity, one) for one in quantities)
            and plain(quantity.text) not in plain(quoted)
        ):
            return f"{quantity.text} is in the answer but not in the quotes"
    return None


def names(qa: QA, thread: Thread) -> str | None:
    """Require every part, tool, fuse, pin, wire or colour of the answer in the quote of its own statement.

    The thing asked about, or a car, may stand in the question alone, if the quotes name no other of its kind.
    """
    opening = Statement(f"{qa.question}\n{_opening(thread)}")
    for text, quotes_ in [
        (qa.answer, [claim.quote for claim in qa.claims]),
        *((statement, [claim.quote]) for statement, claims in by_statement(qa) for claim in claims),
    ]:
        quoted = Statement("\n".join(quotes_), qa.question)
        for name in Statement(text, qa.question).names:
            given = has_name(quoted.figures, quoted.text, name)
            other = name.kind != "type" and any(one.kind == name.kind for one in quoted.names)
            if name.kind != "date" and not given and (other or not has_name(opening.figures, opening.text, name)):
                return f"{name.text} is in the answer but not in the quotes"
    named = [name for name in Statement(qa.question).names if name.kind not in {"type", "date"}]
    if not named:  # most questions; a thread of 100 posts need not be read for them
        return None
    whole = "\n".join([_opening(thread), *(post.text for post in thread.posts)])
    there = Statement(whole).figures
    unsaid = next((name for name in named if not has_name(there, whole, name)), None)
    return f"{unsaid.text} is in the question but not in the thread" if unsaid else None


def carried(qa: QA, thread: Thread) -> str | None:
    """Require that each quote alone carries its whole statement: its figures and most of its words."""
    given = stems(f"{qa.question} {thread.title}")
    for statement, claims in by_statement(qa):
        wanted = stems(statement) - given
        figures = set(NUMBER.findall(CODE.sub(" ", statement))) - {claim.date[:4] for claim in claims}
        carrying = [_carries(claim.quote, wanted, figures) for claim in claims]
        if not all(carrying):
            together = "\n".join(claim.quote for claim in claims)
            merged = len(claims) > 1 and _carries(together, wanted, figures)
            return "two posts are merged into one statement" if merged else "a quote does not carry its statement"
    return None


def covered(qa: QA, thread: Thread) -> str | None:
    """Require that no sentence of the answer goes beyond its statements."""
    given = stems(f"{qa.question} {thread.title}")
    claimed = stems(" ".join(f"{claim.statement} {claim.quote}" for claim in qa.claims)) | given
    for part in BOUNDARY.split(qa.answer):
        wanted = stems(part) - given
        if len(wanted) >= 2 and len(wanted & claimed) < COVERED * len(wanted):
            return "a sentence of the answer has no claim"
    return None


def hearsay(qa: QA, thread: Thread) -> str | None:
    """Require that the answer says so where an author only heard something or was not sure."""
    if HEDGED.search(qa.answer):
        return None
    for claim in qa.claims:
        around = quoted_sentences(claim, thread)
        if claim.standing == "hearsay" or HEARSAY.search(around):
            return "hearsay is told as a fact"
        if UNSURE.search(around):
            return "a guess is told as a fact"
    return None


def dated(qa: QA, thread: Thread) -> str | None:
    """Require the year beside a price and beside what could be bought."""
    years = set(YEAR.findall(qa.answer))
    for claim in qa.claims:
        around = quoted_sentences(claim, thread)
        dates = set(TIMED_YEAR.findall(around))
        if dates and not dates & years:
            return "a date is lost"
        if TIMELY.search(claim.quote) and claim.date and not ({claim.date[:4]} | set(YEAR.findall(around))) & years:
            return "a price or an offer is told without its year"
    return None


def contradicted(qa: QA, thread: Thread) -> str | None:
    """Require both sides in the answer where another post denies its statement."""
    authors = {post.number: post.author for post in thread.posts}
    for claim in qa.claims:
        author = authors.get(claim.post, "")
        later = (post for post in thread.posts if post.number > claim.post and post.author == author)
        if any(CORRECTS.search(post.text) and stems(post.text) & stems(claim.quote) for post in later):
            return "its author corrects it later"
    tells_both = BOTH_SIDES.search(qa.answer) and len({claim.post for claim in qa.claims}) > 1
    if not tells_both and contradictions(qa, thread):
        return "another post contradicts it, and the answer does not say so"
    return None


CHECKS: tuple[Check, ...] = (
    form, deictic, people, injected, quotes, figures, names, parts, carried, turned_round, covered, hearsay,
    dated, contradicted,
)  # fmt: skip


def refuse(qa: QA, thread: Thread) -> str | None:
    """Return the first reason to drop a pair, or None."""
    return next((reason for check in CHECKS if (reason := check(qa, thread))), None)


def ground(qa: QA, thread: Thread) -> QA | Dropped:
    """Return a pair as quoted from its thread, or dropped by the first rule that it breaks."""
    reason = refuse(qa, thread)
    return Dropped(qa, reason) if reason else replace(qa, numbers_grounded="quoted")


def contradictions(qa: QA, thread: Thread) -> list[str]:
    """Return the sentences of other posts against a pair: another value of the same thing, or that it is wrong."""
    authors = {post.number: post.author for post in thread.posts}
    mine = {authors[claim.post] for claim in qa.claims if claim.post in authors}
    against = []
    for post in thread.posts[1:]:
        if post.author in mine:
            continue
        against += _other_values(qa, post)
        if WRONG.search(post.text) and any(claim.post in post.quotes for claim in qa.claims):
            against.append(post.text)
    return against


def by_statement(qa: QA) -> Iterator[tuple[str, list[Claim]]]:
    """Yield each statement with its claims, one for each post that supports it."""
    for statement in dict.fromkeys(claim.statement for claim in qa.claims):
        yield statement, [claim for claim in qa.claims if claim.statement == statement]


def count_owners(qa: QA, thread: Thread) -> int:
    """Return how many authors support the whole answer: the fewest of any of its statements."""
    authors = {post.number: post.author for post in thread.posts}
    given = stems(f"{qa.question} {thread.title}")
    return min(
        len({
            authors[claim.post] for claim in claims if _share_of_words(stems(statement) - given, claim.quote) >= CARRIED
        })
        for statement, claims in by_statement(qa)
    )  # fmt: skip


def plain(text: str) -> str:
    """Return a text for comparing letter by letter: all blanks, and all forms of a typographic sign, are one."""
    return " ".join(text.translate(SIGNS).split())


SIGNS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "…": "..."})


def quoted_sentences(claim: Claim, thread: Thread) -> str:
    """Return the sentences of the post that its quote is cut from."""
    text = next((post.text for post in thread.posts if post.number == claim.post), "")
    place = text.find(claim.quote)
    if place < 0:
        return claim.quote
    return f"{sentence(text, place)} {claim.quote} {sentence(text, place + max(0, len(claim.quote) - 2))}"


def _opening(thread: Thread) -> str:
    """Return what a thread is about, before anybody answers."""
    return f"{thread.title}\n{thread.forum}\n{thread.posts[0].text}"


def _carries(quote: str, wanted: Iterable[str], figures: Iterable[str]) -> bool:
    there = values(quote)
    return _share_of_words(wanted, quote) >= CARRIED and all(values(number) & there for number in figures)


def _share_of_words(wanted: Iterable[str], quote: str) -> float:
    wanted = set(wanted)
    return len(wanted & stems(quote)) / len(wanted) if wanted else 1.0


def _other_values(qa: QA, post: Post) -> Iterator[str]:
    """Yield the sentences of a post that give the same thing another value."""
    for statement, _ in by_statement(qa):
        mine = [one for one in find(statement) if one.dimension and one.unit]
        about = stems(statement)
        for part in BOUNDARY.split(post.text) if mine else ():
            for one in find(part) if len(about & stems(part)) >= 2 else ():
                alike = [each for each in mine if each.dimension == one.dimension]
                if alike and not any(agree(one, each) or within(one, each) or within(each, one) for each in alike):
                    yield part
                    break
