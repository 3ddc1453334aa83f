"""The labeler of threads that needs no key: verbatim, and few. Pure.

It makes at most one pair of a thread: what its author says it turned out to be, or the numbered steps of one author.
Every row it makes says `labeler: extractive`.
"""

import re

from vlm3_dataset.filters.noise import is_how_to
from vlm3_dataset.filters.worth import BOUNDARY, DOUBT, RESOLVED, resolution, sentence
from vlm3_dataset.schema import QA, Claim, Labels, Post, Thread

VERSION = (
    "extractive-threads-1"  # stands where a prompt version stands; raise it when a pair would come out differently
)

LONGEST_QUESTION = 290  # characters
LONGEST_ANSWER = 590
FEWEST_WORDS = 3  # of a title that says what it is about
STEP = r"\s*(?:step )?\(?(\d{1,2})[.):-]\s+"
NUMBERED = re.compile(rf"(?mi)^{STEP}\S.*(?:\n(?!{STEP})\S.*)*")
OUTER = re.compile(
    r"(?i)^\W*(?:(?:diy|how[- ]?to|guide|write[- ]?up|tutorial|solved|resolved|fixed|help|urgent|re|question)\b\W*)+"
    r"|[\s?!.:]+$"
)
WORD = re.compile(r"[^\W\d_]{2,}")
ASKS = re.compile(r"[^.!?\n]{12,200}\?")


def label(thread: Thread) -> Labels:
    """Return the pair of a thread, if it has one that can be had without understanding it."""
    opening = thread.posts[0]
    if is_how_to(thread.title, opening.text) and (pair := _how_to(thread, opening)):
        return Labels("how-to", (pair,))
    found = resolution(thread)
    pair = found and _resolved(thread, opening, found)
    return Labels("troubleshooting", (pair,) if pair else ())


def _resolved(thread: Thread, opening: Post, found: Post) -> QA | None:
    about = _about(thread, opening)
    said = RESOLVED.search(found.text)
    if not about or not said:
        return None
    quote = _from_sentence(found.text, said.start())
    return _pair(f"{about}: what did it turn out to be?", quote, found, "troubleshooting") if quote else None


def _how_to(thread: Thread, opening: Post) -> QA | None:
    """The numbered steps as they stand, where they count from 1 without a gap."""
    steps = list(NUMBERED.finditer(opening.text))
    numbers = [int(step[1]) for step in steps]
    subject = OUTER.sub("", thread.title).strip()
    if len(steps) < 3 or numbers != list(range(1, len(steps) + 1)) or len(WORD.findall(subject)) < 2:
        return None
    quote = opening.text[steps[0].start() : steps[-1].end()].strip()
    if len(quote) > LONGEST_ANSWER:
        return None
    return _pair(f"{subject}: what are the steps, as an owner did it?", quote, opening, "procedure")


def _about(thread: Thread, opening: Post) -> str:
    """What a thread is about, in its own words: the title, and the question or first sentence of its opening."""
    title = OUTER.sub("", thread.title).strip()
    first = next(iter(BOUNDARY.split(opening.text.strip())), "").strip(" .?!:")
    asked = ASKS.search(opening.text)
    symptom = first if len(WORD.findall(first)) >= FEWEST_WORDS else asked[0].strip(" ?") if asked else ""
    about = f"{symptom}. {title}" if symptom and title.casefold() not in symptom.casefold() else symptom or title
    if len(about) > LONGEST_QUESTION - 40:
        about = title
    return about if len(WORD.findall(about)) >= FEWEST_WORDS else ""


def _from_sentence(text: str, place: int) -> str:
    """The sentence at a place, and those behind it while they fit and doubt nothing."""
    start = text.find(sentence(text, place))
    end = start
    for piece in BOUNDARY.split(text[start:]):
        stop = text.find(piece, end) + len(piece)
        if stop - start > LONGEST_ANSWER or DOUBT.search(piece):
            break
        end = stop
    return text[start:end].strip()


def _pair(question: str, quote: str, post: Post, kind: str) -> QA:
    return QA(
        question=question,
        answer=quote,
        evidence=quote,
        question_type=kind,
        labeler="extractive",
        model=None,
        prompt_version=VERSION,
        claims=(Claim(quote, post.number, quote, "first-hand", post.url, post.date),),
    )
