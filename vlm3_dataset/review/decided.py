"""Apply the reviewers' decisions to the pairs. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vlm3_dataset.review.decisions import Decision, Subject
from vlm3_dataset.review.pairs import Pair
from vlm3_dataset.schema import QA, UNASKED, Side, normal

WORDS = {"accept": "accepted", "edit": "edited", "reject": "rejected"}


@dataclass(frozen=True, slots=True)
class Stays:
    """A pair that stays in the dataset."""

    qa: QA
    by_hand: bool = False  # a reviewer brought it back or edited it
    like: str = ""  # page_id of the duplicate for which it had been dropped


@dataclass(frozen=True, slots=True)
class Tally:
    """The progress of a review. `stale` decisions are about a page or pair that has changed since: they are void."""

    verdicts: Counter[str]
    undecided: int  # of the pairs that the filter kept
    stale: int

    def __bool__(self) -> bool:
        """Return whether anything was decided at all."""
        return bool(self.verdicts or self.stale)

    def __str__(self) -> str:
        counts = [f"{self.verdicts[name]} {word}" for name, word in WORDS.items() if self.verdicts[name]]
        said = ", ".join([*counts, f"{self.undecided} undecided"])
        return f"{said}; {self.stale} void, as page or pair has changed" if self.stale else said


def tally(pairs: Iterable[Pair], standing: Mapping[Subject, Decision]) -> Tally:
    kept = {pair.subject: not pair.reason for pair in pairs}
    verdicts = Counter(decision.verdict for subject, decision in standing.items() if subject in kept)
    undecided = sum(is_kept and subject not in standing for subject, is_kept in kept.items())
    elsewhere = {each.carried_from for each in standing.values()} & (standing.keys() - kept.keys())
    return Tally(verdicts, undecided, len(standing) - verdicts.total() - len(elsewhere))


def pairs_that_stay(
    pairs: Iterable[Pair], standing: Mapping[Subject, Decision], ground: Callable[[QA], QA]
) -> list[Stays]:
    """Return the pairs of a page that stay: those that the filter kept, unless a reviewer decided otherwise.

    `ground` grounds a pair that a reviewer edited, which the filter has not seen.
    """
    stay = []
    for pair in pairs:
        decision = standing.get(pair.subject)
        if decision is None and not pair.reason:
            stay.append(Stays(pair.qa))
        elif decision and decision.verdict == "accept":
            accepted = replace(pair.qa, reviewed="accepted")
            is_grounded = not pair.reason or pair.like  # and perhaps verified by the second reader
            said = accepted if is_grounded else ground(accepted)
            stay.append(Stays(said, by_hand=bool(pair.reason), like=pair.like))
        elif decision and decision.verdict == "edit":
            said = {"question": decision.question, "answer": decision.answer}
            edited = replace(pair.qa, **said, **UNASKED, reviewed="edited")
            stay.append(Stays(ground(edited), by_hand=True, like=pair.like))
    return stay


def one_sided(
    stay: Mapping[str, Sequence[Stays]], side: Mapping[str, Side | None]
) -> tuple[dict[str, tuple[QA, ...]], int]:
    """Return the pairs by page without those brought back whose duplicate is on the other side, and their number.

    `side` is by page. The filter's own pairs are on one side already; not even a reviewer may put a question into both
    training and validation.
    """
    standing = [(page_id, here, found) for page_id, found in stay.items() if (here := side[page_id])]
    known = {_said(each.qa): here for _, here, found in standing for each in found if not each.by_hand}
    pairs = {page_id: tuple(each.qa for each in found) for page_id, found in stay.items()}
    for page_id, here, found in standing:
        fitting = []
        for each in found:
            sides = {known.get(_said(each.qa)), side.get(each.like)} - {None}
            if not each.by_hand or sides <= {here}:
                fitting.append(each.qa)
                known.setdefault(_said(each.qa), here)
        pairs[page_id] = tuple(fitting)
    return pairs, sum(map(len, stay.values())) - sum(map(len, pairs.values()))


def _said(qa: QA) -> tuple[str, str]:
    return normal(qa.question), normal(qa.answer)
