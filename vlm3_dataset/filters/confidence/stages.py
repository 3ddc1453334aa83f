"""Find tightenings in stages: in the manual's tables and steps, and in what an owner writes. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from vlm3_dataset.filters.grounding.statements import plain
from vlm3_dataset.labelers.rules.facts import STAGE
from vlm3_dataset.labelers.rules.tables import GROUP_NUMBER, join_units, opens_item, part_item
from vlm3_dataset.labelers.rules.words import is_sure
from vlm3_dataset.quantities import Quantity, agree, find, once_each, within
from vlm3_dataset.schema import Box, Segment
from vlm3_dataset.sources.pages.rows import Row, left

TIGHTENED = frozenset({"torque", "angle"})
ANGLE = re.compile(r"(?i)(?:torque )?angle")  # of a cell; its unit is often too small to be read
NUMBER = re.compile(r"\d{1,3}")
# Rows of an item that change nothing: how long to wait, and what becomes of the bolt.
WAITING = re.compile(r"(?i)(?:no )?(?:settling|warm|running)\b.*")
ASIDE = re.compile(r"(?i)(?:replace|fit new|wash|oil|do not|for repair)\b.*")
STEP = re.compile(r"(?i)(?:step|stage) ?\d\s*=?\s*(?P<value>.*)")
# What stands between the stages that an owner gives: 50 Nm, then 80 Nm, wait 15 min, and 100 Nm last.
LINK = r"[\s,;:.()/+&>→–—-]*"
LINKS = """
    then and plus followed final finally another further wait waiting after settle rest let it them sit for in stages?
    steps? passe?s? rounds? first second third last to angle degrees torque turn a more of by min minutes
