"""Pairs made by rule from real pages, right and spoiled: what stays, and what is called verified."""

import json
from collections import defaultdict

import pytest

from tests.vlm3_dataset.doctored import cases
from vlm3_dataset.filters.agreement import with_verdict
from vlm3_dataset.filters.grounding import ground
from vlm3_dataset.filters.passages import PrintedPage
from vlm3_dataset.schema import QA, Dropped, Reading
from vlm3_dataset.sources import pdf, readings

pytestmark = [pytest.mark.real, pytest.mark.slow]

ETM = "1990 BMW M3 Electrical Troubleshooting Manual"
SCANS = (
    *(f"{ETM}/{name}.jpg" for name in ("5126A-03", "6300-01", "3435-00", "1240-00", "1364-03")),
    *(f"00 - Maintenance/{name}.jpg" for name in ("00-02", "00-17")),
    *(f"11 - Engine/{name}.jpg" for name in ("11-103", "11-68")),
    *(f"12 - Engine Electrical Equipment/{name}.jpg" for name in ("12-00", "12-112_2", "12-130", "12-152")),
    *(f"13 - Fuel System/{name}.jpg" for name in ("13-904", "13-810", "13-801", "13-800", "13-627")),
    *(f"34 - Brakes/{name}.jpg" for name in ("34-01", "34-14", "34-42")),
    *(f"25 - Gear Shift Mechanism/{name}.jpg" for name in ("25-02", "25-15", "25-16")),
    *("12 - Engine Electrical Equipment/12-106.jpg", "21 - Clutch/21-03.jpg"),
    *("16 - Fuel Tank and Lines/16-07.jpg", "36 - Wheels and Tires/36-01.jpg", "21 - Clutch/21-01.jpg"),
)
TABLES = range(12, 135)  # pages of the torque tables, which have a text layer
EACH, A_PAGE = 32, 11
KINDS = {"digit", "point", "unit", "bound", "side", "colour", "order", "denial", "name", "row", "legend"}


@pytest.fixture(scope="module")
def planted(shared):
    """Up to 32 cases of each kind with their pages."""
    folder = shared / "data_src"
    book = pdf.unlocked(folder / "00 - Torque Specs/BMW_Torque_Specs.pdf", ())
    prints = [PrintedPage(readings.ocr((folder / name).read_bytes())) for name in SCANS]
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


@pytest.fixture(scope="module")
def labelled(shared):
    """Right and wrong pairs that a careful labeler wrote for ten pages, judged by what these print."""
    prints, judged = {}, []
    for row in map(json.loads, (shared / "cases/claude_pairs.jsonl").read_text("utf-8").splitlines()):
        file = shared / "data_src" / row["file"]
        if file not in prints:
            prints[file] = PrintedPage(readings.ocr(file.read_bytes()))
        qa = QA(row["question"], row["answer"], row["evidence"], row["question_type"], "claude", "m", "v")
        judged.append((row["right"], ground(qa, prints[file])))
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
