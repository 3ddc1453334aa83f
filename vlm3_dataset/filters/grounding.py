"""Check whether a page prints what a pair says, and where. Pure.

A pair is verified by one passage (a sentence, a row, some cells of a row) that has every figure of the answer with its
unit, sign and kind, its sides and its denial, and that carries what the question asks about: its figures, and each of
its words that another passage with such a figure has. A value that the page prints for something else proves nothing.
"""

from dataclasses import replace

from vlm3_dataset.filters.passages import Passage, PrintedPage
from vlm3_dataset.filters.places import evidence_boxes
from vlm3_dataset.filters.rules import refuse
from vlm3_dataset.filters.statements import Statement, has_like_figure, has_name, has_other_figure
from vlm3_dataset.filters.wording import PLACE, SAME_ORDER, opposed, order_agreement
from vlm3_dataset.identifiers import Identifier
from vlm3_dataset.quantities import same
from vlm3_dataset.schema import QA, Dropped, Grounding

UNSAID = 0.2  # share of an answer's words that a passage with its figures need not have: "Getrag 240" for 240
_GENERAL = frozenset({"type", "date"})  # a question may name an engine that its page does not print


def ground(qa: QA, page: PrintedPage) -> QA | Dropped:
    """Return a pair with its grounding and its place on the page, or dropped by the first rule that it breaks."""
    reason = refuse(qa, page)
    return Dropped(qa, reason) if reason else grounded(qa, page)


def grounded(qa: QA, page: PrintedPage) -> QA:
    """Return a pair with its grounding (`none` where its answer has nothing that must be exact) and its place.

    OCR does not confirm itself: an answer that the labeler by rules took from OCR stays unconfirmed.
    """
    found = verifying_passage(qa, page)
    is_its_source = qa.labeler == "rules" and page.reading.engine.startswith("rapidocr")
    grounding: Grounding = "none"
    if found and not is_its_source:
        grounding = "verified"
    elif found or Statement(qa.answer, qa.question).is_exact:
        grounding = "unconfirmed"
    boxes = [piece.box for piece in found.pieces] if found else evidence_boxes(qa.evidence, page.reading.segments)
    place = " ".join(",".join(f"{edge:g}" for edge in box) for box in boxes)
    return replace(qa, numbers_grounded=grounding, place=place)


def verifying_passage(qa: QA, page: PrintedPage) -> Passage | None:
    """Return the passage that verifies a pair, of several the one with most of the question; None if there is none."""
    answer = Statement(qa.answer, PLACE.sub("", qa.question))
    question = answer.parsed_question
    named = [one for one in question.names if one.kind not in _GENERAL or _is_printed(one, page)]
    likely = [one for one in page.passages if _has_answer(answer, one) and _is_about(question, named, one)]
    if not likely:
        return None
    others = [one for one in page.passages if _could_answer(answer, one)]
    meant = [one for one in likely if _is_meant(question, answer, named, one, others)]
    return max(meant, key=lambda one: (len(question.words & one.words_with_heading), -len(one.text)), default=None)


def _is_printed(name: Identifier, page: PrintedPage) -> bool:
    return any(has_name(one.figures, one.text, name) for one in page.passages if not one.is_part_of_row)


def _has_answer(answer: Statement, passage: Passage) -> bool:
    """Return whether a passage has all that an answer says, and nothing that could be meant instead."""
    axes = {axis for axis, _ in answer.sides}
    if {side for side in passage.sides if side[0] in axes} != answer.sides:
        return False
    if answer.missing(passage.figures, passage.text) or not answer.is_of_the_kind_asked:
        return False
    if not answer.new_words and not answer.has_new_figures:
        return False
    if len(answer.new_words - passage.words) > (max(1, len(answer.words) * UNSAID) if answer.has_new_figures else 0):
        return False
    return not answer.gives_order or (
        _in_order(answer.numbers, passage.text) and order_agreement(answer.text, passage.text) >= SAME_ORDER
    )


def _is_about(question: Statement, names: list[Identifier], passage: Passage) -> bool:
    """Return whether a passage has a question's figures and polarity, and none of its sides' opposites."""
    printed = passage.figures
    named = all(has_name(printed, passage.text, name) for name in names)
    measured = all(any(same(one, other) for other in printed.quantities) for one in question.quantities)
    return named and measured and not opposed(question.sides, passage.sides)


def _could_answer(answer: Statement, passage: Passage) -> bool:
    """Return whether a passage could be the answer to the question in place of the one given."""
    if opposed(answer.sides, passage.sides):
        return True
    if not answer.has_figures:
        return not passage.is_part_of_row
    return bool(answer.missing(passage.figures, passage.text)) and has_like_figure(answer, passage.figures)


def _is_meant(
    question: Statement, answer: Statement, names: list[Identifier], passage: Passage, others: list[Passage]
) -> bool:
    if has_other_figure(answer, passage.figures, [question]) or has_other_figure(question, passage.figures, [answer]):
        return False
    if passage.denials not in {question.denials, answer.denials}:
        return False
    own = question.words & passage.words_with_heading
    if not own and not names and not question.quantities:
        return False
    pieces = set(passage.pieces)
    for other in others:
        if pieces & set(other.pieces) and not other.is_part_of_row:
            continue
        if (question.words & other.words_in_context) - passage.words_in_context:
            return False
        rival = answer.has_figures or opposed(answer.sides, other.sides)
        if rival and own <= other.words_with_heading and _is_about(question, names, other):
            return False
    return True


def _in_order(numbers: list[str], text: str) -> bool:
    at = 0
    for number in numbers:
        at = text.find(number, at) + len(number)
        if at < len(number):
            return False
    return True
