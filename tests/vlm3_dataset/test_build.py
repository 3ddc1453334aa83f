"""The steps as functions for `map` and `filter`: the same pairs as the stages, and whatever a user puts between."""

import json

import pytest

from tests.vlm3_dataset import claude as stand_in
from tests.vlm3_dataset.prepared import NoVectors
from tests.vlm3_dataset.shelves import TABLE, board, fill, scan, spec_html, text_pdf
from tests.vlm3_dataset.test_claude import REPLY
from vlm3_dataset import Vlm3
from vlm3_dataset import __main__ as command
from vlm3_dataset.build import OF_A_PAGE, Classify, Ground, Label, Read, has_picture, is_asked, keep
from vlm3_dataset.claude.prices import named
from vlm3_dataset.hub.emitted import NoDataset
from vlm3_dataset.sources import inventory
from vlm3_dataset.sources.archive import NoSources

GEARBOX = (("Drain plug of the gearbox", "50 Nm"), ("Shift rod play", "0.2 mm"), ("Gearbox oil", "1.2 l"))
ENGINE = (("Spark plug gap", "0.7 mm"), ("Idle speed", "880 rpm"), ("Valve clearance", "0.3 mm"))
BRAKES = (("Brake disc thickness", "10.4 mm"), ("Caliper bolt", "35 Nm"))
POST = {"post_id": 1, "thread_id": 9, "text": "Which shim?", "author": "Jo", "images": [0], "url": "http://b/1"}


@pytest.fixture
def place(tmp_path):
    files = {
        "21 - Clutch/21-01.pdf": text_pdf((TABLE, GEARBOX)),
        "specs.html": spec_html(ENGINE),
        "torn.pdf": b"%PDF-1.4",
    }
    fill(tmp_path / "shelf", files)
    board(tmp_path / "archive", "e30", [POST], [scan(BRAKES)], {9: "Valves"})
    return tmp_path


def sources(place):
    builder = Vlm3(shelf=place / "shelf", archive=place / "archive", cache_dir=str(place / "cache"))
    builder.download_and_prepare()
    return builder.as_dataset("train")


def read(place, work="work"):
    step = Read(str(place / "shelf"), str(place / "archive"), str(place / work))
    return sources(place).map(step, batched=True)


def paired(place, between=None, model=None):
    work = str(place / "work")
    pages = read(place).filter(has_picture).map(Classify(work)).filter(is_asked)
    pairs = pages.map(Label(work, model), batched=True, remove_columns=pages.column_names)
    if between:
        pairs = pairs.map(between)
    return pairs.map(Ground(work))


def by_page(rows, columns=tuple(OF_A_PAGE)):
    found = {}
    for row in rows:
        found.setdefault(row["page_id"], []).append({name: row[name] for name in columns})
    return found


def stages(place, work, *words):
    folders = ["--data-src", place / "shelf", "--archive", place / "archive", "--work", place / work]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vlm3_dataset.filters.embedding.Embedder", NoVectors)
        for stage in ("inventory", "prepare", "classify", "generate", "filter"):
            command.main([stage, *map(str, folders), "--output", str(place / "out"), *words])
    stored = {path.stem: json.loads(path.read_bytes()) for path in (place / work / "qa_filtered").glob("*.json")}
    pairs = {
        page: [{name: pair[name] for name in OF_A_PAGE} for pair in each["pairs"]] for page, each in stored.items()
    }
    return {page: found for page, found in pairs.items() if found}


def test_the_pairs_are_those_of_the_stages(place):
    expected = stages(place, "staged", "--labeler", "extractive")
    assert sum(map(len, expected.values())) >= 9
    assert by_page(paired(place).filter(keep)) == expected
    for name in ("pages", "readings"):
        ours, theirs = (
            {each.name: each.read_bytes() for each in (place / work / name).iterdir()} for work in ("work", "staged")
        )
        assert ours == theirs


def test_a_function_of_a_user_stands_between_two_of_ours(place):
    def in_a_question(row):
        return {"question": row["question"].replace("what is given", "what does the manual give")}

    def wrong(row):
        return {"answer": row["answer"].replace("50 Nm", "5 Nm")}

    plain, asked = paired(place), paired(place, in_a_question)
    assert asked["question"] == [in_a_question(row)["question"] for row in plain]
    assert asked["numbers_grounded"] == plain["numbers_grounded"]
    judged = {row["answer"]: row["numbers_grounded"] for row in paired(place, wrong)}
    assert judged["5 Nm"] != "verified" == {row["answer"]: row["numbers_grounded"] for row in plain}["50 Nm"]


def test_a_page_that_cannot_be_read_says_why_and_the_rest_goes_on(place):
    reasons = {row["source"]: row["reason"] for row in read(place)}
    assert "broken" in reasons.pop("torn.pdf")
    assert set(reasons.values()) == {""}


def test_a_shelf_is_hashed_once_for_a_build(place, monkeypatch):
    scans = []
    monkeypatch.setattr(inventory, "scan", lambda *places, scan=inventory.scan: scans.append(places) or scan(*places))
    assert len(sources(place)) == 5
    assert len(scans) == 1


def test_a_page_that_is_made_is_found_again(place):
    before = read(place).to_list()
    made = {path: path.stat().st_mtime_ns for path in (place / "work").rglob("*.jpg")}
    assert made
    assert read(place).to_list() == before
    assert {path: path.stat().st_mtime_ns for path in (place / "work").rglob("*.jpg")} == made


def test_a_model_is_asked_beforehand_and_its_answers_are_read(place, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none of ours")
    model = named("claude-haiku-5-5", has_schema=False)  # as any server but Anthropic's is asked
    assert len(paired(place, model=model)) == 0  # nobody was asked, and a map function asks nobody
    with stand_in.serving(REPLY) as served:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", served.url)
        words = ["--labeler", "claude", "--model", model.name, "--yes", "--second-reader", "none"]
        expected = stages(place, "work", *words)
        assert len(served.billed) == 4
    found = paired(place, model=model)
    assert len(found) == 4
    assert by_page(found.filter(keep)) == expected


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({}, NoDataset, "config pages: name a data_dir"),
        ({"config_name": "threads", "shelf": "s"}, NoDataset, "config threads: name a data_dir"),
        ({"config_name": "qa", "shelf": "s"}, NoDataset, "config qa: name a data_dir"),
        ({"shelf": "nowhere"}, NoSources, "nowhere/ is not there; name the folder that your scans lie in"),
        ({"archive": "nowhere"}, NoSources, "nowhere/ holds no board with a posts.jsonl"),
    ],
)
def test_what_there_is_to_build_from_is_told(tmp_path, monkeypatch, given, error, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=said):
        Vlm3(**given)
