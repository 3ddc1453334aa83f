"""Find what can be wrong in an answer (figures, sides, a denial, an order), and whether a text says it. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from vlm3_dataset.identifiers import Figures, Identifier, Kind, beside, figures
from vlm3_dataset.identifiers import same as same_name
from vlm3_dataset.language.wording import denials, is_subsequence, sides, stem, words
from vlm3_dataset.quantities import Quantity, same

T = TypeVar("T")
# Names that a drawing or a table prints as a bare number: its word stands in a heading, or nowhere.
_BARE = frozenset(
    {"component", "pin", "terminal", "fuse", "step", "wire", "cylinder", "ordinal", "group", "mark", "relay"}
)
CALLOUTS = frozenset({"component", "mark", "figure"})
_ORDER = re.compile(
    r"\b(?:orders?|sequence|through|then|finally|first|last|afterwards|crosswise|followed)\b|->|→", re.IGNORECASE
)
_TIMES = re.compile(r"\b(?:before|after|next|follow(?:s|ed|ing)?|prior)\b", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?:up to|at (?:least|most)|max\w*|min\w*|limits?|(?:more|less|lower|higher|greater) than|above|below|exceed\w*"
    r"|permi\w+|allow\w*|from what|how (?:thin|far|long|high|low))\b",
    re.IGNORECASE,
)
_ENDS = {
    "max": re.compile(r"\b(?:max\w*|at most|up to|upper|highest|most)\b", re.IGNORECASE),
    "min": re.compile(r"\b(?:(?<![\d/])(?<!\d )min\b|minim\w+|at least|lowest|least|lower limit)\b", re.IGNORECASE),
}
# Words beside a figure that its bound says too, and those that only say that it is found somewhere.
_HOLLOW = words(
    "max maximum min minimum least most greater higher smaller lower exceed exceeds limit"
    " see find found located document detailed process"
)
_FASTENER = re.compile(r"[ -](?:thread|screw|bolt|stud|nut|plug)", re.IGNORECASE)
_OF_THREAD = re.compile(r"\b(?:thread|screw|bolt)\w*(?: (?:size|of|is|with|type)){0,2}:? $", re.IGNORECASE)
_VEHICLE = re.compile(r"[ -](?:engine|transmission|gearbox|model)", re.IGNORECASE)
_TOOL = re.compile(r"\btools?\b(?:[\s\d.,:;()/&-]|and|or|numbers?|nos?)*$", re.IGNORECASE)  # then comes its number
_WORD = re.compile(r"(?:[\w./-]*\w)?[0-9](?:[\w./-]*\w)?")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")


@dataclass(frozen=True)
class Statement:
    """A text, read as the answer to a question if one is given."""

    text: str
    question: str = ""

    @cached_property
    def parsed_question(self) -> "Statement":
        return Statement(self.question)

    @cached_property
    def figures(self) -> Figures:
        return figures(self.text, self.question)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return tuple(one for one in self.figures.quantities if not one.negated)

    @cached_property
    def names(self) -> tuple[Identifier, ...]:
        """The identifiers, without the numbers of a list that the answer itself makes."""
        return tuple(one for one in self.figures.identifiers if one.kind != "mark")

    @cached_property
    def counts(self) -> tuple[Quantity, ...]:
        """The bare numbers, without the numbers of a list that the answer itself makes."""
        behind = ((one, self.text[one.end : one.end + 1]) for one in self.figures.counts)
        return tuple(one for one, sign in behind if one.dimension != "label" or sign not in {".", ")"})

    @cached_property
    def words(self) -> frozenset[str]:
        return words(self.text)

    @cached_property
    def sides(self) -> frozenset[tuple[int, int]]:
        return sides(self.text)

    @cached_property
    def denials(self) -> int:
        return denials(self.text)

    @property
    def has_figures(self) -> bool:
        return bool(self.quantities or self.names or self.counts)

    @cached_property
    def new_names(self) -> tuple[Identifier, ...]:
        """The names that its question does not have."""
        question = self.parsed_question
        return tuple(one for one in self.names if not has_name(question.figures, question.text, one))

    @cached_property
    def new_words(self) -> frozenset[str]:
        """The words that its question does not have."""
        return self.words - self.parsed_question.words

    @cached_property
    def words_beside(self) -> frozenset[str]:
        """The new words that say more than its figures: oiled of "25 Nm, oiled", none of "max. 25 Nm"."""
        return words(beside(self.text, self.figures)) - self.parsed_question.words - _HOLLOW

    @cached_property
    def has_new_figures(self) -> bool:
        """Whether it has figures that its question does not have."""
        question = self.parsed_question
        return (
            any(not any(same(one, other) for other in question.quantities) for one in self.quantities)
            or bool(self.new_names)
            or any(not _has_count(question.figures, one) for one in self.counts)
        )

    @property
    def is_exact(self) -> bool:
        """Whether a word, a digit or the order of it can turn it wrong."""
        return self.has_figures or self.gives_order or bool(self.sides or self.denials)

    @property
    def gives_order(self) -> bool:
        """Whether it matters which of its words comes first."""
        return bool(_ORDER.search(f"{self.text} {self.question}") or _TIMES.search(self.text))

    @property
    def numbers(self) -> list[str]:
        """All its numbers as printed, in their order."""
        return _NUMBER.findall(self.text)

    @cached_property
    def ends_asked(self) -> frozenset[str]:
        """The ends of what is allowed that its question names: "max", "min"."""
        return ends(self.question)

    def is_same(self, one: Quantity, other: Quantity) -> bool:
        """Return whether two quantities are equal; asked for a bound ("up to what pressure?"), a value will do.

        Asked for the most, that of "at least 8 mm" will not.
        """
        if other.side in _ENDS and self.ends_asked and other.side not in self.ends_asked:
            return False
        return same(one, other) or (
            one.kind == "value" and bool(_BOUND.search(self.question)) and same(one, plain(other))
        )

    def missing(self, printed: Figures, text: str) -> str:
        """Return the first of its figures that a text with these figures does not have; "" where it has all."""
        found = [one for one in self.quantities if any(self.is_same(one, other) for other in printed.quantities)]
        units = {other.unit for other in printed.quantities}
        for one in self.quantities:
            if one in found:
                continue
            # OCR may have lost the unit of a number that stands beside the same in another unit.
            is_in_two_units = any(
                other.dimension == one.dimension and other.unit != one.unit and other.unit in units for other in found
            )
            if not is_in_two_units or all(count.interval != one.interval for count in printed.counts):
                return one.text
        for name in self.names:
            if not has_name(printed, text, name) or is_miscalled(name, self.text):
                return name.text
        if count := next((count for count in self.counts if not _has_count(printed, count)), None):
            return count.text
        exact = set(_WORD.findall(text.casefold()))
        return next((word for word in self.unread if word not in exact), "")

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """The words with digits that are no figure: their meaning is unknown."""
        counted = {at for one in self.figures.counts for at in range(one.start, one.end)}
        unknown = {*self.figures.nobodys} - counted
        found = _WORD.finditer(self.text.casefold())
        return tuple(one[0] for one in found if unknown.intersection(range(*one.span())))

    def is_in_order_of(self, printed: Figures) -> bool:
        """Return whether those of its figures that are of one kind come as they are printed: a value and its limit."""
        names = {name.kind for name in self.names}
        return all(
            _is_within([one for one in self.quantities if one.unit == unit], printed.quantities, self.is_same)
            for unit in {one.unit for one in self.quantities}
        ) and all(
            _is_within([one for one in self.names if one.kind == kind], printed.identifiers, same_name)
            for kind in names
        )


def ends(text: str) -> frozenset[str]:
    """Return the ends of what is allowed that a text names: "max", "min"."""
    return frozenset(side for side, words in _ENDS.items() if words.search(text))


def plain(quantity: Quantity) -> Quantity:
    """Return a bound as the value that it stands at."""
    if quantity.kind != "bound":
        return quantity
    return replace(quantity, kind="value", side="", readings=tuple(map(plain, quantity.readings)))


def is_miscalled(name: Identifier, text: str) -> bool:
    """Return whether a text calls a name something of another kind: the M30 thread, the 1AZ engine.

    M30 is read as an engine. Called a thread, nothing tells which of the two it is.
    """
    if name.kind == "type":
        return bool(_FASTENER.match(text, name.end) or _OF_THREAD.search(text[: name.start]))
    return name.kind == "component" and not name.text.isdigit() and bool(_VEHICLE.match(text, name.end))


def has_name(printed: Figures, text: str, name: Identifier) -> bool:
    """Return whether a text gives that name."""
    return bool(kinds_printed(printed, text, name))


def kinds_printed(printed: Figures, text: str, name: Identifier, heading: str = "") -> set[Kind]:
    """Return the kinds as which a text gives a name; none where it does not give it.

    It gives it as such (a tool may have the form of a job's number and "tool" before it), or as a bare number, where
    drawings do, or with other blanks.
    """
    alike = [other for other in printed.identifiers if same_name(name, other)]
    if alike:
        are_tools = len(name.value) > 2 and any(_TOOL.search(f"{heading} {text[: other.start]}") for other in alike)
        return {other.kind for other in alike} | ({"tool"} if are_tools else set())
    if name.value.isdigit() and (name.kind in _BARE or name.kind == "type"):
        bare = [str(value) for one in printed.counts for value in one.values]  # also "between 1 and 4"
        found = {one.kind for one in printed.identifiers if one.value == name.value and one.kind in _BARE}
        return found | ({name.kind} if name.value in bare or "mark" in found else set())
    if name.kind == "terminal" and name.value[:1].isalpha():  # W or B +, which a drawing prints without a word
        alone = rf"(?<![\w+-]){' ?'.join(map(re.escape, name.value))}(?![\w+-])"
        return {name.kind} if re.search(alone, text.replace("−", "-").replace("–", "-")) else set()
    if len(name.value) < 4 or name.kind not in {"tool", "job", "part", "product"}:
        return set()
    is_packed = name.value in re.sub(r"(?<=[0-9A-Z])[ .-](?=[0-9A-Z])", "", text.upper())
    return {name.kind} if is_packed else set()


def has_other_figure(statement: Statement, printed: Figures, known: Iterable[Statement] = ()) -> bool:
    """Return whether a text gives another figure of a kind that a statement gives: the next row's torque, a pin.

    A value in another unit is none: the two of a pair that is printed in both differ by the book's rounding.
    """
    statements = (statement, *known)
    quantities = [one for each in statements for one in each.figures.quantities]
    units = {one.unit for one in statement.quantities}
    alike = [one for one in printed.quantities if one.unit in units]
    if any(not any(statement.is_same(other, one) for other in quantities) for one in alike):
        return True
    names = [one for each in statements for one in each.figures.identifiers]
    kinds = {name.kind for name in statement.names}
    if any(one.kind in kinds and not any(same_name(one, other) for other in names) for one in printed.identifiers):
        return True
    bare = {name.value for name in names} | {str(one.values[0]) for each in statements for one in each.counts}
    asked = frozenset().union(*(each.words for each in statements))
    counted = [one for one in printed.counts if one.dimension == "count" and stem(one.unit) in asked]
    if statement.counts and any(str(one.values[0]) not in bare for one in counted):
        return True
    is_bare = any(name.kind in _BARE and name.text == name.value for name in statement.names)  # 1, and not 1AZ
    if not (is_bare or statement.counts):
        return False
    marks = [one.value for one in printed.identifiers if one.kind == "mark"]
    numbers = [str(one.values[0]) for one in printed.counts if one.dimension == "number" and one.text[:1].isdigit()]
    return any(number not in bare for number in (*marks, *numbers))


def has_like_figure(statement: Statement, printed: Figures) -> bool:
    """Return whether a text gives something of the kind that a statement gives, in whatever unit."""
    dimensions = {one.dimension for one in statement.quantities}
    return any(one.dimension in dimensions for one in printed.quantities) or has_other_figure(statement, printed)


def _is_within(own: list[T], printed: Sequence[T], is_same: Callable[[T, T], bool]) -> bool:
    """Return whether those of some figures that are printed are printed in this order."""
    return is_subsequence((one for one in own if any(is_same(one, other) for other in printed)), printed, is_same)


def _has_count(printed: Figures, count: Quantity) -> bool:
    """Return whether a text gives a number, also as a quantity or by its ends: 10 through 1 for bolts 10 to 1."""
    if any(one.interval == count.interval and one.side == count.side for one in (*printed.counts, *printed.quantities)):
        return True
    return {str(value) for value in count.values} <= {one.value for one in printed.identifiers}
