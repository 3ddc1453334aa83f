"""Memory and reading told apart: planted models that answer from the one or from the other."""

import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from evaluation.altering import AlteredPage, alter_page, change_numbers
from evaluation.controls import KINDS, conclude, trials
from evaluation.rows import Question, open_page
from evaluation.statistics import mean_interval
from vlm3_dataset.files import sha256
from vlm3_dataset.schema import Segment
from vlm3_dataset.sources.pages import readings

PAGES = 40  # as many as it takes to show that nothing comes from memory


def page(number: int, folder: Path) -> tuple[Question, tuple[Segment, ...]]:
    """A page with three lines, and a question about the second."""
    image = Image.new("RGB", (520, 200), "#f4efe2")
    lines = (f"Section {number}", f"Bracket bolts {20 + number} Nm", "Clean the threads")
    segments = []
    for at, line in enumerate(lines):
        place = (30, 20 + 55 * at)
        font = ImageFont.load_default(26)
        ImageDraw.Draw(image).text(place, line, fill="#202020", font=font)
        box = ImageDraw.Draw(image).textbbox(place, line, font=font)
        segments.append(Segment(line, tuple(float(side) for side in box)))
    name = f"{number}.png"
    image.save(folder / name)
    digest = sha256((folder / name).read_bytes())
    asked = Question(f"{number}/1", f"{number}", folder, name, digest, "How tight?", f"{20 + number} Nm")
    return asked, tuple(segments)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> dict[Question, tuple[Segment, ...]]:
    folder = tmp_path_factory.mktemp("shelf")
    return dict(page(number, folder) for number in range(PAGES))


@pytest.fixture(scope="module")
def trialled(shelf, tmp_path_factory):
    printed = {question.image_sha256: segments for question, segments in shelf.items()}
    folder = tmp_path_factory.mktemp("controls")
    return trials(list(shelf), lambda question: printed.get(question.image_sha256, ()), folder)


def findings(trialled, answer) -> dict[str, str]:
    made, left_out = trialled
    return {one.kind: one.finding for one in conclude(made, [answer(trial) for trial in made], left_out)}


def test_a_model_that_answers_from_memory_is_caught_by_all_three(shelf, trialled):
    learned = {question.id: question.reference for question in shelf}
    found = findings(trialled, lambda trial: f"It is {learned[trial.question.id.partition(',')[0]]}.")
    assert found == dict.fromkeys(KINDS, "memory")


def test_a_model_that_reads_the_page_passes_all_three(shelf, trialled):
    shown = {question.image_sha256: question.reference for question in shelf}

    def read(trial) -> str:
        """What stands on the page it is shown: the altered one prints the new number, a blank one nothing."""
        return trial.new or shown.get(trial.question.image_sha256, "The page does not say.")

    assert findings(trialled, read) == dict.fromkeys(KINDS, "reads")
    made, left_out = trialled
    *_, altered = conclude(made, [read(trial) for trial in made], left_out)
    assert (altered.n, altered.kept, altered.followed) == (PAGES, 0, PAGES)


def test_a_model_that_remembers_half_is_caught_too(shelf, trialled):
    learned = {question.id: question.reference for question in list(shelf)[::2]}
    found = findings(trialled, lambda trial: learned.get(trial.question.id.partition(",")[0], "I cannot see it."))
    assert found == dict.fromkeys(KINDS, "memory")


def test_too_few_answers_are_no_proof_of_reading(shelf, tmp_path: Path):
    few = list(shelf)[:3]
    made, left_out = trials(few, shelf.get, tmp_path)
    assert {one.finding for one in conclude(made, ["" for _ in made], left_out)} == {"undecided"}


