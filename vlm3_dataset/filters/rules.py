"""Check a pair by rules. Each is a function of the pair and its page's text: None, or the reason to drop it. Pure.

Only wrong pairs are dropped; doubtful ones are marked (grounding.py), because datasets that were measured lost quality
when low-rated rows were removed.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import combinations, groupby, pairwise

from vlm3_dataset.filters.grounding.passages import PrintedPage
from vlm3_dataset.filters.grounding.statements import Statement
from vlm3_dataset.labelers import imported
from vlm3_dataset.language.stems import stems
from vlm3_dataset.quantities import Quantity, agree, find
from vlm3_dataset.quantities import numbers as bare_numbers
from vlm3_dataset.schema import QA, QUESTION_LENGTH
from vlm3_dataset.sources.pages.rows import lines

Check = Callable[[QA, PrintedPage], str | None]

LONGEST_ANSWER = 600
LONGEST_OF_OWNERS = 1_200  # a how-to of an owner is longer than a line of a table
# Of the print itself, or of nothing in particular: what cannot be seen from below, a page may well say.
PRINT = (
    "image|picture|photo(?:graph)?|scan|page|text|print|drawing|diagram|figure|table|digits?|letters?|words?|labels?"
)
UNREAD = (
    r"\b(?:{print})\b[^.;]{{0,40}} {cannot}\b|\b{cannot}\b[^.;]{{0,30}}\b(?:{print})\b"
    r"|^(?:it|this|that|they)? ?{cannot}\b"
)
META = re.compile(
    r"\b(as an ai|i('m| am) (sorry|unable)|i (cannot|can't|do not know)|unable to (read|see|determine)"
    r"|not legible (in|on)|(not|too) (clearly )?(legible|blurred|blurry)\b.{0,20}\bto read)\b|"
    + UNREAD.format(print=PRINT, cannot="(?:cannot|can't|could not) be (?:read|made out)"),
    re.IGNORECASE,
)
# What a pair that asks for something not on the page has to say.
NOT_SAID = re.compile(
    r"\bthe (image|picture|page|text) (does not|doesn't) (show|contain|provide|say|give)\b"
    r"|\bnot (visible|shown) (in|on)\b|"
    + UNREAD.format(print=PRINT, cannot="(?:cannot|can't|could not) be (?:seen|determined|identified)"),
    re.IGNORECASE,
)
NOT_ON_PAGE = "not on the page"  # the question type of such a pair
DEICTIC = re.compile(
    r"\b(this|the (above|following|given|shown)) (page|table|figure|image|picture|diagram|drawing|manual)\b"
    r"|\b(table|figure|picture|diagram) (above|below|shown)\b"
    r"|\bthe (table|figure|image|picture|diagram|drawing|photograph|illustration)\b"
    r"(?! (\d|[a-z]\b|of|for|labell?ed|marked|numbered|titled)|-)",
    re.IGNORECASE,
)
# Where a question says only where its subject is found: "according to the diagram", "at the top of this page".
POINTS_AT = re.compile(
    r"\b(?:according to|(?:(?:as )?(?:shown|given|listed|identified|indicated|marked|visible|depicted|illustrated) )?"
    r"(?:in|on|from|by|at))(?: the (?:top|bottom|left|right|cent(?:er|re)|middle) of)? (?:the|this) "
    r"(?:(?!(?:in|of|on|the|for|with|to|from|and|is|are|shown)\b)[\w-]+ ){0,4}?"
    r"(?:page|table|figure|image|picture|diagram|drawing|manual|photograph|illustration)\b",
    re.IGNORECASE,
)
UNNAMED = stems(
    "component item part piece value number torque specification measurement unit setting maximum minimum highest "
    "lowest largest smallest first second last listed shown visible used purpose function kind type name label "
    "appearance center centre main following different given many much arrow line point"
)
# A page that points elsewhere for a value, and an answer that says so in whatever words.
ELSEWHERE = re.compile(r"\bsee\s+(\w+\s+){0,2}(specifications?|group|gr\.|page|section)|\*\s*see\b", re.IGNORECASE)
SPECIFICATIONS = re.compile(r"see\s+(\w+\s+){0,2}specifications?|\*\s*see\b", re.IGNORECASE)
POINTS = re.compile(
    r"\b(specifications?|see|refers?|referred|points?|group|section|elsewhere|another page)\b", re.IGNORECASE
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*|(?<![\w.,])[.,]\d+")
THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
DIFFERS = re.compile(r"\b(differ(s|ences?)?|how much (more|less|[a-z]+er))\b", re.IGNORECASE)
# The number of an item, in a list that the labeler made.
MARK = re.compile(r"(?:^|(?<=[.;:!] )|(?<=\n))(?:step )?\(?\d{1,2}[.):](?= )", re.IGNORECASE)
PIECES = re.compile(r"\s*(?:\.{3}|…|;|\||(?<=[.!?])\s|\n)\s*")
LABELS = 2.5  # words of a piece of print, on average, at most: a drawing or a circuit, which has no reading order
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
SHARED = frozenset({"was", "die", "comment", "come", "per", "pour", "son", "con"})  # with English: the die was worn
LANGUAGES = {name: frozenset(words.split()) for name, words in COMMON.items()}
EVIDENCE_MATCH = 0.8  # share of the evidence's characters found on the page in their order; OCR loses one in fifty


def form(qa: QA, longest: int = LONGEST_ANSWER) -> str | None:
    if len(qa.question) not in QUESTION_LENGTH:
        return f"the question has {len(qa.question)} characters"
    if not 0 < len(qa.answer) <= longest:
        return f"the answer has {len(qa.answer)} characters"
    if not LETTERS.search(qa.question) or not re.search(r"\w", qa.answer):
        return "no words"
    return None


def meta(qa: QA, page: PrintedPage) -> str | None:
    """Refuse an answer that declines; but if the page points elsewhere for a value, an answer may say so.

    And asked for what is not on the page, an answer has to.
    """
    if not META.search(qa.answer) and (qa.question_type == NOT_ON_PAGE or not NOT_SAID.search(qa.answer)):
        return None
    says_where = POINTS.search(qa.answer) and ELSEWHERE.search(f"{qa.evidence} {page.text}")
    return None if says_where else "a refusal or talk about the image"


def deictic(qa: QA, page: PrintedPage) -> str | None:
    """Refuse a question that points at the page and names nothing: a number, a name or two words that tell what it is.

    "Where is ground G200 according to the diagram?" has its subject; "Which bolt is in the picture?" has none.
    """
    if not DEICTIC.search(qa.question):
        return None
    rest = POINTS_AT.sub(" ", qa.question)
    has_subject = re.search(r"\d", rest) or len(stems(rest) - UNNAMED) > 1
    return None if has_subject and not DEICTIC.search(rest) else "the question means nothing without the page"


def leak(qa: QA, page: PrintedPage) -> str | None:
    """Refuse a question that holds its own answer, unless it offers a choice: "is the left or the right one open?"."""
    answer, question = _plain(qa.answer), f" {_plain(qa.question)} "
    if len(answer) <= 2 or f" {answer} " not in question:
        return None
    found = re.escape(answer)
    offered = re.search(rf" or (?:(?:in|on|at|by|with|the|an?) ){{0,2}}{found} | {found} (?:\w+ ){{0,2}}or ", question)
    return None if offered else "the question holds the answer"


def evidence(qa: QA, page: PrintedPage) -> str | None:
    """Require the quoted words on the page, small misreadings aside; a page without a reading refutes nothing.

    They may stand in one column, or in a row across two: a title beside the number of its page.
    """
    if not qa.evidence:
        return None if qa.labeler == "imported" else "no evidence"
    text, quoted = _plain(page.text), _plain(qa.evidence)
    if not text or _found(quoted, text) or _found(quoted, _plain(lines(page.reading.segments))):
        return None
    pieces = [piece for each in PIECES.split(qa.evidence) if (piece := _plain(each))]
    if all(_found(piece, text) for piece in pieces):
        return None
    counts = [len(segment.text.split()) for segment in page.reading.segments]
    if sum(counts) <= LABELS * len(counts):  # then its words may stand in any order
        words, printed = qa.evidence.casefold().split(), set(text.split())
        if sum(_plain(word) in printed for word in words) >= EVIDENCE_MATCH * len(words):
            return None
    return "the evidence is not on the page"


def numbers(qa: QA, page: PrintedPage) -> str | None:
    """Require every number of the answer in its evidence, however it is written: 1207 for 12 07, 0.5 for .5.

    Asked how two values differ, an answer may give the difference beside both; and what the question calls by a number
    (terminals 10 and 28) it may call so too. What OCR has misread in evidence that nobody quoted is no reason.
    """
    if not qa.evidence:
        return None
    quoted, packed = values(qa.evidence), re.sub(r"(?<=\d)[ .,](?=\d)", "", qa.evidence)
    found = NUMBER.findall(MARK.sub(" ", qa.answer))
    given = {value for number in found for value in values(number) & quoted}
    differences = {abs(one - other) for one, other in combinations(given, 2)} if DIFFERS.search(qa.question) else set()
    named = {value for one in bare_numbers(qa.question) for value in one.values}
    missing = [
        number
        for number in found
        if not values(number) & (quoted | differences | named) and not (len(number) >= 4 and number in packed)
    ]
    if not missing or _is_only_ocr(qa, page):
        return None
    return f"{missing[0]} is in the answer but not in the evidence"


def values(text: str) -> set[Decimal]:
    """Return the values that a text's numbers can mean: a comma is a decimal point, or may separate thousands."""
    found = set()
    for number in NUMBER.findall(text):
        if number.count(".") + number.count(",") <= 1:
            found.add(Decimal(number.replace(",", ".")).normalize())
        if THOUSANDS.fullmatch(number):
            found.add(Decimal(re.sub(r"[.,]", "", number)).normalize())
    return found


