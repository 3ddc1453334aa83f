"""The manual confirms or contradicts an owner by subject, never by a number that happens to be equal."""

import re
from functools import partial

import pytest

from vlm3_dataset import release
from vlm3_dataset.files import fields, write_json
from vlm3_dataset.filters.confidence import confidence, manual_facts
from vlm3_dataset.review.decided import pairs_that_stay
from vlm3_dataset.review.decisions import Decision, subject
from vlm3_dataset.review.pairs import Pair
from vlm3_dataset.schema import QA, Claim, Dropped, Page, Post, Reading, Segment, Thread
from vlm3_dataset.steps import Ground, Weigh
from vlm3_dataset.table import pair_of

TABLE = {
    "Clutch cover to flywheel, grade 8.8": "24 Nm",
    "Caliper to strut, front": "123 Nm",
    "Caliper to trailing arm, rear": "67 Nm",
    "Spark plugs, dry": "23-27 Nm",
    "Coolant pump bolts": "22 Nm",
    "Engine mount to bracket": "45 Nm",
    "Chain tensioner plug": "40 Nm",
    "Oil filter bracket bolts": "47 Nm",
    "Flywheel bolts, with locking compound": "105-120 Nm",
    "Reversing light switch": "25 Nm",
    "Valve clearance, cold, inlet": "0.26-0.30 mm",
    "Valve clearance, cold, exhaust": "0.31-0.35 mm",
    "Ring gap, first ring": "0.25-0.45 mm",
    "Ring gap, second ring": "0.30-0.50 mm",
    "Piston clearance": "0.03-0.05 mm",
    "Wear limit of piston clearance": "0.10 mm",
    "Brake disc, minimum thickness, front": "23.0 mm",
    "Brake disc, minimum thickness, rear": "8.4 mm",
    "Compression pressure": "11-13 bar",
    "Fuel pressure": "3.0 bar",
}
INSIDE = {"23-27 Nm": "25 Nm", "0.26-0.30 mm": "0.28 mm", "11-13 bar": "12 bar", "105-120 Nm": "110 Nm"}


def manual_of(table, head=""):
    rows = [
        Segment(text, (left, 20 * n, left + 300, 20 * n + 12))
        for n, (label, value) in enumerate(table.items(), 1)
        for left, text in ((0, f"{label}:"), (400, value))
    ]
    if head:
        rows.insert(0, Segment(head, (0, 0, 600, 12)))
    page = Page("11-14", "11-14.jpg", 1, "image", "11", "Engine", "g")
    return manual_facts.by_dimension(manual_facts.facts(page, Reading("text layer", tuple(rows)), ()))


def level_of(found):
    return "differs" if isinstance(found, Dropped) else found.confidence


def told(statement, question="What do owners of an S14 use?", authors=("Owner 2",), posts=(), title="Figures"):
    said = tuple(Post(n, who, "2012-01-01", statement) for n, who in enumerate(authors, 2))
    thread = Thread("b", 1, "Engine", title, "", (Post(1, "Owner 1", "2012-01-01", question), *said, *posts))
    claims = tuple(Claim(statement, post.number, statement, "first-hand") for post in said)
    return QA(question, statement, statement, "torque", "claude", "m", "v", claims=claims), thread


@pytest.mark.parametrize("label", TABLE)
def test_the_manuals_own_value_agrees_and_names_page_and_value(label):
    value = INSIDE.get(TABLE[label], TABLE[label])
    found = confidence.weigh(*told(f"{label}: {value}"), manual_of(TABLE))
    assert (found.confidence, found.manual) == ("manual agrees", f"11-14: {TABLE[label]}")
    assert found.numbers_grounded == "quoted"


@pytest.mark.parametrize("label", TABLE)
def test_another_value_is_dropped_with_both(label):
    wrong = re.sub(r"\d", lambda digit: str((int(digit[0]) + 4) % 10), TABLE[label])
    found = confidence.weigh(*told(f"{label}: {wrong}"), manual_of(TABLE))
    assert isinstance(found, Dropped)
    assert found.reason.startswith(f"{confidence.DIFFERS}: 11-14 gives {TABLE[label]} ({label}), the thread ")
    assert (found.qa.confidence, found.qa.manual) == ("manual differs", f"11-14: {TABLE[label]}")  # if it is accepted


