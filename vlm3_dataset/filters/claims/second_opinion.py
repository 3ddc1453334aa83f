"""Decide what becomes of a thread's pair by what a second reader of its posts says. Pure.

A confirmation counts only if it is proved by words that stand in the posts; a refusal counts in any case. A right pair
that is lost costs a cent, and a wrong one that trains teaches a mistake: so nothing that was read again stays in doubt.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from vlm3_dataset.filters.agreement import ReadAgain
from vlm3_dataset.filters.claims.quotes import plain
from vlm3_dataset.labelers.claude.thread_reader import Check, Checked, Passage, Verdict
from vlm3_dataset.schema import QA, Dropped, Thread

REASONS: dict[Verdict, str] = {
    "not said": "a second reader finds no post that says so",
    "said otherwise": "a second reader finds it said otherwise",
    "disputed": "a second reader finds it disputed by another post",
    "names someone": "a second reader finds that it names somebody",
}
ENDS = " .,;:!?\"'"  # of a passage, which a model may set or leave out


def pairs_to_check(pairs: Iterable[QA], again: ReadAgain) -> list[QA]:
    """Return the pairs for a second reader: all, or those that neither the manual nor another owner confirms."""
    return [qa for qa in pairs if again == "all" or qa.confidence in {"one owner", "disputed"}]


def with_opinion(qa: QA, checked: Checked, thread: Thread) -> QA | Dropped:
    """Return a pair that the second reader confirms as such, and dropped if not; unchanged where it was not asked."""
    if (qa.question, qa.answer) not in checked:
        return qa
    verdict, because = opinion(checked[qa.question, qa.answer], thread)
    if verdict == "said":
        return replace(qa, second_reader="agrees")
    where = f": post {because.post} has: {because.words.strip()}" if because else ""
    return Dropped(replace(qa, second_reader="disputes"), f"{REASONS[verdict]}{where}")


def opinion(checks: Sequence[Check], thread: Thread) -> tuple[Verdict, Passage | None]:
    """Return the verdict of the checks of one pair, and the passage for which they refuse it, if that stands there.

    Of several checks the first refusal counts. A pair that was left out, or confirmed without a passage or with one
    that its post does not have, is not said: no post was shown that says so.
    """
    if refusal := next((check for check in checks if check.verdict != "said"), None):
        is_shown = refusal.verdict in {"said otherwise", "disputed"}  # a name is not repeated in a report
        decisive = (*refusal.against, *refusal.support) if is_shown else ()
        return refusal.verdict, next((passage for passage in decisive if stands(passage, thread)), None)
    passages = [passage for check in checks for passage in check.support if passage.words.strip()]
    is_proved = passages and all(stands(passage, thread) for passage in passages)
    return ("said" if is_proved else "not said"), None


def stands(passage: Passage, thread: Thread) -> bool:
    """Return whether words stand in their post, or in the title above the opening one; "..." may leave some out."""
    texts = {post.number: post.text for post in thread.posts}
    texts[thread.posts[0].number] = f"{thread.title}\n{thread.posts[0].text}"
    text = plain(texts.get(passage.post, "")).casefold()
    pieces = [piece.strip(ENDS) for piece in plain(passage.words.replace("&lt;", "<")).casefold().split("...")]
    return any(pieces) and all(piece in text for piece in pieces)
