"""Make questions about running text: values, special tools, jobs referred to, numbered steps, cautions. Pure.

A question repeats the sentence without what the sentence gives, so nothing is said that the page does not print.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace

from vlm3_dataset.labelers.rules.facts import GENERIC, PrintedQA
from vlm3_dataset.labelers.rules.outline import Outline
from vlm3_dataset.labelers.rules.prose import Sentence
from vlm3_dataset.labelers.rules.titles import Heading
from vlm3_dataset.labelers.rules.words import INSTRUCTION, is_certain, is_clear
from vlm3_dataset.quantities import Quantity, agree, find

TOOL = r"\d\d \d \d{3}"
TOOLS = re.compile(
    rf"(?P<before>.*?)\b(?P<with>(?:with |using )?(?:the )?)Special Tools?(?: No\.?)?"
    rf" (?P<tools>{TOOL}(?:(?:,| and|,? or| /|/) {TOOL})*)(?P<after>.*)"
)
JOB = re.compile(r"(?P<what>.+?)(?: [-–—]+|,)? \(?see (?P<job>\d\d \d\d \d{3})\)?\.?")
GAP = "…"
WORD = re.compile(r"[^\W\d_]{3,}")
FEWEST_WORDS = 4  # of three letters, beside the value: `Tighten bolts to …` could be said of any bolt
LONGEST = 230  # characters of a sentence that is quoted
LONGEST_ANSWER = 400
# Words that point at what the sentence does not name; what is worked out for one case, and no specification.
POINTS = re.compile(
    r"(?i)\b(this|these|those|it|they|example|e\. ?g|i\. ?e|above|below|following|shown|picture|figure|fig|same|also)\b"
    r"|^(the )?(value|reading|display|result|resistance|voltage|pressure)s?\b|=|\?|\*"
)
VALUE_SIGN = re.compile(r" ?[:=] ")
STATE = re.compile(r"\b(must|should) (be|have|not)\b")  # what is to be found, and nothing to do
CAUTION = re.compile(r"(?i)(caution|warning|important)[:!]$")
ADVICE = re.compile(r"(?i)(always|never|only|note|if|when|do not)\b|.* if ")  # and no next step of the work
TYPES = {"torque": "torque", "pressure": "pressure", "volume": "volume", "temperature": "temperature"}


def ask(sentences: Sequence[Sentence], outline: Outline) -> Iterator[PrintedQA]:
    """Yield the questions about a page's sentences."""
    doubtful = {one for one in sentences if _is_under_one_of_two(one, sentences, outline)}
    for sentence in sentences:
        heading = None if sentence in doubtful else _heading(sentence, outline)
        if heading and is_whole(sentence):
            yield from _value(sentence.text, heading)
            yield from _tool(sentence.text, heading)
            yield from _job(sentence.text, heading)
    yield from _steps(sentences, outline, doubtful)
    yield from _cautions(sentences, outline, doubtful)


def _is_under_one_of_two(sentence: Sentence, sentences: Sequence[Sentence], outline: Outline) -> bool:
    """Return whether the heading of a sentence prints its subheading twice: a question could not say which is meant."""
    if not sentence.subheading:
        return False
    own = outline.above(sentence.line)
    alike = (one for one in sentences if one.text.rstrip(":* ") == sentence.subheading)
    above = [outline.above(one.line) for one in alike]
    return sum(bool(own and one and one.named == own.named) for one in above) > 1


def _heading(sentence: Sentence, outline: Outline) -> Heading | None:
    """Return the heading of a sentence, its condition with the line of its block that it stands under."""
    heading, under = outline.above(sentence.line), sentence.subheading
    if heading is None or not under or under in heading.condition:
        return heading
    return replace(heading, condition=", ".join(filter(None, (heading.condition, under))))


def is_whole(sentence: Sentence) -> bool:
    """Return True for a sentence with a beginning, an end and no letters that are no words."""
    text = sentence.text
    return (
        sentence.is_sure
        and len(text) <= LONGEST
        and text[0].isupper()
        and text.endswith((".", "!", ".)"))
        and text.count("(") == text.count(")")
        and text.count('"') % 2 == 0
        and is_clear(text)
    )


def _value(text: str, heading: Heading) -> Iterator[PrintedQA]:
    found = find(text)
    measured = [one for one in found if one.kind not in {"thread", "code"}]
    if not measured or POINTS.search(text) or len(found) > len(measured):
        return
    first, last = measured[0], measured[-1]
    # 2 to 3 liters (4 to 6 pints)
    is_in_two_units = len(measured) == 2 and first.unit != last.unit and agree(first, last)
    if len(measured) > 1 and not (is_in_two_units and text[first.end : last.start].strip() in {"(", "/", "="}):
        return
    start, end = _around(text, first, last)
    rest = f"{text[:start]}{GAP}{text[end:]}"
    if re.search(rf"[<>≤≥∞]|\d {GAP}", rest):
        return
    if len(WORD.findall(rest)) < FEWEST_WORDS or not is_certain(text[start:end]) or first.negated:
        return
    question = f'{heading.within}, which value belongs in "{rest}"?'
    yield PrintedQA(question, text[start:end], text, TYPES.get(first.dimension, "specification"))