@pytest.mark.parametrize(
    ("statement", "level"),
    [
        ("I tightened the sump guard to 24 Nm.", "one owner"),  # as the clutch cover
        ("The caliper to the strut at the rear takes 67 Nm.", "one owner"),
        ("Turbocharger clamp: 45 Nm.", "one owner"),
        ("On mine the spark plugs went in dry at 25 Nm.", "manual agrees"),
        ("The coolant pump bolts are set to 22 Nm.", "manual agrees"),
        ("I set the valve clearance, cold, inlet, to 0.40 mm.", "differs"),
        ("The clutch slave cylinder takes 24 Nm.", "one owner"),
    ],
)
def test_only_its_own_subject_speaks(statement, level):
    found = confidence.weigh(*told(statement), manual_of(TABLE))
    assert level_of(found) == level


SHEET = {
    "Gearbox oil quantity": "1.3 litres",
    "Differential oil quantity": "1.8 litres",
    "Valve clearance (below 35 °C)": "0.26-0.30 mm",
    "Fuel tank capacity": "62 litres (55 + 7)",
}


@pytest.mark.parametrize(
    ("question", "statement", "level"),
    [
        ("Oil for the LSD, how much?", "The limited slip rear takes 1.8 litres, get two bottles.", "manual agrees"),
        ("Oil for the LSD, how much?", "The limited slip rear takes 1.3 litres, get two bottles.", "differs"),
        ("How much oil in the dogleg?", "Takes 1.3 litres of gear oil, fill till it runs out.", "manual agrees"),
        ("How much oil in the dogleg?", "Takes 2.2 litres of gear oil, fill till it runs out.", "differs"),
        ("How much oil in the dogleg?", "The power steering takes 2.2 litres of oil, check it cold.", "one owner"),
        ("Valve adjustment, what gap cold?", "I shim everything to 0.28 mm, stone cold.", "manual agrees"),
        ("How big is the tank?", "The fuel tank holds 62 litres.", "manual agrees"),
        ("How big is the tank?", "The fuel tank holds 55 litres.", "differs"),
    ],
)
def test_owners_have_their_own_words_for_it(question, statement, level):
    found = confidence.weigh(*told(statement, question), manual_of(SHEET))
    assert level_of(found) == level


@pytest.mark.parametrize(
    ("limit", "told_value", "level"),
    [
        ("max. 0.05 mm", "0.03 mm", "one owner"),
        ("max. 0.05 mm", "0.05 mm", "manual agrees"),
        ("max. 0.05 mm", "max. 0.05 mm", "manual agrees"),
        ("max. 0.05 mm", "0.08 mm", "differs"),
        ("max. 0.05 mm", "max. 0.03 mm", "differs"),
        ("max. 0.05 mm", "0.02 to 0.03 mm", "one owner"),
        ("max. 0.05 mm", "0.02 to 0.08 mm", "differs"),
        ("min. 0.05 mm", "0.08 mm", "one owner"),
        ("min. 0.05 mm", "0.03 mm", "differs"),
    ],
)
def test_a_value_inside_a_limit_neither_agrees_nor_differs(limit, told_value, level):
    label = "Axial play of the crankshaft"
    found = confidence.weigh(*told(f"{label}: {told_value}"), manual_of({label: limit}))
    assert level_of(found) == level
    if level == "differs":
        assert found.reason == f"{confidence.DIFFERS}: 11-14 gives {limit} ({label}), the thread {told_value}"
    else:
        assert found.manual == (f"11-14: {limit}" if level == "manual agrees" else "")


@pytest.mark.parametrize(
    ("head", "statement", "level"),
    [
        ("11-7 Engine", "The drain plug takes 30 Nm.", "manual agrees"),
        ("23-7 Gearbox", "The drain plug takes 30 Nm.", "one owner"),
        ("23-7 Gearbox", "The drain plug takes 40 Nm.", "one owner"),
        ("24 - 7 Automatic Transmission", "The drain plug takes 40 Nm, and the gearbox is quiet.", "one owner"),
        ("27-7 Transfer Box", "The gearbox is quiet. The drain plug takes 30 Nm.", "one owner"),
        ("27-7 Transfer Box", "The transfer case is quiet. The drain plug takes 30 Nm.", "manual agrees"),
        ("Gearbox", "The drain plug takes 30 Nm.", "manual agrees"),  # no number, so no head
    ],
)
def test_a_page_speaks_of_the_assembly_in_its_head(head, statement, level):
    found = confidence.weigh(*told(statement), manual_of({"Drain plug": "30 Nm"}, head))
    assert level_of(found) == level


