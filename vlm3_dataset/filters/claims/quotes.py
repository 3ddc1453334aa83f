"""Find what a claim quotes: its sentence, and whether it has the figures and the names that an answer gives. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from vlm3_dataset.filters.claims.phrases import CURRENCIES, YEAR
from vlm3_dataset.filters.grounding.statements import Statement, has_name
from vlm3_dataset.filters.rules import NUMBER, values
from vlm3_dataset.quantities import find, numbers, same
from vlm3_dataset.schema import QA, Claim, Thread
from vlm3_dataset.sources.threads.worth import sentence

CODE = re.compile(r"(?<![\d.,])\b(?=\w*[^\W\d_])(?=\w*\d)\w[\w/.-]*\w\b|\b[A-Z]{2,}[A-Z0-9-]*\b")
THOUSANDS = re.compile(r"\b(\d{1,3})k\b(?! ?(?:ohms?|Ω|W|Hz|Pa|g|N)\b)")
SUMS = tuple(
    (re.compile(rf"(?i)(?:{signs}) ?(\d[\d.,]*\d|\d)|\b(\d[\d.,]*\d|\d) ?(?:{signs})(?!\w)"), name)
    for name, signs in CURRENCIES.items()
)
MONEY = re.compile(rf"(\d[\d.,]*) ({'|'.join(CURRENCIES)})\b")
# What owners write short, and a labeler in full.
SHORT_FORMS = tuple(
    (re.compile(rf"(?i)(?<![\w/])(?:{short})(?!\w)"), full)
    for short, full in (
        ("lhs?|l/h", "left"), ("rhs?|r/h", "right"), ("w/o(?:ut)?", "without"), (r"w/(?= ?\w)", "with "), ("&", "and"),
        (r"incl\.?", "including"), (r"esp\.?", "especially"), ("b/?c", "because"), ("b4", "before"), ("wks", "weeks"),
        (r"(?<=\d )in(?= (?:of|long|thick|wide|deep|high|apart|too)\b)", "inches"), ("yrs", "years"), ("hrs", "hours"),
        ("mths", "months"), ("cant", "can't"), ("wont", "won't"),
        ("(do|does|did|is|are|was|were|has|have|had|would|could|should|must|need)nt", r"\1n't"),
    )
)  # fmt: skip
LAST_YEAR = re.compile(r"(?i)\blast (?:year|spring|summer|autumn|fall|winter)\b")
SIGNS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "…": "..."})


def by_statement(qa: QA) -> Iterator[tuple[str, list[Claim]]]:
    """Yield each statement with its claims, one for each post that supports it."""
    for statement in dict.fromkeys(claim.statement for claim in qa.claims):
        yield statement, [claim for claim in qa.claims if claim.statement == statement]


def quoted_sentences(claim: Claim, thread: Thread) -> str:
    """Return the sentences of the post that its quote is cut from."""
    text = next((post.text for post in thread.posts if post.number == claim.post), "")
    place = text.find(claim.quote)
    if place < 0:
        return claim.quote
    return f"{sentence(text, place)} {claim.quote} {sentence(text, place + max(0, len(claim.quote) - 2))}"


def plain(text: str) -> str:
    """Return a text for comparing letter by letter: all blanks, and all forms of a typographic sign, are one."""
    return " ".join(text.translate(SIGNS).split())


def opening(thread: Thread) -> str:
    """Return what a thread is about, before anybody answers."""
    return f"{thread.title}\n{thread.forum}\n{thread.posts[0].text}"


@lru_cache(4096)
def in_full(text: str) -> str:
    """Return a text with its short forms written out: 112k miles, 900 quid, lh 7 mm, w/o the lip."""
    text = THOUSANDS.sub(r"\1,000", text)
    for pattern, name in SUMS:
        text = pattern.sub(lambda found, name=name: f"{found[1] or found[2]} {name}", text)
    for pattern, full in SHORT_FORMS:
        text = pattern.sub(full, text)
    return text


def written_out(qa: QA, thread: Thread) -> tuple[QA, Thread]:
    """Return a pair and its thread with their short forms written out."""
    claims = tuple(
        replace(claim, statement=in_full(claim.statement), quote=in_full(claim.quote)) for claim in qa.claims
    )
    posts = tuple(replace(post, text=in_full(post.text)) for post in thread.posts)
    pair = replace(qa, question=in_full(qa.question), answer=in_full(qa.answer), claims=claims)
    return pair, replace(thread, title=in_full(thread.title), posts=posts)


def figures(qa: QA, thread: Thread) -> str | None:
    """Require every figure of the answer in a quote, with its unit; a year may be that of the post."""
    quoted, answer = "\n".join(claim.quote for claim in qa.claims), qa.answer
    years = {claim.date[:4] for claim in qa.claims}
    there, quantities = values(f"{quoted} {qa.question} {opening(thread)}"), find(quoted)
    known = {code.casefold().removesuffix("s") for code in CODE.findall(f"{opening(thread)} {quoted}")}
    for number in NUMBER.findall(CODE.sub(" ", answer)):
        if (
            number not in years
            and not values(number) & there
            and number not in quoted
            and not is_year_of(number, f"{quoted} {opening(thread)}", years)
        ):
            return f"{number} is in the answer but not in the quotes"
    for code in CODE.findall(answer):
        quoted_value = any(same(one, other) for one in find(code) for other in quantities)
        is_known = code.casefold().removesuffix("s") in known or quoted_value
        if any(map(str.isdigit, code)) and not is_known:
            return f"{code} is in the answer but not in the quotes"
    sums = MONEY.findall(quoted)
    for number, currency in MONEY.findall(answer):
        if {other for same_number, other in sums if same_number == number} - {currency}:
            return f"{number} {currency} is in the answer but not in the quotes"
    units = {one.unit for one in quantities}
    bare = [one.values for one in numbers(quoted) if one.dimension == "number"]  # 35 Nm, not 50
    for quantity in find(answer):
        told = any(same(quantity, one) for one in quantities) or plain(quantity.text) in plain(quoted)
        if quantity.unit and not told and not (quantity.unit in units and quantity.values in bare):
            return f"{quantity.text} is in the answer but not in the quotes"
    return None


def names(qa: QA, thread: Thread) -> str | None:
    """Require every part, tool, fuse, pin, wire or colour of the answer in the quote of its own statement.

    The thing asked about, or a car, may stand in the question alone, if the quotes name no other of its kind.
    """
    asked = Statement(f"{qa.question}\n{opening(thread)}")
    for text, quotes_ in [
        (qa.answer, [claim.quote for claim in qa.claims]),
        *((statement, [claim.quote]) for statement, claims in by_statement(qa) for claim in claims),
    ]:
        quoted = Statement("\n".join(quotes_), qa.question)
        for name in Statement(text, qa.question).names:
            given = has_name(quoted.figures, quoted.text, name)
            other = name.kind != "type" and any(one.kind == name.kind for one in quoted.names)
            if name.kind != "date" and not given and (other or not has_name(asked.figures, asked.text, name)):
                return f"{name.text} is in the answer but not in the quotes"
    named = [name for name in Statement(qa.question).names if name.kind not in {"type", "date"}]
    if not named:  # most questions; a thread of 100 posts need not be read for them
        return None
    whole = "\n".join([opening(thread), *(post.text for post in thread.posts)])
    there = Statement(whole).figures
    unsaid = next((name for name in named if not has_name(there, whole, name)), None)
    return f"{unsaid.text} is in the question but not in the thread" if unsaid else None


def is_year_of(number: str, quoted: str, years: Iterable[str]) -> bool:
    """Return whether a number is a year that quotes mean: 1988 of an 88 M3, or the one before a post's "last year"."""
    if not YEAR.fullmatch(number):
        return False
    return number in year_before(quoted, years) or number[2:] in NUMBER.findall(quoted)


def year_before(quoted: str, years: Iterable[str]) -> set[str]:
    """Return the years that "last year" means in posts of some years; none where nobody says so."""
    return {str(int(year) - 1) for year in years if year} if LAST_YEAR.search(quoted) else set()
