"""Turn the judge's replies about an answer into two scores, each with a reason, or why there is none. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.judge.prompts import Statements, Verdicts
from vlm3_dataset.claude.replies import UNFINISHED, Form, NoAnswer, parse


@dataclass(frozen=True, slots=True)
class Opinion:
    """A score from 0 to 1 with its reason; or None, with what went wrong."""

    score: float | None
    reason: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    relevancy: Opinion
    faithfulness: Opinion


def no_opinion(error: str) -> Opinion:
    return Opinion(None, error=error)


def read(body: dict[str, Any], form: type[Form], claims: Sequence[str]) -> Form | None:
    """Return the reply in its form; None if it is not in form, or lacks a verdict for a claim."""
    try:
        reply = parse(body, form)
    except NoAnswer:
        return None
    if isinstance(reply, Verdicts) and sorted(each.number for each in reply.verdicts) != [*range(1, len(claims) + 1)]:
        return None
    return reply


def unfinished(body: dict[str, Any]) -> str | None:
    """Return why a reply is not in form and never will be: it was cut, or the judge declined. Else None."""
    stop = body.get("stop_reason")
    return f"the judge gave no verdict ({stop})" if stop in UNFINISHED else None


def claims_of(statements: Statements) -> list[str]:
    return [statement.text for statement in statements.statements if statement.claim]


def relevancy(statements: Statements) -> Opinion:
    """Return the share of the statements that help to answer the question."""
    said = statements.statements
    if not said:
        return Opinion(0.0, "says nothing")
    stray = [f"{each.text} ({each.reason})" for each in said if not each.relevant]
    return Opinion((len(said) - len(stray)) / len(said), "; ".join(stray))


def faithfulness(claims: Sequence[str], verdicts: Verdicts) -> Opinion:
    """Return the share of the claims that the page supports. An unmentioned claim counts like a contradicted one.

    An answer without a claim gets 0: DeepEval gives it full marks, which would make hedging the best strategy.
    """
    if not claims:
        return Opinion(0.0, "claims nothing")
    wrong = [each for each in sorted(verdicts.verdicts, key=lambda each: each.number) if each.verdict != "yes"]
    reasons = [f"{each.verdict}: {claims[each.number - 1]} ({each.reason})" for each in wrong]
    return Opinion((len(claims) - len(wrong)) / len(claims), "; ".join(reasons))