@pytest.mark.parametrize(
    ("label", "head", "statement", "level"),
    [
        # A front thing is of the front axle, and what names its own assembly, or steers, needs no axle.
        ("Hub nut", "31-7 Front Axle", "The front hub nut takes 30 Nm.", "manual agrees"),
        ("Hub nut", "31-7 Front Axle", "The hub nut takes 30 Nm.", "one owner"),
        ("Hub nut", "31-7 Front Axle", "The rear hub nut takes 30 Nm.", "one owner"),
        ("Hub nut", "31-7 Front Axle", "Front axle is done. The rear hub nut takes 40 Nm.", "one owner"),
        ("Hub nut", "31-7 Front Axle", "On the front axle the hub nut takes 40 Nm.", "differs"),
        ("Differential cover", "33-7 Rear Axle", "The diff cover bolts take 40 Nm.", "differs"),
        ("Cover bolts", "33-7 Rear Axle", "The diff cover bolts take 30 Nm.", "one owner"),
        ("Tie rod to steering arm", "31-7 Front Axle", "The tie rods take 30 Nm.", "manual agrees"),
        ("Spacer to trailing arm", "33-7 Rear Axle", "The spacers take 30 Nm.", "one owner"),
    ],
)
def test_an_axle_need_not_be_said(label, head, statement, level):
    found = confidence.weigh(*told(statement), manual_of({label: "30 Nm"}, head))
    assert level_of(found) == level


@pytest.mark.parametrize(
    ("head", "statement", "level"),
    [
        ("21-7 Clutch", "The clutch pedal stop takes 30 Nm.", "manual agrees"),
        ("21-7 Clutch", "The clutch pedal stop takes 40 Nm.", "differs"),
        ("21-7 Clutch", "The brake pedal stop takes 30 Nm.", "one owner"),
        ("", "The clutch pedal stop takes 30 Nm.", "one owner"),
    ],
)
def test_an_owner_may_add_the_words_of_the_pages_head(head, statement, level):
    found = confidence.weigh(*told(statement), manual_of({"Pedal stop": "30 Nm"}, head))
    assert level_of(found) == level


PUMPS = {
    "Feed pump": "14 Nm",
    "Feed pump cover": "9 Nm",
    "Sender, M10": "18 Nm",
    "Sender, M10, S50": "26 Nm",
    "Sender, M12": "33 Nm",
    "Lock plate, front": "7 Nm",
    "Lock plate on carrier, rear": "11 Nm",
}


@pytest.mark.parametrize(
    ("statement", "level", "value"),
    [
        # The fact that names more is meant, though a looser one has the value.
        ("The feed pump cover takes 9 Nm.", "manual agrees", "9 Nm"),
        ("The feed pump cover takes 14 Nm.", "differs", "9 Nm"),
        ("The cover of the feed pump takes 20 Nm.", "differs", "9 Nm"),
        ("The feed pump takes 14 Nm.", "manual agrees", "14 Nm"),
        # He may mean what a narrower fact gives; nothing is said against him.
        ("The feed pump takes 9 Nm.", "one owner", ""),
        ("The feed pump takes 20 Nm.", "differs", "14 Nm"),
        ("The sender takes 26 Nm.", "one owner", ""),
        ("The M10 sender takes 26 Nm.", "one owner", ""),
        # Unless he names another side or size.
        ("The M10 sender takes 33 Nm.", "differs", "18 Nm"),
        ("The M12 sender takes 18 Nm.", "differs", "33 Nm"),
        ("The front lock plate takes 11 Nm.", "differs", "7 Nm"),
    ],
)
def test_the_fact_that_names_most_is_meant(statement, level, value):
    found = confidence.weigh(*told(statement, "What do owners use?"), manual_of(PUMPS))
    against = isinstance(found, Dropped)
    assert ("differs" if against else found.confidence) == level
    assert value in (found.reason if against else found.manual)


@pytest.mark.parametrize(
    ("question", "level"),
    [("What do owners use?", "one owner"), ("What do owners of an S50 use?", "manual agrees"),
     ("What do owners of an S14 use?", "differs")],
)  # fmt: skip
def test_another_engines_value_is_not_meant(question, level):
    assert level_of(confidence.weigh(*told("The sender takes 26 Nm.", question), manual_of(PUMPS))) == level


@pytest.mark.parametrize(
    ("label", "statement", "level"),
    [
        ("Blower clearance", "The blower clearance of the S14 is 0.5 mm.", "differs"),
        ("Blower clearance", "The blower clearance of the M20 is 0.5 mm.", "one owner"),
        ("Blower clearance", "The blower clearance of the M20 is 0.3 mm.", "one owner"),
        ("Blower clearance, All", "The blower clearance of the M20 is 0.5 mm.", "differs"),
        ("Blower clearance, M20/M50", "The blower clearance of the M20 is 0.5 mm.", "differs"),
    ],
)
def test_a_value_without_an_engine_is_the_cars_own(label, statement, level):
    found = confidence.weigh(*told(statement, "What do owners use?"), manual_of({label: "0.3 mm"}))
    assert level_of(found) == level


