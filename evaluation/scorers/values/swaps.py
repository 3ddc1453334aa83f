"""Find values that stand by another's label: "front 2.4, rear 2.2" for "front 2.2, rear 2.4", or pins 1 and 2 swapped.

A label is a word (front), a name (pin 1), a thread, or a value of another sort (at 1500 rpm). An answer that names
no labels, or a label with its own value as well, swaps nothing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from evaluation.scorers.reading.quantities import bare_numbers, quantities
from evaluation.scorers.values import alternating, bindings, conditions, neighbours
from evaluation.scorers.values.bindings import Place, known_places
from evaluation.scorers.values.labels import (
    assign_to_labels,
    contrasting_labels,
    label_spans,
    swapped_labels,
    values_by_label,
)
from vlm3_dataset.identifiers import Identifier
from vlm3_dataset.identifiers import same as are_same
from vlm3_dataset.quantities import Quantity

_KEYS = frozenset({"pin", "terminal", "fuse", "relay", "connector", "cylinder", "component"})


def swapped_values(
    reference: str,
    answer: str,
    stated: Sequence[Quantity],
    told: Sequence[Quantity],
    agree: Callable[[Quantity, Quantity], bool],
) -> Iterator[tuple[tuple[str, ...], list[Quantity]]]:
    """Yield for each label of a reference that has another's value in the answer: all labels, and its own values.

    `stated` and `told` are the values of either text; `agree(stated, told)` says whether they are the same.
    """
    for labels in contrasting_labels(reference):
        own, found = (values_by_label(labels, text, of) for text, of in ((reference, stated), (answer, told)))
        if all(own):
            partly = not all(label_spans(label, answer) for label in labels)
            yield from (
                (labels, own[at])
                for at in (*swapped_labels(own, found, agree), *_displaced_labels(labels, reference, answer))
                if not (partly and any(agree(one, it) for one in own[at] for it in _beside(labels[at], answer, told)))
            )
    for of in (alternating, conditions):
        yield from of.swapped_values(reference, answer, stated, told, agree)


def swapped_names(
    reference: str, expected: Sequence[Identifier], answer: str, given: Sequence[Identifier]
) -> Iterator[str]:
    """Yield the names by which what belongs to another stands: pin 1 red and pin 2 brown; fuse 4 wiper, 6 radio."""
    swapped: list[str] = []
    for kind in sorted({one.kind for one in expected} & _KEYS):
        names = list(dict.fromkeys(one.value for one in expected if one.kind == kind))
        texts = ((reference, expected), (answer, given))
        marks = [_marks(kind, names, *side) for side in texts]
        stated, told = ([Place(at, at + len(names[one]), one) for at, one in where] for where in marks)
        wrong = [*bindings.exchanged(reference, stated, answer, told)]
        for other in ("", *sorted({one.kind for one in expected} & _KEYS - {kind})):
            own, found = (_by_name(len(names), where, other, *side) for where, side in zip(marks, texts, strict=True))
            wrong += swapped_labels(own, found, str.__eq__)
        swapped += [f"{kind} {names[at]}" for at in wrong]
    for are_colours in (False, True):
        named = [one for one in expected if (one.kind == "colour") is are_colours]
        stated, told = (known_places(of, [*enumerate(named)], are_same) for of in (expected, given))
        wrong = [] if are_colours and swapped else bindings.exchanged(reference, stated, answer, told)
        swapped += [f"{named[at].kind} {named[at].value}" for at in wrong]
    yield from dict.fromkeys(swapped)


def _displaced_labels(labels: Sequence[str], reference: str, answer: str) -> Iterator[int]:
    """Yield the names in whose place another stands once more: "M4 1.2 Nm, M4 1.6 Nm" for M4 and M5.

    A word like "front" may well come twice, and the other side be called something else.
    """
    if not all(len(label) == 1 or any(map(str.isdecimal, label)) for label in labels):
        return
    wanted, told = ([len(label_spans(label, text)) for label in labels] for text in (reference, answer))
    if any(count > right for count, right in zip(told, wanted, strict=True)) and sum(told) >= sum(wanted):
        yield from (at for at, count in enumerate(told) if not count)


def _beside(label: str, answer: str, told: Sequence[Quantity]) -> list[Quantity]:
    """Return the values in the clauses of a label, for an answer that has not all of the labels."""
    places = [Place(one.start, one.end, at) for at, one in enumerate(told)]
    clauses = [*neighbours.clauses(answer, places)]
    named = [  # what a clause with a colon names stands in the next
        (start, clauses[at + 1][1] if answer[start:end].rstrip().endswith(":") and end < len(answer) else end)
        for at, (start, end) in enumerate(clauses)
        if any(start <= place < end for place, _ in label_spans(label, answer))
    ]
    return [one for one in told if any(start <= one.start < end for start, end in named)]


def _by_name(
    count: int, marks: Sequence[tuple[int, int]], other: str, text: str, stated: Sequence[Identifier]
) -> list[list[str]]:
    """Return what stands by each of so many names, one spelling each; `marks` are those of `_marks`.

    That is its colours and values, or the names of the kind `other`: pin 16 for cylinders 1, 3 and 5. A text that calls
    none of these by its kind may have bare numbers: "pin 16: 1, 3, 5".
    """
    found: list[Identifier | Quantity] = [one for one in stated if one.kind == (other or "colour")]
    if not other:
        found += [one for one in quantities(text) if one.kind not in {"thread", "code"} and not one.negated]
    elif not found:
        named = {at for at, _ in marks}
        found = [
            replace(one, values=one.values[:1], unit="")
            for one in bare_numbers(text)
            if not one.negated and one.start not in named
        ]
    return [
        [
            one.value if isinstance(one, Identifier) else " ".join(map(str, (*one.values, one.unit))).strip()
            for one in of
        ]
        for of in assign_to_labels(count, marks, found)
    ]


def _marks(kind: str, names: Sequence[str], text: str, stated: Sequence[Identifier]) -> list[tuple[int, int]]:
    """Return where each name of a kind stands, and which it is."""
    marks = [(one.start, names.index(one.value)) for one in stated if one.kind == kind and one.value in names]
    unmarked = [at for at in range(len(names)) if at not in {of for _, of in marks}]
    if unmarked and len(names) > 1:  # "1 = brown, 2 = green", a table's cells and a numbered list
        alone = (
            re.finditer(
                rf"(?<![\w.,/-]){name}(?=\W{{0,4}}\s?[=:|–—]|\s-\s)|^\W{{0,3}}{name}(?=[.)]\s)"
                rf"|(?:(?<=:\s)|(?<=\s[io]n\s)|(?<=\sto\s)|(?<=\sat\s)|(?<=\sis\s)){name}(?=\s?(?:[.,;)\n]|and|$))",
                text,
                re.MULTILINE,
            )
            for name in (re.escape(names[at]) for at in unmarked)
        )
        marks += [
            (found.end() - len(names[at]), at) for at, places in zip(unmarked, alone, strict=True) for found in places
        ]
    return sorted(marks)
