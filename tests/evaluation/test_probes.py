"""The committed probes are sound, and a probe that is not is refused with its reason."""

import json
from pathlib import Path

import pytest

from evaluation import probes
from evaluation.pages import PageFile
from evaluation.rows import DataError
from evaluation.scorers.keywords import present
from vlm3_dataset.filters.likeness import look

GOOD = {
    "id": "head-bolts",
    "page_id": "11-1",
    "source": "11 - Engine/11-1.jpg",
    "question": "How are the head bolts tightened?",
    "reference": "First 50 Nm, then 80 Nm; oil the threads.",
    "numbers": ["50 Nm", "80 Nm"],
    "keywords": ["thread", {"any": ["oil"], "verb": True}],
    "critical": True,
    "where": "first row of the table",
}
SILENT = GOOD | {
    "id": "pulley-nut",
    "reference": "The page does not give the torque.",
    "numbers": [],
    "keywords": ["torque"],
    "answerable": False,
}


@pytest.fixture
def write(tmp_path):
    def write(*entries: object) -> Path:
        path = tmp_path / "probes.json"
        path.write_text(json.dumps(entries), "utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def committed():
    return probes.load(probes.PROBES)


def test_the_committed_file_loads_without_a_warning(committed):
    assert len(committed) == 30
    assert sum(not probe.answerable for probe in committed) == 5
    assert len({probe.page_id for probe in committed}) >= 15
    assert probes.warnings(committed) == []


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("The torque is not given on this page; see the Specifications.", True),
        ("The page gives no torque.", True),
        ("The page doesn't state it.", True),
        ("410 Nm", False),
        ("The page states a torque of 410 Nm.", False),
    ],
)
def test_an_honest_answer_has_the_keywords_of_an_unanswerable_probe(committed, answer, found):
    nut = next(probe for probe in committed if probe.id == "s14-pulley-nut")
    assert all(present(term, answer) for term in nut.keywords) == found


def test_a_probe_as_it_is_read(write):
    first, second = probes.load(write(GOOD, SILENT))
    assert first.numbers == ("50 Nm", "80 Nm")
    assert first.keywords == ("thread", {"any": ["oil"], "verb": True})
    assert first.critical
    assert first.answerable
    assert not second.answerable


@pytest.mark.parametrize(
    ("reference", "numbers", "question"),
    [
        ("Pin 13; the wire is green.", ["13"], "Which pin is the fuel pump?"),
        ("2.8 to 3.2 bar", ["2,8...3,2 bar"], "What is the pressure?"),
        ("At least 900 cm³ in 30 s.", ["min. 900 cm³", "30s"], "How much is delivered?"),
        ("24 Nm (18 ft-lb)", ["24 Nm"], "What is the torque?"),
        ("Rear right first.", [], "In which order?"),
    ],
)
def test_numbers_may_stand_as_printed(write, reference, numbers, question):
    keywords = [] if numbers else ["rear right"]
    probe = GOOD | {"reference": reference, "numbers": numbers, "question": question, "keywords": keywords}
    assert len(probes.load(write(probe))) == 1


