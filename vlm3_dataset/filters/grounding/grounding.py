"""Check whether a page prints what a pair says, and where. Pure.

A pair is verified by one passage (a sentence, a row, some cells of a row) that has every figure of the answer with its
unit, sign and kind, its sides, its denial and its words, and that carries what the question asks about: its figures,
and each of its words that another passage with such a figure has. A value that the page prints for something else
proves nothing.

Two to four sentences of one step or caption are such a passage too, if the answer quotes them: all its words in their
order, and nearly all of theirs, so that none of them speaks of another part.
"""

import re
from dataclasses import replace

from vlm3_dataset.filters.grounding.asked import adds_what_is_asked, is_of_the_kind_asked
from vlm3_dataset.filters.grounding.clauses import is_of_another_clause
from vlm3_dataset.filters.grounding.evidence import evidence_boxes
from vlm3_dataset.filters.grounding.order import in_time, neighbour, steps_beside
from vlm3_dataset.filters.grounding.passages import Passage, PrintedPage, joined
from vlm3_dataset.filters.grounding.pins import are_mixed_up
from vlm3_dataset.filters.grounding.relevance import could_answer, is_about, is_meant, is_told_elsewhere
from vlm3_dataset.filters.grounding.roles import has_another_part, is_turned_round
from vlm3_dataset.filters.grounding.statements import Statement, has_name, is_miscalled
from vlm3_dataset.filters.rules import refuse
from vlm3_dataset.identifiers import Identifier
from vlm3_dataset.language.sides import conflicts
from vlm3_dataset.language.wording import (
    COLOURS,
    PLACE,
    TIGHTENED,
    WITH,
    follows,
    order_agreement,
    stem,
    words,
)
from vlm3_dataset.quantities import find
from vlm3_dataset.schema import QA, Dropped, Grounding

UNQUOTED = 0.2  # share of a sentence's words that an answer which quotes it may leave out
FEWEST_ELSEWHERE = 2  # words of a question of which a passage has but a name; one may be a drawing's title
_WIRED = frozenset({"connector", "splice", "ground", "terminal", "pin", "relay", "fuse"})
_WORD = re.compile(r"[a-z]{3,}")
_EITHER = re.compile(r"[0-9]\S* or \S*[0-9]")
_MAKERS = words("Getrag ZF")  # a page need not say whose gearbox a 240 is, unless it names another maker's
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
    is_its_source = qa.labeler == "rules" and page.reading.is_by_ocr
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
    if not adds_what_is_asked(answer) or any(is_miscalled(one, question.text) for one in question.names):
        return None
    if beside := neighbour(question.text):
        return next((joined(steps) for steps in steps_beside(beside, page) if _are_told(steps, answer)), None)
    named = [one for one in question.names if one.kind not in _GENERAL or _is_printed(one, page)]
    likely = [one for one in page.passages if _has_answer(answer, one)]
    # A line may be all of an answer, and the sentence that it begins say something else.
    sentences = [one for column in page.sentences for one in column]
    likely = [
        line
        for line in likely
        if all(_has_answer(answer, one) for one in sentences if set(line.pieces) < set(one.pieces))
    ]
    likely += [joined(stretch) for stretch in page.stretches if _quotes(answer, stretch)]
    likely = [one for one in likely if is_about(answer, named, one) and _is_in_place(question, named, one, page)]
    if not likely:
        return None
    others = [one for one in page.passages if could_answer(answer, one)]
    whole = [one for one in page.passages if not one.is_part_of_row]
    meant = [
        one
        for one in likely
        if is_meant(question, answer, named, one, others) and not is_told_elsewhere(question, one, whole)
    ]
    return max(meant, key=lambda one: (len(question.words & one.words_with_heading), -len(one.text)), default=None)


def _are_told(steps: tuple[Passage, ...], answer: Statement) -> bool:
    """Return whether an answer says what a step does, or what each of several does, and denies it where they do."""
    whole = joined(steps)
    is_each = len(steps) == 1 or all(len(step.words & answer.words) > len(step.words) / 2 for step in steps)
    return is_each and _has_answer(answer, whole) and whole.denials == answer.denials


def _is_printed(name: Identifier, page: PrintedPage) -> bool:
    return any(has_name(one.figures, one.text, name) for one in page.passages if not one.is_part_of_row)