def _around(text: str, first: Quantity, last: Quantity) -> tuple[int, int]:
    """Return the place of a value with its brackets and the word that makes it a bound or an estimate."""
    start = first.start
    if match := re.search(
        r"(?i)\b(max\w*\.?|min\w*\.?|approx\w*\.?|about|at least|at most|up to|not more than) ?$", text[:start]
    ):
        start = match.start()
    end = last.end
    if last is not first and (match := re.match(r"\.?\)", text[end:])):
        end += match.end()
    return start, end


def _tool(text: str, heading: Heading) -> Iterator[PrintedQA]:
    match = TOOLS.fullmatch(text)
    if not match or len(WORD.findall(match["before"] + match["after"])) < 2 or POINTS.search(text):
        return
    rest = f"{match['before']}{match['with']}{GAP}{match['after']}"
    yield PrintedQA(f'{heading.within}, which special tool belongs in "{rest}"?', match["tools"], text, "tool")
    what = match["before"].strip()
    alone = re.fullmatch(TOOL, match["tools"]) and match["with"].strip() and match["after"] == "."
    if alone and len(WORD.findall(what)) >= 2 and what[0].isupper() and "," not in what:
        yield PrintedQA(f"{heading.within}, what is special tool {match['tools']} used for?", what, text, "tool")


def _job(text: str, heading: Heading) -> Iterator[PrintedQA]:
    match = JOB.fullmatch(text)
    if (
        match
        and match["job"] != heading.number
        and len(WORD.findall(match["what"])) >= 3
        and not POINTS.search(match["what"])
    ):
        question = f'{heading.within}, which job is referred to for "{match["what"]}"?'
        yield PrintedQA(question, match["job"], text, "reference")


def _steps(sentences: Iterable[Sentence], outline: Outline, doubtful: Set[Sentence]) -> Iterator[PrintedQA]:
    """Yield questions for numbered steps, if a page numbers once and the step before or after is printed too."""
    steps: dict[int, list[list[Sentence]]] = defaultdict(list)
    before: Sentence | None = None
    for sentence in sentences:
        if sentence.step and before and (sentence.step, sentence.box) == (before.step, before.box):
            steps[int(sentence.step)][-1].append(sentence)
        elif sentence.step:
            steps[int(sentence.step)].append([sentence])
        before = sentence
    told = [INSTRUCTION.match(parts[0][0].text) for parts in steps.values()]
    if any(len(found) > 1 for found in steps.values()) or sum(map(bool, told)) * 2 < len(told):
        return  # two lists, or a list of something else: `2) measured in front of the converter`
    for number, (parts,) in steps.items():
        text, heading = " ".join(part.text for part in parts), _heading(parts[0], outline)
        whole = all(map(is_whole, parts)) and len(text) <= LONGEST_ANSWER and not STATE.search(parts[0].text)
        if parts[0] in doubtful or not (
            heading and whole and {number - 1, number + 1} & steps.keys() and len(WORD.findall(text)) >= 2
        ):
            continue
        if parts[0].subheading or heading.title:  # a page's number does not tell what the steps do
            yield PrintedQA(f"{heading.within}, what is step {number}?", text, f"{number}. {text}", "procedure")


def _cautions(sentences: Iterable[Sentence], outline: Outline, doubtful: Set[Sentence]) -> Iterator[PrintedQA]:
    """Yield what stands behind `Caution!`, to the end of its block, where a heading has one caution.

    Where the work goes on in that block, nothing says where the caution ends; and a torque that opens one is of a part
    that only the work before it names.
    """
    cautions: dict[Heading, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        if CAUTION.match(sentence.opened_by) and (heading := outline.above(sentence.line)):
            cautions[replace(heading, condition="")].append(sentence)
    for found in cautions.values():
        heading = _heading(found[0], outline)
        text = " ".join(one.text for one in found)
        one_block = len({(one.box, one.opened_by) for one in found}) == 1
        is_of_none = GENERIC.fullmatch(VALUE_SIGN.split(text)[0])
        work = is_of_none or any(INSTRUCTION.match(one.text) and not ADVICE.match(one.text) for one in found[1:])
        if (
            heading
            and found[0] not in doubtful
            and one_block
            and not work
            and all(map(is_whole, found))
            and len(text) <= LONGEST_ANSWER
        ):
            word = found[0].opened_by.rstrip("!:").casefold()
            note = "important note" if word == "important" else word
            yield PrintedQA(
                f"{heading.within}, which {note} is given?", text, f"{found[0].opened_by} {text}", "warning"
            )
