"""The committed probes are sound, and a probe that is not is refused with its reason."""

import json
from pathlib import Path

import pytest

from evaluation import probes
from evaluation.pages import PageFile
from evaluation.rows import DataError, Question
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
COMMITTED = {probe.id: probe for probe in probes.load(probes.PROBES)}


@pytest.fixture
def write(tmp_path):
    def write(*entries: object) -> Path:
        path = tmp_path / "probes.json"
        path.write_text(json.dumps(entries), "utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def committed():
    return [*COMMITTED.values()]


def test_the_committed_file_loads_without_a_warning(committed):
    assert len(committed) == 51
    assert sum(not probe.answerable for probe in committed) == 11
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
def test_an_honest_answer_passes_an_unanswerable_probe(answer: str, found: bool):
    assert passes("s14-pulley-nut", answer) == found


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
        (GOOD | {"keywords": [], "forbidden": ["dry"]}, "has forbidden terms but no keywords"),
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
    from vlm3_dataset.sources import inventory
    from vlm3_dataset.sources.pages import prepare

    shelf = shared / "data_src"
    taken = [source for source in inventory.scan(shelf) if not source.reason]
    pages = [task.page for task in prepare.plan(taken, shelf, shelf / "no archive")]
    planned = {page.page_id: page.source for page in pages}
    on_shelf = [probe for probe in committed if (shelf / probe.source).is_file()]
    assert {probe.id: planned.get(probe.page_id) for probe in on_shelf} == {p.id: p.source for p in on_shelf}


ANSWERS = [  # probe, answer, whether a mechanic may follow it
    ("s14-head-bolts", "100 Nm, 80 Nm, wait 15 min, 50 Nm", False),
    ("s14-head-bolts", "50 Nm, then 80 Nm, settle for 15 minutes, then 110 Nm", False),
    ("s14-head-bolts", "50 Nm, then 80 Nm, settle for 15 minutes, then 100 Nm", True),
    ("s14-damper-hub", "440 Nm, M24 x 1.5; never use new bolts, the old one is fine", False),
    ("s14-damper-hub", "440 Nm, M24 x 2; replace it", False),
    ("s14-damper-hub", "Tighten the M24x1.5 bolt to 440 Nm and always replace it.", True),
    ("s14-damper-hub", "440 Nm, M24 x 1.5, it must not be reused.", True),
    ("s14-damper-hub", "440 Nm, M24 x 1.5, used only once.", True),
    ("s14-damper-hub", "440 Nm, M24 x 1.5, it may be reused.", False),
    ("s14-flywheel", "max. 0.1 mm; expansion bolts, which cannot be reused, Loctite 270", True),
    (
        "s14-piston-clearance",
        "The clearance is 0.03 to 0.06 mm and the maximum wear is 0.15 mm. The arrow points to the timing chain.",
        True,
    ),
    (
        "s14-piston-clearance",
        "The clearance is 0.15 mm and the maximum wear is 0.03 to 0.06 mm. The arrow points to the timing chain.",
        False,
    ),
    ("s14-piston-clearance", "0.03 to 0.06 mm, at most 0.15 mm; timing chain", True),
    ("m3-serial-lines", "The two serial data lines are on pins 15 (RXD) and 20 (TXD).", True),
    ("m3-serial-lines", "The two serial data lines are on pins 20 (RXD) and 15 (TXD).", False),
    ("m3-tyre-pressures", "2.0 and 2.3 bar, respectively", True),
    ("m3-tyre-pressures", "2.3 and 2.0 bar, respectively", False),
    ("s14-valve-clearance", "0.26-0.35 mm cold; lettering up, not down", False),
    ("s14-valve-clearance", "0.26 to 0.35 mm, lettering downwards", True),
    ("s14-valve-clearance", "0.26 to 0.53 mm, lettering downwards", False),
    (
        "s14-piston-clearance",
        "installed clearance 0.03-0.06 mm; total wear play 0.15 mm at most; the arrow points to the timing chain",
        True,
    ),
    ("s14-chain-tensioner", "40 Nm, 159 mm, conical end away from the plug", False),
    ("s14-flywheel", "0.1 mm; reuse the expansion bolts with Loctite 270", False),
    ("s14-flywheel", "max. 0.1 mm, new stretch bolts, Loctite 270", True),
    (
        "s14-timing-chain-order",
        ("First the exhaust, then the intake sprocket, then the tensioner; turn and check"),
        False,
    ),
    ("s14-compression", "10 to 11 bar, at most 0.5 bar apart, pull the fuel pump relay", False),
    ("s14-plug-fuel-pump", "Pin 31, green/violet", False),
    ("s14-plug-fuel-pump", "Pin 13, green/violet", True),
    ("m3-diagnosis-battery", "Pin 41, red", False),
    ("m3-fuse-wiper", "Fuse 30, 5 A", False),
    ("m3-fuse-wiper", "Fuse 5 (30 A)", True),
    ("m3-start-signal", "Through C101 pin 18, then C200 pin 10 to S107; black/yellow", False),
    ("m3-start-signal", "From C200 pin 10 via C101 pin 18 to splice S107, black/yellow", True),
    ("m3-start-signal", "From C200 pin 18 via C101 pin 10 to splice S107, black/yellow", False),
    ("s14-injectors-3-4", "Pin 15, S106, yellow/green", False),
    ("m3-fuel-pressure", "2.8 to 3.2 bar; at most 900 cm³ in 30 s, return line", False),
    ("m3-abs-bleeding", "Front left, front right, rear left, rear right; 12 times", False),
    ("m3-abs-bleeding", "Rear right, rear left, front right, front left, 12 strokes each", True),
    ("m3-abs-bleeding", "Rear right, rear left, front right, front left, 10 times", False),
    ("m3-oil-filling", "4.40 l, 10W-60", True),
    ("m3-oil-filling", "4.10 l, 10W-60", False),
    ("m3-wheel-bolts", "110 Nm", False),
    ("m3-wheel-bolts", "The page does not print it; usually 110 Nm", False),
    (
        "m3-wheel-bolts",
        "The page does not give the torque, see Specifications; recheck after 1,000 km (600 miles)",
        True,
    ),
    ("m3-tyre-pressures", "2.3 bar front, 2.0 bar rear", False),
    ("m3-tyre-pressures", "2.0 bar in front, 2.3 bar at the rear", True),
    ("m3-track-widths", "front 1433 mm, rear 1412 mm", False),
    ("m3-gear-ratios", "2nd: 2.40, 3rd: 1.77", True),
    ("m3-gear-ratios", "2nd: 1.77, 3rd: 2.40", False),
    ("m3-coolant", "9.5 litres without, 9.0 litres with air conditioning", False),
    ("m3-rear-axle-oil", "1.7 l SAE 90", True),
    ("m3-rear-axle-oil", "1.25 l SAE 90", False),
    ("m3-gearbox-oil", "1.25 l of GL-5", False),
    ("m3-valve-clearance-sheet", "0.26 to 0.35 mm", False),
    ("m3-injection-pressure-sheet", "2.8 to 3.2 bar", False),
    ("m3-fuse-10", "Fuse 10, 7.5 amps", True),
    ("m3-fuse-10", "Fuse 11, 7.5 A", False),
    ("m3-serial-lines", "TXD pin 15, RXD pin 20", False),
    ("m3-serial-lines", "Pin 15 is RXD and pin 20 is TXD", True),
    ("valve-tilt-play", "0.80 mm intake, 0.65 mm exhaust", False),
    ("m20-injector-groups", "pin 16: cylinders 2, 4, 6; pin 17: cylinders 1, 3, 5", False),
    ("m20-injector-groups", "pin 16 cylinders 1, 3, 5; pin 17 cylinders 2, 4, 6", True),
    ("gearbox-front-case", "Loctite 573, small end down", False),
    ("final-drive-running-in", "1,000 km at no more than two thirds of top speed", True),
    ("final-drive-running-in", "1,000 miles", False),
    ("gearbox-bolt-torque", "25 Nm", False),
    ("gearbox-bolt-torque", "Not given on this page; see Specifications", True),
    ("m3-disc-thickness", "280 mm", False),
    ("m3-wheel-alignment", "2.0 mm in front and 2.0 mm at the rear", False),
    ("m3-wheel-alignment", "0.2°", False),
    ("m3-wheel-alignment", "The sheet does not state it; the track is 1412 mm and 1433 mm wide.", True),
    ("m3-disc-thickness", "It is not stated (???)", True),
    ("wheel-imbalance", "5 g", False),
    ("final-drive-oil-amount", "1.7 litres", False),
    ("final-drive-oil-amount", "The page leaves the amount to the Specifications.", True),
    ("m3-charge-indicator-path", "S230, C101 pin 1, .75 BU", True),
    ("m3-charge-indicator-path", "C101 pin 1, then S230, .75 BU", False),
    ("s14-conrod-bolt-steps", "10 Nm, 30 Nm, 60 degrees", True),
    ("s14-conrod-bolt-steps", "30 Nm, 10 Nm, 60 degrees", False),
    ("s14-tank-valve", "600 mbar for 20 s, 50 mbar drop, else a new valve", True),
    ("s14-tank-valve", "50 mbar for 20 s, 600 mbar drop, else a new valve", False),
    ("s14-compression", "Compression 0.5 bar, the cylinders may differ by 10 to 11 bar; pull the master relay", False),
    ("s14-compression", "10-11 bar; difference 0.5 bar; pull the master relay", True),
    ("s14-compression", "10-11 bar, 0.5 bar between cylinders; pull the fuel pump relay, not the master relay", False),
    ("s14-valve-clearance", "0.26-0.35 mm when warm; lettering down", False),
    ("s14-valve-clearance", "0.26-0.35 mm on a cold engine (not warm); lettering down", True),
    ("s14-head-bolts", "First 50 Nm, then 80 Nm, 15 min settling, finally 100 Nm - then back off half a turn", False),
    ("s14-head-bolts", "50 Nm, 80 Nm, wait 15 min, loosen all bolts, 100 Nm", False),
    ("s14-head-bolts", "50 Nm, 80 Nm, 15 min settling, 100 Nm; never loosen them in between", True),
    ("s14-main-bearing-screws", "20 Nm, then 50°; new screws, washed and oiled; the old ones may be used again", False),
    ("s14-main-bearing-screws", "20 Nm, then 50°; new screws, washed, oiled, not dry", True),
    ("s14-main-bearing-screws", "20 Nm + 50°; wash and oil new screws; fit them dry", False),
    ("s14-conrod-bolts-table", "55 Nm; replace, wash and oil the bolts", True),
    ("s14-conrod-bolts-table", "55 Nm; reuse the bolts, washed and oiled, or new ones", False),
    ("s14-conrod-bolt-steps", "Step 2: 10 Nm, step 1: 30 Nm, step 3: 60° angle", False),
    ("s14-conrod-bolt-steps", "Step 1: 10 Nm, step 2: 30 Nm, step 3: 60° torque angle", True),
    ("s14-conrod-bolt-steps", "First 10 Nm, then 30 Nm, finally an angle of 60 degrees", True),
    ("s14-conrod-bolt-steps", "10 Nm first, 30 Nm second, 60 degrees third", True),
    ("s14-conrod-play", "0.024 to 0.064 mm with a feeler gauge, not Plastigage", False),
    ("s14-conrod-play", "0.024 to 0.064 mm with Plastigage or a micrometer", False),
    ("s14-conrod-play", "0.024 to 0.064 mm with Plastigage, no feeler gauge", True),
    (
        "s14-oil-filter",
        "With a strap wrench until the gasket touches, then half a turn by hand; oil the gasket lightly",
        False,
    ),
    (
        "s14-oil-filter",
        "By hand until the gasket bears, half a turn more, no wrench; give the gasket a light coat of oil",
        True,
    ),
    ("s14-plug-fuel-pump", "Pin 13, green/violet; do not use pin 13", False),
    ("s14-plug-fuel-pump", "It is pin 13, not pin 31; green/violet", True),
    ("s14-plug-fuel-pump", "Pin 13; the wire is not green but violet", False),
    ("m3-diagnosis-battery", "Pin 14, red; never connect anything to pin 14", False),
    ("m3-diagnosis-battery", "Pin 14, not pin 41; red", True),
    ("m3-diagnosis-battery", "Pin 14; its wire is not red", False),
    ("m3-fuse-wiper", "Fuse 5, 30 A, but never replace it with 30 A", False),
    ("m3-fuse-wiper", "Fuse 5, 30 A, but do not pull fuse 5", False),
    ("m3-fuse-wiper", "Fuse 5, 30 A, never anything else", True),
    ("m3-fuse-wiper", "F5, a 30 amp fuse, and not 15 A", True),
    ("s14-injectors-3-4", "Pin 15 through S106, brown/yellow; injectors are not on S106", False),
    ("s14-injectors-3-4", "Pin 15, splice S106; the wire is brown, without yellow", False),
    ("m3-start-signal", "From C200 pin 10 via C101 pin 18 to splice S107; black, no yellow", False),
    ("m3-oil-filling", "4.40 litres without changing the filter; 10W60", False),
    ("m3-oil-filling", "4.40 litres with a new filter; 10W-60", True),
    ("gearbox-front-case", "Loctite 573 on an oiled surface; small end up", False),
    ("gearbox-front-case", "Loctite 573; the surface must be dried of oil; the small end faces up", True),
    ("m3-fuse-10", "Fuse 10 (7.5 A); never use fuse 10", False),
    ("m3-fuse-10", "Fuse 10, not fuse 11; 7.5 A", True),
    ("m3-speed-sensor", "Bore B; with the plugs mixed up the engine cannot be started", False),
    ("m3-speed-sensor", "Bore D; the engine starts all the same with the plugs mixed up", False),
    ("m3-fuel-pressure", "2.8 to 3.2 bar; at least 900 cc in 30 s in the pressure line", False),
    ("s14-chain-tensioner", "50 Nm, 159 mm, the conical end faces the plug", False),
    ("s14-damper-hub", "440 Nm, M24x1.5; it may be used again if it looks good", False),
    ("s14-pilot-bearing", "1 g of grease; capsule, felt ring, cover with the embossment out, ball bearing", False),
    (
        "s14-timing-chain-order",
        "Tensioner first, then intake, then exhaust sprocket; turn the engine once and check the timing",
        False,
    ),
    ("m3-co-catalyst", "0.2 to 1.2 vol.% behind the converter, not in front of it", False),
    ("gearbox-front-case", "Loctite 573 on a clean surface, not oiled; the end of the small diameter faces up", True),
]


@pytest.mark.parametrize(("name", "answer", "right"), ANSWERS)
def test_a_probe_is_passed_by_right_answers_and_by_no_wrong_one(name: str, answer: str, right: bool):
    assert passes(name, answer) is right


@pytest.mark.parametrize("name", COMMITTED)
def test_every_probe_is_passed_by_its_own_reference(name: str):
    assert passes(name, COMMITTED[name].reference)


@pytest.mark.real
def test_the_agreed_answers(shared: Path):
    cases = [json.loads(line) for line in (shared / "cases/probe_answers.jsonl").read_text().splitlines()]
    assert [case for case in cases if passes(case["probe"], case["answer"]) is not case["right"]] == []


def passes(name: str, answer: str) -> bool:
    """Whether an answer lies above the target of every metric that applies to a probe."""
    from evaluation.measure import as_case
    from evaluation.metrics import RULES

    probe = COMMITTED[name]
    asked = Question(name, probe.page_id, Path(), "p.jpg", "", probe.question, probe.reference, **probe.rules)
    case, applied = as_case(asked, answer), [metric() for metric in RULES if metric.applies(asked)]
    for metric in applied:
        metric.measure(case)
    assert applied
    return all(metric.success for metric in applied)
