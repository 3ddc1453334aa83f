"""The rules a pair must pass. Each is a function of the pair and its page's text: None, or the reason to drop it. Pure.

Only what is wrong is dropped; what is merely doubtful is marked (grounding.py), because measured datasets lost
quality when low-rated rows were removed.
"""

import re
from collections.abc import Callable
from difflib import SequenceMatcher
from itertools import combinations

from vlm3_dataset.filters.grounding import NUMBER, values
from vlm3_dataset.quantities import agree, find
from vlm3_dataset.schema import QA

Check = Callable[[QA, str], str | None]

QUESTION_LENGTH = range(10, 301)  # characters
ANSWER_LENGTH = range(1, 601)
META = re.compile(
    r"\b(as an ai|i('m| am) (sorry|unable)|i (cannot|can't|do not know)"
    r"|(cannot|can't|could not) be (read|seen|determined|identified|made out)|unable to (read|see|determine)"
    r"|the (image|picture|page|text) (does not|doesn't) (show|contain|provide|say|give)"
    r"|not (visible|legible|shown) (in|on)|(not|too) (clearly )?(legible|blurred|blurry)\b.{0,20}\bto read)\b",
    re.IGNORECASE,
)
DEICTIC = re.compile(
    r"\b(this|the (above|following|given|shown)) (page|table|figure|image|picture|diagram|drawing|manual)\b"
    r"|\b(table|figure|picture|diagram) (above|below|shown)\b"
    r"|\bthe (table|figure|image|picture|diagram|drawing|photograph|illustration)\b(?! (\d|[a-z]\b|of|for)|-)",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(r"see\s+(\w+\s+){0,2}specifications?", re.IGNORECASE)
LETTERS = re.compile(r"[^\W\d_]")
WORD = re.compile(r"[^\W\d_]+")
# Words that a question in a language can hardly do without.
COMMON = {
    "English": "what which when where how why who is are does do the of for and to in on with must should",
    "German": "was welche welches welcher wie wo wann warum ist sind der die das des für und mit muss beim",
    "Italian": "qual quale quali come dove quando perché è sono il la lo gli della del dei per che",
    "French": "quel quelle quels comment où quand pourquoi est sont le la les du des pour avec doit",
    "Spanish": "qué cuál cuáles cómo dónde cuándo es son el la los las del para con debe",
}
LANGUAGES = {name: frozenset(words.split()) for name, words in COMMON.items()}
EVIDENCE_MATCH = 0.8  # share of the evidence's characters found on the page in their order; OCR loses one in fifty


def form(qa: QA, page_text: str) -> str | None:
    if len(qa.question) not in QUESTION_LENGTH:
        return f"the question has {len(qa.question)} characters"
    if len(qa.answer) not in ANSWER_LENGTH:
        return f"the answer has {len(qa.answer)} characters"
    if not LETTERS.search(qa.question) or not re.search(r"\w", qa.answer):
        return "no words"
    return None


def meta(qa: QA, page_text: str) -> str | None:
    return "a refusal or talk about the image" if META.search(qa.answer) else None


def deictic(qa: QA, page_text: str) -> str | None:
    return "the question means nothing without the page" if DEICTIC.search(qa.question) else None


def leak(qa: QA, page_text: str) -> str | None:
    """A question that already holds its answer teaches to repeat."""
    answer, question = _plain(qa.answer), _plain(qa.question)
    return "the question holds the answer" if len(answer) > 2 and f" {answer} " in f" {question} " else None


def evidence(qa: QA, page_text: str) -> str | None:
    """The quoted words must stand on the page, small misreadings aside; a page nobody could read cannot refute them."""
    if not qa.evidence:
        return "no evidence"
    if not page_text.strip() or _found(_plain(qa.evidence), _plain(page_text)):
        return None
    return "the evidence is not on the page"


def numbers(qa: QA, page_text: str) -> str | None:
    """Every number of the answer must stand in its evidence, decimal comma or point."""
    there = values(qa.evidence)
    missing = [number for number in NUMBER.findall(qa.answer) if not values(number) & there]
    return f"{missing[0]} is in the answer but not in the evidence" if missing else None


def both_units(qa: QA, page_text: str) -> str | None:
    """A value printed in two units must be the same value: 3.26 mm (0.1263 in) is a misread digit."""
    for one, other in combinations(find(qa.answer), 2):
        side_by_side = re.fullmatch(r"\s*[(/=;,]?\s*", qa.answer[one.end : other.start])
        if side_by_side and one.dimension == other.dimension and one.unit != other.unit and not agree(one, other):
            return f"{one.text} and {other.text} are not the same"
    return None


def elsewhere(qa: QA, page_text: str) -> str | None:
    """A torque for a job whose page says only "see Specifications" was invented."""
    torques = any(quantity.dimension == "torque" for quantity in find(qa.answer))
    printed = any(quantity.dimension == "torque" for quantity in find(page_text))
    if torques and not printed and ELSEWHERE.search(page_text):
        return 'a torque, but the page only says "see Specifications"'
    return None


def language(qa: QA, page_text: str) -> str | None:
    """The dataset is in English; what is quoted from a page in another language is the evidence's."""
    for name, text in (("question", qa.question), ("answer", qa.answer)):
        words = set(WORD.findall(text.casefold()))
        likest = max(LANGUAGES, key=lambda language: len(words & LANGUAGES[language]))
        if likest != "English" and len(words & LANGUAGES[likest]) >= 2:
            return f"the {name} is in {likest}"
    return None


CHECKS: tuple[Check, ...] = (form, meta, deictic, leak, evidence, numbers, both_units, elsewhere, language)


def refuse(qa: QA, page_text: str) -> str | None:
    """The first reason to drop a pair, or None."""
    return next((reason for check in CHECKS if (reason := check(qa, page_text))), None)


def _found(quote: str, text: str) -> bool:
    if quote in text:
        return True
    matcher = SequenceMatcher(None, quote, text, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size > 2]
    return sum(block.size for block in blocks) >= EVIDENCE_MATCH * len(quote)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w.,%°]+", text.casefold())).strip(" .,")