def _has_answer(answer: Statement, passage: Passage) -> bool:
    """Return whether a passage has all that an answer says, and nothing that could be meant instead."""
    if not _has_figures(answer, passage):
        return False
    if is_of_another_clause(answer.question, answer.text, passage.text) or _has_another_part(answer, passage):
        return False
    unsaid = answer.new_words - passage.words
    if unsaid & _MAKERS and passage.words & _MAKERS:
        return False
    if unsaid & COLOURS - words(" ".join(name.text for name in answer.names)):  # green for GN is among the figures
        return False
    # The question names a column that the passage has nothing of: dry, for a value that is oiled.
    kinds = {one.unit for one in answer.quantities if one.unit}
    kinds |= set() if answer.quantities else {one.kind for one in answer.names}
    rivals = [head for head, held in passage.other_columns if kinds & held]
    own = f"{passage.text} {passage.own_heads}"
    if rivals and (_tokens(answer.question) - _tokens(own)) & _tokens(" ".join(rivals)):
        return False
    if answer.has_new_figures:
        unsaid = (
            answer.words_beside
            - passage.words_with_heading
            - words(f"{passage.table_head} tighten specification model")
        )
    if unsaid or not _has_sides(answer, passage):
        return False
    return not answer.gives_order or (
        _in_order(answer.numbers, passage.text) and order_agreement(in_time(answer.text), in_time(passage.text)) == 1
    )


def _tokens(text: str) -> set[str]:
    """Return the stems of all words of a text, also of one that elsewhere says nothing, as the head "used"."""
    return set(map(stem, _WORD.findall(text.lower())))


def _has_another_part(answer: Statement, passage: Passage) -> bool:
    """Return whether something has another part in a passage; beside a value only what is turned round counts."""
    texts = answer.question, answer.text, passage.text
    return is_turned_round(*texts) or (not answer.quantities and has_another_part(*texts))


def _has_figures(answer: Statement, passage: Passage) -> bool:
    """Return whether a passage has the figures of an answer, those of a kind in their order, and the kind is asked."""
    if answer.missing(passage.figures, passage.text):
        return False
    if not is_of_the_kind_asked(answer, passage.figures, passage.text, passage.heading):
        return False
    if _EITHER.search(answer.text) and not _EITHER.search(passage.text):
        return False
    for told in (answer, answer.parsed_question):
        if are_mixed_up(told.figures, told.text, passage.figures, passage.text):
            return False
    return answer.is_in_order_of(passage.figures)


def _quotes(answer: Statement, stretch: tuple[Passage, ...]) -> bool:
    """Return whether an answer says what some sentences say together: all its words in their order, and most of theirs.

    Words that the question has too may come first or last, wherever they are printed.
    """
    if stretch[-1].text.endswith(":"):  # a heading belongs to what is below it
        return False
    known = answer.words | answer.parsed_question.words
    is_led = stretch[0].text.endswith(":")  # by what says whose value it is
    for one in stretch:
        # A word or a number alone, "Coolant*.", is neither a heading nor a value.
        is_fragment = len(words(one.text)) < 2 and not find(one.text) and one.text[-1:] not in {":", "!"}
        # Where one sentence is all of an answer, the others are of something else.
        is_all = not is_led and answer.new_words <= one.words and _has_figures(answer, one)
        if len(one.words - known) > len(one.words) * UNQUOTED or is_fragment or is_all:
            return False
    passage = joined(stretch)
    if (
        _has_another_part(answer, passage)
        or not _has_figures(answer, passage)
        or not answer.new_words <= passage.words
        or passage.denials != answer.denials
    ):
        return False
    asked = "" if answer.gives_order else answer.question
    return _has_sides(answer, passage) and follows(answer.text, passage.text, asked)


def _has_sides(answer: Statement, passage: Passage) -> bool:
    """Return whether a passage, which has all words of an answer, takes the sides of it and on their axes no other.

    It may be silent on a side that the question has given, and on what goes without saying: a screw "with" 9 Nm is
    tightened to them.
    """
    if conflicts(passage.text, answer.text, answer.question):
        return False
    silent = answer.parsed_question.sides | WITH
    if any(one.dimension == "torque" for one in answer.quantities):
        silent |= TIGHTENED
    for axis in {axis for axis, _ in answer.sides}:
        told, printed = ({side for side in each.sides if side[0] == axis} for each in (answer, passage))
        if printed != told and (printed or not told <= silent):
            return False
    return True


def _is_in_place(question: Statement, names: list[Identifier], passage: Passage, page: PrintedPage) -> bool:
    """Return whether a passage has some of a question itself, or if its heading alone has, all that the page prints.

    Many wires lead to one connector: where it has but that name of a question, its words must not stand elsewhere.
    """
    if question.words & passage.words:
        return True
    printed = (one.words for one in page.passages if not one.is_part_of_row)
    asked = question.words.intersection(frozenset().union(*printed))
    if question.quantities or (names and not any(one.kind in _WIRED for one in names)):
        return True
    if names:
        return len(asked - passage.words_in_context) < FEWEST_ELSEWHERE
    return asked <= passage.words_with_heading


def _in_order(numbers: list[str], text: str) -> bool:
    at = 0
    for number in numbers:
        at = text.find(number, at) + len(number)
        if at < len(number):
            return False
    return True
