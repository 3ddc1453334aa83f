"""Label a thread by rules, without a key: few pairs, all verbatim. Pure.

They are the cause that a thread's author found in the end, or the numbered steps of one author; and figures on a line
of their own (`Spark plugs, dry: 25 Nm`). The rows say `labeler: rules`.
"""

import re
from collections.abc import Iterator

from vlm3_dataset.labelers.rules.facts import fact, sound_facts
from vlm3_dataset.labelers.rules.label_lines import value_line
from vlm3_dataset.schema import QA, Claim, Labels, Post, Thread
from vlm3_dataset.sources.threads.noise import is_how_to
from vlm3_dataset.sources.threads.worth import BOUNDARY, DOUBT, RESOLVED, resolution, sentence

VERSION = "rules-threads-3"  # written as the prompt version; raise it when a pair would come out differently

LONGEST_QUESTION = 290  # characters
LONGEST_ANSWER = 590
MOST_SENTENCES = 4  # of the answer that names the cause
MOST_FIGURES = 3  # of a thread
NO_PLACE = (0, 0, 0, 0)  # a post has words and no boxes
FEWEST_WORDS = 3  # of a title that says what it is about
STEP = r"\s*(?:step )?\(?(\d{1,2})[.):-]\s+"
NUMBERED = re.compile(rf"(?mi)^{STEP}\S.*(?:\n(?!{STEP})\S.*)*")
OUTER = re.compile(
    r"(?i)^\W*(?:(?:diy|how[- ]?to|guide|write[- ]?up|tutorial|solved|resolved|fixed|help|urgent|re|question)\b\W*)+"
    r"|[\s?!.:]+$"
)
WORD = re.compile(r"[^\W\d_]{2,}")
HOLLOW = re.compile(r"(?i)(?:\S+ ){1,2}nailed it\W*|case closed\W*(?:\w+\W*)?")
ASKS_HOW = re.compile(
    r"(?i)\bhow (?:do|does|did|can|should|would|to)\b|\b(?:any|is there a) (?:guide|write[- ]?up|how[- ]?to)\b"
)
ASKS = re.compile(r"[^.!?\n]{12,200}\?")


def label(thread: Thread) -> Labels:
    """Return the pairs of a thread that can be found without understanding it; most threads have none."""
    opening = thread.posts[0]
    asks_how = ASKS_HOW.search(f"{thread.title}\n{opening.text}")
    told = [opening] if is_how_to(thread.title, opening.text) else thread.posts[1:] if asks_how else ()
    if pair := next((pair for post in told if (pair := _steps_pair(thread, post))), None):
        return Labels("how-to", (pair,))
    figures = tuple(_value_pairs(thread))[:MOST_FIGURES]
    found = resolution(thread)
    if found and (pair := _cause_pair(thread, opening, found)):
        return Labels("troubleshooting", (pair, *figures))
    return Labels("specification" if figures else "experience", figures)


def _cause_pair(thread: Thread, opening: Post, found: Post) -> QA | None:
    about = _about(thread, opening)
    resolved = RESOLVED.search(found.text)
    if not about or not resolved:
        return None
    quote = _from_sentence(found.text, resolved.start())
    if len(WORD.findall(quote)) < FEWEST_WORDS or HOLLOW.fullmatch(quote):  # "Problem solved."
        return None
    return _pair(f"{about}: what did it turn out to be?", quote, found, "troubleshooting")


def _value_pairs(thread: Thread) -> Iterator[QA]:
    """Yield `label: value` lines as pairs; a label to which two posts give different values is left out."""
    found = [
        (fact(match["label"], (), match["value"], match[0], NO_PLACE), post)
        for post in thread.posts
        for line in post.text.splitlines()
        if (match := value_line(line.strip()))
    ]
    wanted = {id(one) for one in sound_facts(one for one, _ in found)}
    for one, post in found:
        if id(one) in wanted:
            about = OUTER.sub("", thread.title).strip()
            about = about if WORD.search(about) else _about(thread, thread.posts[0])
            if not about:
                continue
            question = f"{about}: what does an owner give for {one.subject}?"
            yield _pair(question, one.evidence, post, "specification")


def _steps_pair(thread: Thread, post: Post) -> QA | None:
    """Return the numbered steps of a post as they stand, where they count from 1 without a gap."""
    steps = list(NUMBERED.finditer(post.text))
    numbers = [int(step[1]) for step in steps]
    subject = OUTER.sub("", thread.title).strip()
    if len(steps) < 3 or numbers != list(range(1, len(steps) + 1)) or len(WORD.findall(subject)) < 2:
        return None
    quote = post.text[steps[0].start() : steps[-1].end()].strip()
    if len(quote) > LONGEST_ANSWER:
        return None
    return _pair(f"{subject}: what are the steps, as an owner did it?", quote, post, "procedure")


def _about(thread: Thread, opening: Post) -> str:
    """Return what a thread is about, in its own words: the title, and the question or first sentence of its opening."""
    title = OUTER.sub("", thread.title).strip()
    first = next(iter(BOUNDARY.split(opening.text.strip())), "").strip(" .?!:")
    asked = ASKS.search(opening.text)
    symptom = first if len(WORD.findall(first)) >= FEWEST_WORDS else asked[0].strip(" ?") if asked else ""
    about = f"{symptom}. {title}" if symptom and title.casefold() not in symptom.casefold() else symptom or title
    if len(about) > LONGEST_QUESTION - 40:
        about = title
    return about if len(WORD.findall(about)) >= FEWEST_WORDS else ""


def _from_sentence(text: str, place: int) -> str:
    """Return the sentence at a place, and those behind it while they fit and doubt nothing."""
    found = sentence(text, place)
    start = text.find(found)
    if len(WORD.findall(found)) < FEWEST_WORDS:  # "Problem solved.": by what, the sentence before it says
        start = text.find(sentence(text, max(0, start - 2)))
    end = start
    for piece in BOUNDARY.split(text[start:].partition("\n\n")[0])[:MOST_SENTENCES]:
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
        labeler="rules",
        model=None,
        prompt_version=VERSION,
        claims=(Claim(quote, post.number, quote, "first-hand", post.url, post.date),),
    )
