"""List what the judge is told beside the page: labelled values, names, order and "never" of a reference. Pure."""

from evaluation.rows import Question
from evaluation.scorers.procedure import actions, procedure
from evaluation.scorers.reading import names
from evaluation.scorers.values.labels import labelled_values

_UNSAID = frozenset({"date", "ordinal", "mark", "step"})  # too little to go by without the sentence they stand in


def known_facts(question: Question) -> list[str]:
    """Return the facts of a reference, one per line: those that a person wrote down, else those found by rule."""
    reference = question.reference
    values = question.labelled_values or labelled_values(reference).items()
    named = {(one.kind, one.text): None for one in names.read_names(reference, question.text).identifiers}
    order = [one for one in question.ordered if isinstance(one, str)] or actions.steps(reference)
    return [
        *(f"{label}: {value}" for label, value in values),
        *(f"{kind}: {text}" for kind, text in named if kind not in _UNSAID),
        *([f"in this order: {', '.join(order)}"] if len(set(order)) > 1 else []),
        *(f"never: {verb}" for verb in procedure.forbidden(reference)),
    ]
