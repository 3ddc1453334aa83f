"""Pairs made by rule from real pages, right and spoiled: what stays, and what is called verified."""

import functools
import json
from collections import defaultdict

import pytest

from tests.vlm3_dataset.filters.grounding.doctored import cases
from vlm3_dataset.filters.agreement import with_verdict
from vlm3_dataset.filters.grounding.grounding import ground
from vlm3_dataset.filters.grounding.passages import PrintedPage
from vlm3_dataset.schema import QA, Dropped, Reading
from vlm3_dataset.sources.pages import pdf, readings

# Some forty scans are read first: two minutes on an idle machine, and eleven beside six other programs.
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(3_600)]

ETM = "1990 BMW M3 Electrical Troubleshooting Manual"
SCANS = (
    *(f"{ETM}/{name}.jpg" for name in ("5126A-03", "6300-01", "1240-00", "1364-03")),
    *(f"11 - Engine/{name}.jpg" for name in ("11-103", "11-68")),
    *(f"12 - Engine Electrical Equipment/{name}.jpg" for name in ("12-00", "12-112_2", "12-152", "12-106")),
    *(f"13 - Fuel System/{name}.jpg" for name in ("13-904", "13-810", "13-801", "13-800", "13-627")),
    *(f"34 - Brakes/{name}.jpg" for name in ("34-01", "34-14")),
    *(f"25 - Gear Shift Mechanism/{name}.jpg" for name in ("25-02", "25-16")),
    *(f"21 - Clutch/{name}.jpg" for name in ("21-03", "21-01")),
    *("00 - Maintenance/00-17.jpg", "16 - Fuel Tank and Lines/16-07.jpg", "36 - Wheels and Tires/36-01.jpg"),
)
TABLES = range(12, 135)  # pages of the torque tables, which have a text layer
EACH, A_PAGE = 32, 11
KINDS = {"digit", "point", "unit", "bound", "side", "colour", "order", "denial", "name", "row", "legend"}


@pytest.fixture(scope="module")
def printed(shared):
    """Returns what a file prints; each is read once, which takes five seconds."""

    @functools.cache
    def printed(file):
        return PrintedPage(readings.ocr((shared / "data_src" / file).read_bytes()))

    return printed


@pytest.fixture(scope="module")
def claude_pairs(shared):
    """Right and wrong pairs that a careful labeler wrote for ten pages."""
    return [json.loads(line) for line in (shared / "cases/claude_pairs.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def planted(shared, printed, claude_pairs):
    """Up to 32 cases of each kind with their pages."""
    book = shared / "data_src/00 - Torque Specs/BMW_Torque_Specs.pdf"
    prints = [printed(name) for name in dict.fromkeys((*SCANS, *(row["file"] for row in claude_pairs)))]
    prints += [PrintedPage(Reading("text layer", tuple(pdf.sheet(book, number).text or ()))) for number in TABLES]
    found = defaultdict(list)
    for page in prints:
        taken = defaultdict(int)
        for case in dict.fromkeys(cases(page)):
            if taken[case.kind] < A_PAGE and len(found[case.kind]) < EACH:
                taken[case.kind] += 1
                found[case.kind].append((page, case))
    return found


def test_every_kind_is_planted(planted):
    assert all(len(planted[kind]) >= EACH * 3 // 4 for kind in KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_spoiled_pair_is_verified_and_a_true_second_reader_ends_it(planted, kind):
    stay = 0
    for page, case in planted[kind]:
        judged = ground(case.wrong, page)
        if not isinstance(judged, Dropped):
            assert judged.numbers_grounded != "verified", case
            stay += isinstance(with_verdict(judged, {case.wrong.question: case.good.answer}), QA)
    assert stay <= 1


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_right_pair_stays_and_a_true_second_reader_verifies_it(planted, kind):
    dropped = 0
    for page, case in planted[kind]:
        judged = ground(case.good, page)
        dropped += isinstance(judged, Dropped)
        if not isinstance(judged, Dropped):
            assert with_verdict(judged, {case.good.question: case.good.answer}).numbers_grounded == "verified", case
    assert dropped <= 1


def test_the_page_alone_verifies_most_of_the_right_pairs(planted):
    judged = [ground(case.good, page) for of_a_kind in planted.values() for page, case in of_a_kind]
    assert sum(isinstance(each, QA) and each.numbers_grounded == "verified" for each in judged) >= len(judged) * 0.65


@pytest.fixture(scope="module")
def labelled(printed, claude_pairs):
    """The labeler's pairs, judged by what their pages print."""
    judged = []
    for row in claude_pairs:
        qa = QA(row["question"], row["answer"], row["evidence"], row["question_type"], "claude", "m", "v")
        judged.append((row["right"], ground(qa, printed(row["file"]))))
    return judged


def test_of_a_labelers_pairs_no_wrong_one_is_verified(labelled):
    wrong = [each for is_right, each in labelled if not is_right]
    assert len(wrong) == 22
    assert not [each for each in wrong if not isinstance(each, Dropped) and each.numbers_grounded == "verified"]


def test_of_a_labelers_pairs_the_right_ones_stay(labelled):
    right = [each for is_right, each in labelled if is_right]
    kept = [each for each in right if not isinstance(each, Dropped)]
    assert (len(right), len(kept)) == (46, 46)
    assert sum(each.numbers_grounded == "verified" for each in kept) >= 19
    answers = {each.question: each.answer for each in kept}
    assert all(with_verdict(each, answers).numbers_grounded == "verified" for each in kept)
