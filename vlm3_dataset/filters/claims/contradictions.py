"""Find what a thread says against a claim: its author takes it back, or another owner found otherwise. Pure."""

import re
from collections.abc import Iterable, Iterator

from vlm3_dataset.filters.claims.phrases import BOTH_SIDES, CORRECTS, IN_VAIN, WRONG
from vlm3_dataset.filters.claims.quotes import by_statement
from vlm3_dataset.filters.claims.retelling import told
from vlm3_dataset.filters.rules import NUMBER
from vlm3_dataset.quantities import Quantity, agree, find, within
from vlm3_dataset.schema import QA, Claim, Post, Thread
from vlm3_dataset.sources.threads.worth import BOUNDARY

ADDS = {"should have said", "should have put"}  # more often what was left out
SPECIFIED = {"torque", "volume"}  # of which every car of a kind has the same
Stated = tuple[list[Quantity], frozenset[str]]  # a statement's values, and the words that carry what it says
EXPERIENCE = re.compile(r"(?i)\b(?:mine|my|i|measured)\b")


def contradicted(qa: QA, thread: Thread) -> str | None:
    """Require both sides in the answer where another post denies its statement."""
    authors = {post.number: post.author for post in thread.posts}
    told_of = {one.post for one in qa.claims}  # an answer may tell the correction as well
    for claim in qa.claims:
        author = authors.get(claim.post, "")
        later = (
            post
            for post in thread.posts
            if post.number > claim.post and post.author == author and post.number not in told_of
        )
        if any(_corrects(post.text, claim) for post in later):
            return "its author corrects it later"
    tells_both = BOTH_SIDES.search(qa.answer) and len({claim.post for claim in qa.claims}) > 1
    if not tells_both and contradictions(qa, thread):
        return "another post contradicts it, and the answer does not say so"
    return None


def contradictions(qa: QA, thread: Thread) -> list[str]:
    """Return the sentences of other posts against a pair: another value of the same thing, or that it is wrong."""
    authors = {post.number: post.author for post in thread.posts}
    mine = {authors[claim.post] for claim in qa.claims if claim.post in authors}
    stated = [([one for one in find(text) if one.dimension and one.unit], told(text)) for text, _ in by_statement(qa)]
    against = []
    for post in thread.posts[1:]:
        if post.author in mine:
            continue
        replies = any(claim.post in post.quotes for claim in qa.claims)
        against += _other_values(stated, post, 2 if replies else 3)
        if replies and (WRONG.search(post.text) or IN_VAIN.search(post.text)):
            against.append(post.text)
    return against


def _corrects(text: str, claim: Claim) -> bool:
    """Return whether a later post takes back what a quote says: its number, or a number of the same sort or things."""
    taken = CORRECTS.search(text)
    numbers = set(NUMBER.findall(claim.quote))
    if not taken or not numbers:
        return False
    if not numbers.isdisjoint(NUMBER.findall(text)):
        return True
    is_alike = _units(text) & _units(claim.quote) or len(told(text) & told(claim.quote)) >= 2
    return bool(is_alike) and taken[0].casefold() not in ADDS


def _units(text: str) -> set[str]:
    return {one.unit for one in find(text)} - {""}


def _other_values(stated: Iterable[Stated], post: Post, fewest: int) -> Iterator[str]:
    """Yield the sentences of a post that give the same thing another value, and share so many words at least."""
    for mine, about in stated:
        for part in BOUNDARY.split(post.text) if mine else ():
            for one in find(part) if len(about & told(part)) >= fewest else ():
                if one.dimension not in SPECIFIED and EXPERIENCE.search(part):  # of another car
                    continue
                alike = [each for each in mine if each.dimension == one.dimension]
                if alike and not any(agree(one, each) or within(one, each) or within(each, one) for each in alike):
                    yield part
                    break