def test_many_answers_on_few_pages_are_no_proof_of_reading(shelf, trialled):
    made, left_out = trialled
    together = [replace(one, question=replace(one.question, page_id="12345"[at % 5])) for at, one in enumerate(made)]
    assert {one.finding for one in conclude(together, ["" for _ in made], left_out)} == {"undecided"}
    (another, *_) = conclude(together, ["" for _ in made], left_out)
    assert another.interval == mean_interval([0.0] * PAGES, [*"12345"] * (PAGES // 5))
    assert another.interval.high > 0.4


def test_what_was_not_answered_is_no_sign_of_reading(shelf, trialled):
    made, left_out = trialled
    found = conclude(made, [None for _ in made], left_out)
    assert [(one.n, one.unanswered, one.finding) for one in found] == [(0, PAGES, "undecided")] * 3
    few = conclude(made, ["I see none." if number % 4 else None for number, _ in enumerate(made)], left_out)
    assert {(one.n, one.unanswered) for one in few} == {(PAGES * 3 // 4, PAGES // 4)}


def test_nothing_answered_right_leaves_nothing_to_control(tmp_path: Path):
    made, left_out = trials([], lambda _: (), tmp_path)
    assert made == []
    assert [(one.n, one.finding) for one in conclude(made, [], left_out)] == [(0, "undecided")] * 3


def test_the_trials_are_what_they_are_called(shelf, trialled):
    made, left_out = trialled
    assert Counter(trial.kind for trial in made) == dict.fromkeys(KINDS, PAGES)
    assert not any(left_out.values())
    pages = {question.image_sha256: question for question in shelf}
    for trial in made:
        own = next(question for question in shelf if trial.question.id.startswith(f"{question.id},"))
        match trial.kind:
            case "another page":
                assert pages[trial.question.image_sha256].reference != own.reference
            case "blank page":
                assert open_page(trial.question).getextrema() == ((255, 255),) * 3
            case _:
                assert open_page(trial.question).size == open_page(own).size
                assert trial.new == change_numbers(trial.old) != trial.old
                assert open_page(trial.question).tobytes() != open_page(own).tobytes()


def test_another_page_that_prints_the_same_number_is_no_control(shelf, tmp_path: Path):
    one, other = list(shelf)[:2]
    made, left_out = trials([one, other], lambda _: (Segment("20 Nm and 21 Nm", (0, 0, 9, 9)),), tmp_path)
    assert not [trial for trial in made if trial.kind == "another page"]
    assert left_out["another page"] == {"no other page is without its number": 2}


def test_a_page_that_nobody_has_read_is_not_altered(shelf, tmp_path: Path):
    made, left_out = trials(list(shelf)[:2], lambda _: (), tmp_path)
    assert left_out["altered number"] == {"no reading of the page is at hand": 2}
    assert Counter(trial.kind for trial in made) == {"another page": 2, "blank page": 2}


def test_the_altered_page_reads_as_another_number_to_eyes_that_know_neither(shelf, tmp_path: Path):
    """RapidOCR is the eyes."""
    question, segments = next(iter(shelf.items()))
    altered = alter_page(open_page(question), segments, question.reference, question.text)
    file = io.BytesIO()
    altered.page.save(file, "PNG")
    words = " ".join(segment.text for segment in readings.ocr(file.getvalue()).segments).replace(" ", "")
    assert altered.new == "30 Nm"
    assert "Bracketbolts30Nm" in words
    assert "20Nm" not in words
    assert "Cleanthethreads" in words


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("24 Nm", "34 Nm"),
        ("0.25-0.30 mm", "0.35-0.40 mm"),
        ("90°", "10°"),
        ("6000 1/min", "7000 1/min"),
        (".05 mm", ".06 mm"),
        ("24 ± 2 Nm", "34 ± 3 Nm"),
        ("M10x1.5", "M10x1.5"),
    ],
)
def test_a_number_is_changed_in_its_first_digit(text: str, new: str):
    assert change_numbers(text) == new


def test_conversions_are_changed_with_their_number(shelf):
    question = next(iter(shelf))
    lines = (Segment("24 Nm (18 ft-lb)", (30.0, 20.0, 330.0, 50.0)), Segment("M8: 24 Nm", (30.0, 80.0, 230.0, 110.0)))
    found = alter_page(open_page(question), lines, "24 Nm", "How tight?")
    assert isinstance(found, AlteredPage)
    assert (found.old, found.new) == ("24 Nm", "34 Nm")


@pytest.mark.parametrize(
    ("reference", "printed", "why"),
    [
        ("Inspect it.", "24 Nm", "its reference has no number with a unit"),
        ("24 Nm", "25 Nm", "the place of its number on the page is not known"),
        ("M10x1.5", "M10x1.5", "the place of its number on the page is not known"),
    ],
)
def test_a_number_that_cannot_be_altered_says_why(reference: str, printed: str, why: str, shelf):
    line = Segment(printed, (30.0, 20.0, 230.0, 50.0))
    assert alter_page(open_page(next(iter(shelf))), [line], reference, "How tight?") == why
