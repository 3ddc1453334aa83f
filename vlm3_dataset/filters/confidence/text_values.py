"""Find the values that running text gives, and what each is of. Pure.

"Nominal values: 0.26 to 0.35 mm - cold" says of what only by its job, Adjusting valve clearance; "Tightening torque:
20 Nm" only by the work before it, Unscrew spark plugs. What the line itself or its job names may contradict an owner;
what was looked for further up can only confirm him, as two such errors are hardly ever equal.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from vlm3_dataset.labelers.rules.facts import EXAMPLE, GENERIC, VERB
from vlm3_dataset.labelers.rules.outline import Outline
from vlm3_dataset.labelers.rules.prose import Sentence, sentences
from vlm3_dataset.labelers.rules.words import INSTRUCTION, is_certain, is_clear
from vlm3_dataset.quantities import Quantity, find
from vlm3_dataset.schema import Box, Segment

# A line that gives the value of what stands elsewhere.
UNNAMED = re.compile(
    r"(?i)(?:nominal|specified|min\w*\.?|max\w*\.?) values?|spec\w+ications?|tightening torques?(?: of nuts?)?"
)
TORQUE = re.compile(r"(?i)\btightening torques?\b(?: (?:for|of)\b:?)?")
# The job that measures one thing; of all cylinders it is the same.
MEASURES = re.compile(
    r"(?:CHECKING|ADJUSTING|MEASURING)(?:/\w+ING)* "
    r"(?P<what>[^–]*\b(?P<measure>COMPRESSION|PRESSURE|CLEARANCE|PLAY|GAP|RUNOUT))\b(?: OF ALL [A-Z]+)?(?: –.*)?"
)
MEASURED_IN = {"COMPRESSION": "pressure", "PRESSURE": "pressure"}  # else a length
CHECKED = re.compile(
    r"(?i)(?:check|measure) "
    r"(?P<what>(?:axial |radial )?(?:length|runout|play|clearance|gap|resistance|distance) of .+)"
)
CHECKING = re.compile(r"(?i)(?:checking|measuring) (?P<what>.+)")
LOOSENED = re.compile(
    r"(?i)\b(?:unscrew|tighten|bolt down|loosen)\b (?:both |all |the )?"
    r"(?P<what>[\w -]+?)(?: (?:with|and|by|from|on|uniformly|in)\b|[(.,*:;]|$)"
)
TAKEN_OFF = re.compile(
    r"(?i)\b(?:take off|remove|lift off|disconnect)\b (?:the )?"
    r"(?P<what>[\w -]+?)(?: (?:with|and|by|from|see|Installation)\b|[(.,*:;–-]|$)"
)
FASTENER = re.compile(r"(?i)(?:self-locking |mounting |hexagon )?(?:bolts?|nuts?|screws?)")
# Of a sentence that says what to do: Adjust push rod to 97.5 mm, Tighten stop screw (18) with a torque of 5 to 8 Nm.
SET_TO = re.compile(
    r"(?:Tighten|Torque|Adjust|Set|Preload|Inflate) (?P<what>[\w ,/-]+?)(?: ?\(\d+\))? "
    r"(?:to|with a torque of|by)(?: about| approx\.?)? \Z"
)
NOTE = re.compile(r"(?i)for (?P<what>[a-z ]+)|[-–—]?\s*(?P<note>[a-z]+)\b")
POUNDS = re.compile(r"\b[I|1]bs\b")  # the first letter is often misread, and in another line than its foot
STEPS = re.compile(r"^(?:Step \d )+")  # their values stand in a column of its own
CALLOUT = re.compile(r" ?\(\d+\)")
CONDITIONS = re.compile(r"(?i)cold|warm|hot|front|rear|left|right|intake|inlet|exhaust|inner|outer")
LONGEST = 60  # characters of a name


@dataclass(frozen=True, slots=True)
class TextValue:
    """A value of running text, and what it is of."""

    label: str
    quantity: Quantity
    box: Box  # of the line where its sentence begins
    is_firm: bool  # it is of what its line or its job names, and was read for sure


def text_values(columns: Sequence[Sequence[Segment]], outline: Outline) -> Iterator[TextValue]:
    """Yield the values of a page's sentences, column by column."""
    for column in columns:
        before: list[Sentence] = []
        for sentence in sentences(column):
            if not EXAMPLE.search(sentence.text):
                yield from _of_sentence(sentence, before, outline)
            before.append(sentence)