def both_units(qa: QA, page: PrintedPage) -> str | None:
    """Require one value where an answer gives it in two units: 3.26 mm (0.1263 in) has a misread digit.

    A pair that the page prints like that may stay: books round in their own way, 31.8 bar (452 psi).
    """
    runs = [list(run) for _, run in groupby(find(qa.answer), key=lambda one: (one.dimension, one.unit))]
    for some, others in pairwise(runs):
        side_by_side = re.fullmatch(r"\s*[(/=;,]?\s*", qa.answer[some[-1].end : others[0].start])
        if not side_by_side or some[0].dimension != others[0].dimension:
            continue
        pairs = zip(some, others, strict=True) if len(some) == len(others) else [(some[-1], others[0])]
        for one, other in pairs:  # 7 and 8 mm (0.275 and 0.315 in)
            if not _agree(one, other) and not _is_printed(one, other, page):
                return f"{one.text} and {other.text} are not the same"
    return None


def elsewhere(qa: QA, page: PrintedPage) -> str | None:
    """Refuse a value of a kind that the page does not print and points elsewhere for: it was invented."""
    answer = Statement(qa.answer, qa.question)
    printed = {quantity.dimension for quantity in page.quantities}
    invented = [one for one in answer.quantities if one.dimension not in printed and one.unit]
    if invented and SPECIFICATIONS.search(page.text) and not _is_only_ocr(qa, page):
        return f'{invented[0].text}, but the page prints no {invented[0].dimension} and says "see Specifications"'
    return None