"""
BETWEEN = re.compile(rf"(?i){LINK}(?:(?:{'|'.join(LINKS.split())}|\d+(?:st|nd|rd)?)\b{LINK})*")
SAID_SO = re.compile(r"(?i)\b(?:then|plus|stages?|steps?|pass(?:es)?|wait|finally|followed|first|second)\b|[+→]|->")
FEWEST = 3  # values in a row are stages also where no word says so


@dataclass(frozen=True, slots=True)
class Staged:
    """What is tightened in stages, the car or bolt that they are for, and each of them."""

    label: str
    stages: tuple[Quantity, ...]
    box: Box
    is_sure: bool


@dataclass(slots=True)
class _Item:
    """An item of a table while its rows are read."""

    name: Segment
    kinds: list[str] = field(default_factory=list)  # the engine, and the bolt's thread
    stages: list[Quantity] = field(default_factory=list)
    is_whole: bool = True  # False once a row says what is not understood
    is_sure: bool = True


def in_tables(printed: Iterable[Row]) -> Iterator[Staged]:
    """Yield the tightenings in stages of a numbered table: under an item and its engine a row for each stage."""
    lines = [join_units(part_item(row)) for row in printed]
    heads = [cell.box[0] for row in lines for cell in row if cell.text == "Type"]
    kinds = [row[2].box[0] for row in lines if opens_item(row) and len(row) > 3]  # not all begin below their head
    if not heads:
        return
    column = min(heads + kinds)
    item: _Item | None = None
    for row in lines:
        opened = _opened(row, item, column)
        if opened is not item:
            yield from _done(item)
            item = opened
        elif item:
            _read(row, item, column)
    yield from _done(item)


def _opened(row: Row, item: _Item | None, column: float) -> _Item | None:
    """Return the item that a row opens; the present one where it goes on."""
    if opens_item(row):
        return _Item(row[1], [cell.text for cell in row[2:]])
    if item is None or GROUP_NUMBER.match(row[0].text):
        return None
    if left(row) > column - row[0].height:  # another engine, or more of a list of them
        goes_on = item.kinds and item.kinds[0].endswith("/") and not item.stages
        return item if goes_on else _Item(item.name, [cell.text for cell in row])
    text = row[0].text
    is_name = len(row) > 1 and not (_is_stage(text) or WAITING.fullmatch(text) or ASIDE.fullmatch(text))
    return _Item(row[0], [cell.text for cell in row[1:]]) if is_name else item


def _read(row: Row, item: _Item, column: float) -> None:
    """Add to an item what a further row of it says."""
    text = row[0].text
    if left(row) > column - row[0].height:
        item.kinds[0] += text
    elif stage := _stage(row):
        item.stages.append(stage)
        item.is_sure &= all(map(is_sure, row))
    elif ASIDE.fullmatch(text):
        item.kinds += [cell.text for cell in row[1:]]
    elif not WAITING.fullmatch(text):
        item.is_whole = False


def in_steps(printed: Sequence[Row]) -> Iterator[Staged]:
    """Yield the tightenings of a job: step 1, step 2 and so on below a line with a colon that names the bolts."""
    named: Segment | None = None
    steps: list[Quantity] = []
    is_read = True
    for row in [*printed, (Segment(".", (0, 0, 0, 0)),)]:
        cells = [cell for cell in row if len(cell.text) > 1] or list(row)
        at = next((n for n, cell in enumerate(cells) if STEP.fullmatch(cell.text)), None)
        if named and at is not None:
            text = " ".join([STEP.fullmatch(cells[at].text)["value"], *(cell.text for cell in cells[at + 1 :])])
            found = [one for one in find(text) if one.dimension in TIGHTENED]
            steps += found[:1]
            is_read &= bool(found) and all(map(is_sure, cells[at:]))
            continue
        if named and len(steps) > 1:
            yield Staged(named.text.rstrip(": "), tuple(steps), named.box, is_read)
        named = next((cell for cell in cells if cell.text.endswith(":") and "orque" in cell.text), None)
        steps, is_read = [], named is not None and is_sure(named)


def in_statement(statement: str) -> Iterator[tuple[str, Quantity, tuple[Quantity, ...]]]:
    """Yield each value of a statement with its stages; of a tightening in stages the first, as if it stood alone."""
    found = list(find(statement))
    while found:
        first, *rest = found
        run = [first, *_following(first, rest, statement)] if first.dimension == "torque" and first.unit else []
        stages = tuple(one for one in once_each(run) if one.dimension in TIGHTENED)
        if len(stages) > 1 and _are_stages(stages, statement):
            end = max(one.end for one in run if one.dimension in TIGHTENED)
            whole = replace(first, text=statement[first.start : stages[-1].end])
            yield f"{statement[: first.end]}{statement[end:]}", whole, stages
            found = [one for one in rest if one.start >= end]
        else:
            yield statement, first, ()
            found = rest


def _following(first: Quantity, rest: Iterable[Quantity], statement: str) -> Iterator[Quantity]:
    """Yield the values behind one that nothing but words of a tightening in stages parts from it."""
    end = first.end
    for one in rest:
        if one.dimension not in TIGHTENED | {"time"} or not BETWEEN.fullmatch(statement[end : one.start]):
            return
        yield one
        end = one.end


def compare(told: Sequence[Quantity], given: Sequence[Quantity]) -> bool | None:
    """Return whether an owner's stages are the manual's; None where he gives some of them, in their order."""
    if len(told) == len(given) and all(map(same_value, told, given)):
        return True
    left_over = iter(given)
    is_part = all(any(same_value(one, other) for other in left_over) for one in told)
    return None if is_part else False


def same_value(told: Quantity, given: Quantity) -> bool:
    """Return whether an owner's value is the manual's, inside its range, or where its limit stands."""
    return agree(told, given) or (agree(told, plain(given)) if given.side else within(told, given))


def _are_stages(values: Sequence[Quantity], statement: str) -> bool:
    """Return whether values are stages of one tightening, and not two that a statement gives for two bolts."""
    is_said = SAID_SO.search(statement[values[0].end : values[-1].start])
    return len(values) >= FEWEST or bool(is_said) or any(one.dimension == "angle" for one in values)


def _is_stage(text: str) -> bool:
    return bool(STAGE.fullmatch(text)) or text.casefold() == "application torque"


def _stage(row: Row) -> Quantity | None:
    """Return the value of a row that is one stage: torque, 50 Nm; torque angle, 60."""
    label, value = row[0].text, row[-1].text
    if len(row) < 2 or not _is_stage(label):
        return None
    numbers = [cell.text for cell in row[1:] if NUMBER.fullmatch(cell.text)]
    if ANGLE.fullmatch(label):
        value = f"{numbers[-1]}°" if numbers else value
    found = [one for one in find(value) if one.dimension in TIGHTENED]
    return found[0] if len(found) == 1 else None


def _done(item: _Item | None) -> Iterator[Staged]:
    if item and item.is_whole and item.kinds and len(item.stages) > 1 and item.stages[0].dimension == "torque":
        yield Staged(", ".join([item.name.text, *item.kinds]), tuple(item.stages), item.name.box, item.is_sure)