def _of_sentence(sentence: Sentence, before: Sequence[Sentence], outline: Outline) -> Iterator[TextValue]:
    text = POUNDS.sub("lbs", sentence.text)
    groups = _groups(text)
    if not groups:
        return
    label = text[: groups[0][0].start]
    own = STEPS.sub("", label.rstrip(" :=-–"))
    limits = outline.limits(sentence.line)  # the model or the version that the text is for
    say = partial(_said, sentence=sentence, limits=[one.text for one in limits])
    is_sure = sentence.is_sure and is_clear(label) and all(one.is_sure for one in limits)
    if label.rstrip().endswith((":", "=")) and not UNNAMED.fullmatch(own) and _is_name(own):
        if len(groups) == 1:
            yield say(_measured(own, before), groups[0][0], is_firm=is_sure)
        return
    found = SET_TO.match(label)
    if found and len(groups) == 1 and len(found["what"].split()) > 1:
        yield say(found["what"], groups[0][0], is_firm=is_sure)
        return
    if own and not UNNAMED.fullmatch(own):
        return
    for quantity, note in groups:
        told = NOTE.match(note)
        if told and told["what"]:
            yield say(told["what"], quantity, is_firm=is_sure)
        elif named := _named_above(sentence, quantity, before, outline):
            condition = f", {told['note']}" if told and CONDITIONS.fullmatch(told["note"] or "") else ""
            if condition or len(groups) == 1:
                what, is_firm = named
                yield say(what + condition, quantity, is_firm=is_firm and is_sure)


def _measured(label: str, before: Sequence[Sentence]) -> str:
    """Return a label in full: Installed clearance, under Measuring Piston Installed Clearance."""
    found = (CHECKING.fullmatch(one.text.rstrip(": ")) for one in before if one.text.endswith(":"))
    whole = (match["what"] for match in found if match)
    return next((what for what in whole if what.casefold().endswith(f" {label.casefold()}")), label)


def _said(label: str, quantity: Quantity, is_firm: bool, sentence: Sentence, limits: Sequence[str]) -> TextValue:
    return TextValue(", ".join([label.strip(" .:=*-–"), *limits]), quantity, sentence.line, is_firm)


def _named_above(
    sentence: Sentence, quantity: Quantity, before: Sequence[Sentence], outline: Outline
) -> tuple[str, bool] | None:
    """Return what a value is of that its line does not name, and whether the text says so."""
    under = sentence.subheading
    if under and not UNNAMED.fullmatch(under) and _is_name(TORQUE.sub("", under)):
        found = CHECKING.fullmatch(under)
        return (found["what"] if found else under), not found
    if quantity.dimension == "torque" and (loosened := _loosened(before)):
        return loosened, False
    if before and (checked := CHECKED.match(before[-1].text)):
        return CALLOUT.sub("", checked["what"]), True
    heading = outline.above(sentence.line)
    job = MEASURES.fullmatch(heading.title) if heading else None
    if job and quantity.dimension == MEASURED_IN.get(job["measure"], "length"):
        return job["what"].capitalize(), True
    told = [one.text for one in before if not (TORQUE.match(one.text) or one.text.isupper())]
    is_line = UNNAMED.match(sentence.text) or UNNAMED.match(under)
    return (told[-1], False) if told and is_line else None  # whoever speaks of all that this names may mean it


def _loosened(before: Sequence[Sentence]) -> str:
    """Return what the work since the last value unscrews or tightens, if it is one thing."""
    found: list[str] = []
    for sentence in reversed(before):
        if sentence.text.isupper() or (found and _groups(sentence.text)) or TORQUE.match(sentence.text):
            break
        for match in LOOSENED.finditer(sentence.text):
            what = match["what"]
            if FASTENER.fullmatch(what):
                taken = TAKEN_OFF.search(sentence.text, match.end("what"))
                what = f"{taken['what']} {what}" if taken else ""
            found.append(what)
    return found[0] if len(set(found)) == 1 and not FASTENER.fullmatch(found[0]) else ""


def _groups(text: str) -> list[tuple[Quantity, str]]:
    """Return the values of a text, those in two units once, each with what stands behind it up to the next."""
    found = [one for one in find(text) if one.unit and one.kind not in {"thread", "code"}]
    if not found:
        return []
    groups: list[tuple[Quantity, int]] = []
    for one in found:
        last, end = groups[-1] if groups else (one, one.start)
        is_again = end < one.start and last.dimension == one.dimension and last.unit != one.unit
        if is_again and text[end : one.start].strip() in {"(", "=", "/"}:  # converted, if not always well
            groups[-1] = last, one.end
        else:
            groups.append((one, one.end))
    starts = [one.start for one, _ in groups[1:]] + [len(text)]
    return [
        (one, text[end:start].strip(" ).*"))
        for (one, end), start in zip(groups, starts, strict=True)
        if is_certain(one.text) and not one.negated
    ]


def _is_name(text: str) -> bool:
    name = text.strip(" :=")
    is_phrase = 3 < len(name) <= LONGEST and not (INSTRUCTION.match(name) or VERB.search(TORQUE.sub("", name)))
    return is_phrase and name[0].isalpha() and "(" not in CALLOUT.sub("", name) and not GENERIC.fullmatch(name)
