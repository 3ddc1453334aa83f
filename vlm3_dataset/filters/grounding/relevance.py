"""Tell whether a passage is what a question asks for, or another passage, or something else in it, rather is. Pure."""

import re

from vlm3_dataset.filters.grounding.asked import is_number_asked
from vlm3_dataset.filters.grounding.clauses import speaks_of_another
from vlm3_dataset.filters.grounding.passages import Passage
from vlm3_dataset.filters.grounding.statements import CALLOUTS, Statement, has_like_figure, has_name, has_other_figure
from vlm3_dataset.identifiers import Identifier
from vlm3_dataset.language.wording import excepts, opposed, superlatives, words
from vlm3_dataset.quantities import same

_JOB = "job"  # the number that a title has
_ALL = re.compile(r"\b(?:all|both|every|each)\b", re.IGNORECASE)  # two bolts, or all of them
_FORMULA = re.compile(r"(?<!\w)[A-Z] [-+×*] (?:[A-Z]\b|[0-9.])")  # A - B + 0.05 mm, whose parts are no value


def is_about(answer: Statement, names: list[Identifier], passage: Passage) -> bool:
    """Return whether a passage has a question's figures and none of its sides' opposites.

    On an axis of which the answer says all that the passage does, the question may speak of one side.
    """
    question, printed = answer.parsed_question, passage.figures
    named = all(has_name(printed, passage.text, name) for name in names)
    measured = all(any(same(one, other) for other in printed.quantities) for one in question.quantities)
    open_ones = {axis for axis, _ in (answer.sides | question.sides) ^ passage.sides}
    given = {axis for axis, _ in answer.sides} - open_ones
    asked = {side for side in question.sides if side[0] not in given}
    return named and measured and not opposed(asked, passage.sides) and not opposed(asked, passage.sides_of_heading)


def could_answer(answer: Statement, passage: Passage) -> bool:
    """Return whether a passage could be the answer to the question in place of the one given."""
    if opposed(answer.sides, passage.sides):
        return True
    if not answer.has_figures or (is_number_asked(answer.question) and _ALL.search(passage.text)):
        return not passage.is_part_of_row
    return bool(answer.missing(passage.figures, passage.text)) and has_like_figure(answer, passage.figures)


def is_meant(
    question: Statement, answer: Statement, names: list[Identifier], passage: Passage, others: list[Passage]
) -> bool:
    """Return whether nothing in a passage, and no other passage, is what the question rather asks for."""
    if _differs(question, answer, passage):
        return False
    own = question.words & passage.words_with_heading
    if not own and not names and not question.quantities:
        return False
    is_number = (
        bool(names) and not own and all(one.kind in CALLOUTS for one in names)
    )  # a page may have two drawings with a part 3
    asks_job = _JOB in {one.kind for one in answer.names} and not answer.new_words
    needs_head = asks_job and bool((question.words & passage.words_in_context) - passage.words_with_heading)
    asked = question.words
    if any(one.dimension == "torque" for one in answer.quantities):  # that a bolt is tightened goes without saying
        asked -= words("tighten")
    for other in others:
        if not _is_apart(other, passage):
            continue
        if (asked & other.words_in_context) - passage.words_in_context:
            return False
        if needs_head and other.text in passage.page_head and _JOB in {one.kind for one in other.figures.identifiers}:
            return False
        rival = (
            answer.has_figures or opposed(answer.sides, other.sides) or (is_number and not answer.words & other.words)
        )
        if rival and own <= other.words_with_heading and is_about(answer, names, other):
            return False
    return True


def is_told_elsewhere(question: Statement, passage: Passage, others: list[Passage]) -> bool:
    """Return whether another passage has all words of a question that a passage has with its context, and more.

    It is enough that it has itself what a passage has only from the head of the page.
    """
    own, told = question.words & passage.words_in_context, question.words & passage.words_with_heading
    return bool(own) and any(
        (
            own < words
            or (other.is_sentence and own <= words and told < words)
            or _is_closer(told, words, other, passage)
        )
        and _is_apart(other, passage)
        for other in others
        if (words := question.words & other.words)
    )


def _is_closer(told: frozenset[str], words: frozenset[str], other: Passage, passage: Passage) -> bool:
    """Return whether another row of the same table has all that this one has of a question, and more."""
    are_rows = not (other.is_sentence or passage.is_sentence) and min(len(other.pieces), len(passage.pieces)) > 1
    return are_rows and bool(told) and other.page_head == passage.page_head and told < words


def _is_apart(other: Passage, passage: Passage) -> bool:
    """Return whether another passage says something of its own, as two sentences of one line do."""
    if passage.is_sentence and other.is_sentence:
        return other.text not in passage.text
    pieces, others = set(passage.pieces), set(other.pieces)
    return not others <= pieces and (other.is_part_of_row or not pieces & others)


def _differs(question: Statement, answer: Statement, passage: Passage) -> bool:
    """Return whether a passage gives another figure or thing, denies, or leaves out what question and answer do not."""
    if has_other_figure(answer, passage.figures, [question]) or has_other_figure(question, passage.figures, [answer]):
        return True
    both, printed = f"{question.text} {answer.text}", f"{passage.heading} {passage.text}"
    if superlatives(both) - superlatives(passage.text) or (excepts(printed) and not excepts(both)):
        return True
    if _FORMULA.search(passage.text) and not _FORMULA.search(answer.text):
        return True
    if passage.denials_with_heading != (answer.denials or question.denials):
        return True
    return speaks_of_another(question.text, answer.text, printed, passage.words_with_heading)