TWO_BOOKS = {
    "Blower clearance, cold": "0.26-0.35 mm",
    "Blower clearance (below 35 °C)": "0.28-0.33 mm",
    "Blower clearance, hot": "0.31-0.40 mm",
    "Sender, dry": "30 Nm",
}


@pytest.mark.parametrize(
    ("statement", "level"),
    [
        ("Blower clearance is 0.26-0.35 mm cold.", "manual agrees"),
        ("Blower clearance is 0.28-0.33 mm cold.", "manual agrees"),
        ("Blower clearance is 0.31-0.40 mm cold.", "differs"),
        ("Blower clearance is 0.38 mm hot.", "manual agrees"),
        ("Blower clearance is 0.38 mm cold.", "differs"),
        # The state of a thread is seldom told; only the other one speaks against it.
        ("The sender takes 30 Nm.", "manual agrees"),
        ("The sender goes in dry at 30 Nm.", "manual agrees"),
        ("The sender goes in greased at 30 Nm.", "one owner"),
        ("The sender takes 20 Nm dry.", "differs"),
    ],
)
def test_what_any_book_has_is_not_against_the_manual(statement, level):
    assert level_of(confidence.weigh(*told(statement), manual_of(TWO_BOOKS))) == level


def test_owners_are_counted_by_author():
    found = confidence.weigh(
        *told("The gear lever joint is the soft one.", authors=("Owner 2", "Owner 3", "Owner 2")), {}
    )
    assert (found.confidence, found.owners) == ("several owners", 2)


def test_what_another_owner_denies_is_disputed():
    denial = Post(9, "Owner 7", "2012-01-02", "That is wrong.", quotes=(2,))
    found = confidence.weigh(*told("The gear lever joint is the soft one.", posts=(denial,)), {})
    assert found.confidence == "disputed"


PUMP = "Coolant pump bolts: 22 Nm"


def store(work, thread):
    write_json(work / "threads" / f"{thread.page_id}.json", fields(thread))


def test_what_was_said_of_a_pair_before_is_forgotten(tmp_path):
    qa, thread = told(PUMP)
    store(tmp_path, thread)
    pairs = [pair_of(confidence.weigh(qa, thread, manual_of(TABLE)))]
    pairs += [pairs[0] | {"answer": "Coolant pump bolts: 28 Nm"}]  # which its quote does not have
    row = {"page_id": thread.page_id, "origin": "thread", "pairs": pairs}
    row |= Ground(tmp_path)(row)
    row |= Weigh(tmp_path, manual_of(TABLE | {"Coolant pump bolts": "28 Nm"}))(row)
    assert [(pair["confidence"], pair["owners"], pair["manual"]) for pair in row["pairs"]] == [
        ("manual differs", 1, "11-14: 28 Nm"),
        ("", 0, ""),
    ]
    assert row["kept"] == 0


@pytest.mark.parametrize(
    ("answer", "rated"),
    [
        ("Bolts of the coolant pump: 22 Nm", ("quoted", "one owner", 1, "", 1)),
        ("Coolant pump bolts: 28 Nm", ("unconfirmed", "", 0, "", 0)),
    ],
)
def test_an_edited_pair_has_what_its_posts_say_of_it_now(tmp_path, answer, rated):
    qa, thread = told(PUMP)
    store(tmp_path, thread)
    page = Page(thread.page_id, "forum/b/1", 1, "thread", "", "Engine", thread.page_id)
    about = subject(page, qa)
    pair = Pair("key", about, page, confidence.weigh(qa, thread, manual_of(TABLE)))
    edit = Decision(about, "edit", "anna", "2026-11-27T10:00:00+00:00", qa.question, answer)
    (stays,) = pairs_that_stay([pair], {about: edit}, partial(release._ground, tmp_path, page))
    said = stays.qa
    assert (said.numbers_grounded, said.confidence, said.owners, said.manual, len(said.claims)) == rated


CLIP = {
    "Bracket of breather pipe on dynamo, M6": "9 Nm",
    "Bracket on breather pipe": "5 Nm",
    "Idler lever, M43": "80 Nm",
}


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ("On my E30 M3 the bracket of the breather pipe on the dynamo takes 9 Nm.", "manual agrees"),
        ("On my E30 M3 the bracket of the breather pipe on the dynamo, M6, takes 9 Nm.", "manual agrees"),
        ("The idler lever of my M43 takes 80 Nm.", "manual agrees"),
        ("The idler lever of my M40 takes 80 Nm.", "one owner"),
    ],
)
def test_the_car_is_no_screw_and_an_engine_is_none_either(statement, verdict):
    assert confidence.weigh(*told(statement), manual_of(CLIP)).confidence == verdict
