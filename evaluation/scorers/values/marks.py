"""Tell things apart by a colour, a pole, a side or a letter that stands by another's in an answer."""

import re
from collections import Counter
from collections.abc import Iterator

from evaluation.scorers.values import bindings
from evaluation.scorers.values.bindings import Place
from evaluation.scorers.values.labels import contrasting_labels, swapped_labels, values_by_label
from evaluation.scorers.values.neighbours import without_values

_COLOUR = re.compile(r"\b(?:black|brown|blue|green|gr[ea]y|orange|red|violet|white|yellow)\b", re.IGNORECASE)
_MARKS = (  # by which things are told apart: the horn relay is on the left, the lamp relay on the right
    _COLOUR,
    *(
        re.compile(rf"\b(?:({one})|({other}))\b", re.IGNORECASE)
        for one, other in (
            ("plus|positive", "minus|negative"),
            ("left", "right"),
            ("front", "rear"),
            ("upper|top", "lower|bottom"),
            ("inner", "outer"),
            ("intake|inlet", "exhaust|outlet"),
            ("above|(?:warm|hott|high)er", "below|(?:cold|cool)er|lower(?= than)"),
            ("cold", "hot|warm"),
            ("open", "closed"),
            ("minimum", "maximum"),
            ("clockwise", "counterclockwise|anticlockwise"),
            ("vertical(?:ly)?", "horizontal(?:ly)?"),
            ("manual", "automatic"),
        )
    ),
)
_LETTER = re.compile(
    r"(?<![\w.'’°-])(?<!\d )(?<!degrees )(?:[B-HJ-Z]|A(?! [a-z]))(?=\d?(?![\w.'’]\w|\w|[+-]))"
)  # no article, no initial


def conflicts(reference: str, answer: str, question: str) -> Iterator[str]:
    """Yield the colours, poles, sides and letters by which another's things stand: "red on the block, blue in the cap".

    Where an answer names a colour that neither reference nor question has, the colours that it lacks are wrong too.
    """
    for pattern in _MARKS:
        wanted, found = (  # each with its spelling, or which of two opposites it is
            [(it.span(), it.lastindex or it[0].lower()) for it in pattern.finditer(text)]
            for text in (reference, answer)
        )
        marks = list(dict.fromkeys(mark for _, mark in wanted))
        stated, told = (
            [Place(*span, marks.index(mark)) for span, mark in of if mark in marks] for of in (wanted, found)
        )
        # "upper" itself stays by the upper hose.
        texts = (without_values(reference, stated), without_values(answer, told))
        for item in dict.fromkeys(bindings.exchanged(texts[0], stated, texts[1], told)):
            start, end = next(span for span, mark in wanted if mark == marks[item])
            yield reference[start:end].lower()
    wanted, told = ([Place(*it.span(), ord(it[0])) for it in _LETTER.finditer(text)] for text in (reference, answer))
    letters = {one.item for one in wanted}
    crossed = bindings.exchanged(reference, wanted, answer, [one for one in told if one.item in letters])
    yield from map(chr, dict.fromkeys(crossed))  # sensor D (grey) and sensor B for B and D
    for labels in contrasting_labels(reference):
        own, found = values_by_label(labels, reference, wanted), values_by_label(labels, answer, told)
        if all(own):
            swapped = swapped_labels(own, found, lambda one, other: one.item == other.item)
            yield from (chr(one.item) for at in swapped for one in own[at])  # intake A and exhaust E for A and E
    wanted, named, asked = (
        Counter(one.lower().replace("grey", "gray") for one in _COLOUR.findall(text))
        for text in (reference, answer, question)
    )
    if named - wanted - asked:
        yield from sorted(wanted - named)