def language(qa: QA, page: PrintedPage) -> str | None:
    """Require English; only the evidence may quote a page in another language."""
    for name, text in (("question", qa.question), ("answer", qa.answer)):
        words = set(WORD.findall(text.casefold()))
        likest = max(LANGUAGES, key=lambda language: len(words & LANGUAGES[language]))
        known = words & LANGUAGES[likest]
        if likest != "English" and len(known) >= 2 and known - SHARED:
            return f"the {name} is in {likest}"
    return None


CHECKS: tuple[Check, ...] = (meta, deictic, leak, evidence, numbers, both_units, elsewhere, language)


def refuse(qa: QA, page: PrintedPage) -> str | None:
    """Return the first reason to drop a pair, or None."""
    return form(qa) or next((reason for check in CHECKS if (reason := check(qa, page))), None)


def _is_only_ocr(qa: QA, page: PrintedPage) -> bool:
    """Return whether OCR alone says what stands on the page, because the labeler has quoted nothing of it."""
    return page.reading.is_by_ocr and imported.is_located(qa, page.reading.segments)


def _found(quote: str, text: str) -> bool:
    if quote in text:
        return True
    matcher = SequenceMatcher(None, quote, text, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size > 2]
    return sum(block.size for block in blocks) >= EVIDENCE_MATCH * len(quote)


def _agree(one: Quantity, other: Quantity) -> bool:
    """Compare as `agree`, but a tolerance's value and deviations each by itself: 50 + 2 (36 + 1.4)."""
    if one.kind == other.kind == "tolerance":
        parts = [[each.single(value) for value in each.values] for each in (one, other)]
        return all(agree(this, that) for this, that in zip(*parts, strict=True))
    return agree(one, other)


def _is_printed(one: Quantity, other: Quantity, page: PrintedPage) -> bool:
    """Return whether a page prints two values side by side, as they are; a line may end within ft. | lbs."""
    return any(
        (a.values, a.unit, b.values) == (one.values, one.unit, other.values) and other.unit.startswith(b.unit)
        for a, b in pairwise(page.quantities)
    )


def _plain(text: str) -> str:
    points = re.sub(r"(?<=\d),(?=\d)", ".", text.casefold())
    return " ".join(re.findall(r"[\w.,%°]+", points)).strip(" .,")