@pytest.mark.parametrize(
    ("probe", "reason"),
    [
        (GOOD | {"question": ""}, "head-bolts: question: "),
        (GOOD | {"question": "Two\nlines?"}, "head-bolts: question: "),
        (GOOD | {"where": " "}, "head-bolts: where: "),
        (GOOD | {"id": "Head Bolts"}, "Head Bolts: id: "),
        (GOOD | {"id": 7}, "probe 1: id: "),
        (GOOD | {"critical": "yes"}, "head-bolts: critical: "),
        (GOOD | {"image": "11-1.jpg"}, "head-bolts: image: "),
        (GOOD | {"an\nimage": "11-1.jpg"}, "head-bolts: an image: "),
        (GOOD | {"source": "../11-1.jpg"}, "head-bolts: source: not a path below the shelf"),
        (GOOD | {"source": "/etc/hosts"}, "head-bolts: source: not a path below the shelf"),
        (GOOD | {"keywords": [{"any": []}]}, "head-bolts: keywords."),
        (GOOD | {"keywords": [{"any": ["oil"], "polarity": "maybe"}]}, "head-bolts: keywords."),
        ({key: value for key, value in GOOD.items() if key != "numbers"}, "head-bolts: numbers: "),
        ([], "probe 1: "),
        (GOOD | {"numbers": ["50 Nm", "90 Nm"]}, "does not hold the quantity '90 Nm'"),
        (GOOD | {"numbers": ["50 Nm", "7"]}, "does not hold the number '7'"),
        (GOOD | {"numbers": ["50 Nm", "many"]}, "does not hold the number 'many'"),
        (GOOD | {"numbers": []}, "its reference is scored by numbers, but none are given"),
        (GOOD | {"numbers": ["50 Nm"]}, "an answer of its numbers alone does not get the full numeric score"),
        (
            GOOD | {"reference": "24 ± 2 Nm (20 ± 2 ft. lbs.)", "numbers": ["24 ± 2 Nm"], "keywords": []},
            "an answer of its numbers alone does not get the full numeric score",
        ),
        (
            GOOD | {"reference": "Turn the nut that is marked 13.", "numbers": ["13"], "keywords": ["nut"]},
            "numbers are given, but its reference is not scored by any",
        ),
        (GOOD | {"keywords": ["grease"]}, "its reference does not hold the keyword 'grease'"),
        (
            GOOD | {"keywords": [{"any": ["oil", "grease"], "polarity": "negated"}]},
            "its reference does not hold the keyword 'oil|grease'",
        ),
        (GOOD | {"reference": "It is tight.", "numbers": [], "keywords": []}, "has neither numbers nor keywords"),
        (SILENT | {"numbers": ["50 Nm"]}, "pulley-nut: has numbers, though the page does not answer it"),
        (SILENT | {"reference": "A high torque."}, "does not say that the page does not give the answer"),
        (SILENT | {"reference": "The page does not give the torque, 50 Nm."}, "does not say that the page does not"),
    ],
)
def test_a_broken_probe_is_refused_in_one_line(write, probe, reason):
    with pytest.raises(DataError) as refused:
        probes.load(write(probe))
    assert str(refused.value).startswith("probes.json: ")
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_id_is_used_once(write):
    with pytest.raises(DataError, match="head-bolts: the id is used 2 times"):
        probes.load(write(GOOD, GOOD))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe{", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"{}", "is not a list of probes"),
        (b"[]", "is not a list of probes"),
    ],
)
def test_a_file_that_holds_no_probes(tmp_path, content, reason):
    path = tmp_path / "probes.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=reason):
        probes.load(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match=r"probes\.json cannot be read: No such file"):
        probes.load(tmp_path / "probes.json")


def test_warnings_name_what_a_question_gives_away(write):
    loaded = probes.load(write(GOOD | {"question": "Are the oiled bolts tightened to 80 Nm?"}, SILENT))
    assert probes.warnings(loaded) == [
        "head-bolts: the question already contains the keyword 'oil'",
        "head-bolts: the question already contains the quantity '80 Nm'",
    ]


def test_probes_without_their_page_are_named(write, tmp_path):
    (tmp_path / "11-1.jpg").touch()
    pages = {"11-1": PageFile(tmp_path, "11-1.jpg"), "11-2": PageFile(tmp_path, "gone.jpg")}
    loaded = probes.load(write(GOOD, SILENT | {"page_id": "11-2"}, GOOD | {"id": "third", "page_id": "11-3"}))
    run, missing = probes.at_hand(loaded, pages)
    assert [probe.id for probe in run] == ["head-bolts"]
    assert missing == ["pulley-nut: page 11-2 is not at hand", "third: page 11-3 is not at hand"]


def test_a_page_of_the_same_name_from_another_book_is_not_asked_about(write, tmp_path):
    from PIL import Image

    for name, shades in (("own.png", range(0, 250, 2)), ("other.png", range(250, 0, -2))):
        image = Image.new("L", (125, 125))
        image.putdata([shade for _ in range(125) for shade in shades])
        image.save(tmp_path / name)
    loaded = probes.load(write(GOOD | {"look": look((tmp_path / "own.png").read_bytes()).hex()}))
    assert len(probes.at_hand(loaded, {"11-1": PageFile(tmp_path, "own.png")})[0]) == 1
    (tmp_path / "torn.png").write_bytes(b"torn")
    for name, why in (("other.png", "another than the probe was read from"), ("torn.png", "cannot be read")):
        run, (line,) = probes.at_hand(loaded, {"11-1": PageFile(tmp_path, name)})
        assert run == []
        assert why in line


@pytest.mark.real
def test_the_source_of_every_probe_is_on_the_real_shelf(shared, committed):
    shelf = shared / "data_src"
    run, missing = probes.at_hand(committed, {probe.page_id: PageFile(shelf, probe.source) for probe in committed})
    gone = [probe for probe in committed if probe not in run]
    assert missing == [f"{probe.id}: page {probe.page_id} is not at hand" for probe in gone]
    assert not any((shelf / probe.source).is_file() for probe in gone)
    assert run


@pytest.mark.real
def test_a_page_id_is_the_one_its_source_gets(shared, committed):
    from vlm3_dataset.sources import inventory, prepare

    shelf = shared / "data_src"
    taken = [source for source in inventory.scan(shelf) if not source.reason]
    pages = [task.page for task in prepare.plan(taken, shelf, shelf / "no archive")]
    planned = {page.page_id: page.source for page in pages}
    on_shelf = [probe for probe in committed if (shelf / probe.source).is_file()]
    assert {probe.id: planned.get(probe.page_id) for probe in on_shelf} == {p.id: p.source for p in on_shelf}
