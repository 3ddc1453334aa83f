"""The steps as functions for `map` and `filter`: the same pairs as the stages, and whatever a user puts between."""

import json
import shutil
import textwrap

import datasets
import pytest

from finetune.data import read_dataset
from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.test_claude import REPLY
from tests.vlm3_dataset.prepared import NoVectors
from tests.vlm3_dataset.shelves import TABLE, board, fill, scan, spec_html, text_pdf
from tests.vlm3_dataset.sources.pages.test_prepare import contents
from vlm3_dataset import Vlm3, table
from vlm3_dataset import __main__ as command
from vlm3_dataset.claude.prices import named
from vlm3_dataset.comparing import without_duplicates
from vlm3_dataset.files import fields
from vlm3_dataset.hub.check import check
from vlm3_dataset.hub.emitted import NoDataset
from vlm3_dataset.release import release
from vlm3_dataset.sources import inventory
from vlm3_dataset.sources.archive import NoSources
from vlm3_dataset.steps import Classify, Ground, Label, Read, is_asked, keep

pytestmark = pytest.mark.slow

GEARBOX = (("Drain plug of the gearbox", "50 Nm"), ("Shift rod play", "0.2 mm"), ("Gearbox oil", "1.2 l"))
ENGINE = (("Spark plug gap", "0.7 mm"), ("Idle speed", "880 rpm"), ("Valve clearance", "0.3 mm"))
BRAKES = (("Brake disc thickness", "10.4 mm"), ("Caliper bolt", "35 Nm"))
POST = {"post_id": 1, "thread_id": 9, "text": "Which shim?", "author": "Jo", "images": [0], "url": "http://b/1"}


@pytest.fixture(scope="module")
def read_before(tmp_path_factory):
    """A shelf, an archive, and their pages as they are read first."""
    place = tmp_path_factory.mktemp("read before")
    files = {
        "21 - Clutch/21-01.pdf": text_pdf((TABLE, GEARBOX)),
        "specs.html": spec_html(ENGINE),
        "torn.pdf": b"%PDF-1.4",
    }
    fill(place / "my_scans", files)
    board(place / "forum_archive", "e30", [POST], [scan(BRAKES)], {9: "Valves"})
    assert len(read(place)) == 5
    return place


@pytest.fixture
def place(read_before, tmp_path):
    return shutil.copytree(read_before, tmp_path / "place")


def sources(place):
    builder = Vlm3(shelf=place / "my_scans", archive=place / "forum_archive", cache_dir=str(place / "cache"))
    builder.download_and_prepare()
    return builder.as_dataset("train")


def read(place):
    step = Read(place / "my_scans", place / "forum_archive", place / "work")
    return sources(place).map(step, batched=True)


def paired(place, between=None, model=None):
    work = place / "work"
    pages = read(place).map(Classify(work)).filter(is_asked).map(Label(work, model))
    if between:
        pages = pages.map(between)
    return pages.map(Ground(work))


def that_stay(pages):
    return {
        row["page_id"]: [fields(table.qa_of(pair)) for pair in row["pairs"] if not pair["reason"]]
        for row in pages.filter(keep)
    }


def stages(place, work, *words):
    folders = ["--data-src", place / "my_scans", "--archive", place / "forum_archive", "--work", place / work]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vlm3_dataset.filters.embedding.Embedder", NoVectors)
        for stage in ("inventory", "prepare", "classify", "generate", "filter"):
            command.main([stage, *map(str, folders), "--output", str(place / "out"), *words])
    stored = {path.stem: json.loads(path.read_bytes()) for path in (place / work / "qa_filtered").glob("*.json")}
    pairs = {page: [fields(table.qa_of(pair)) for pair in each["pairs"]] for page, each in stored.items()}
    return {page: found for page, found in pairs.items() if found}


def test_the_pairs_are_those_of_the_stages(place):
    expected = stages(place, "staged", "--labeler", "rules")
    assert sum(map(len, expected.values())) >= 9
    assert that_stay(paired(place)) == expected
    for name in ("pages", "readings"):
        ours, theirs = (
            {each.name: each.read_bytes() for each in (place / work / name).iterdir()} for work in ("work", "staged")
        )
        assert ours == theirs


def in_other_words(row):
    """As a user might: every question of a page in other words."""
    asked = [pair["question"].replace("what is given", "what does the manual give") for pair in row["pairs"]]
    return {"pairs": [pair | {"question": each} for pair, each in zip(row["pairs"], asked, strict=True)]}


def test_a_function_of_a_user_stands_between_two_of_ours(place):
    def wrong(row):
        return {"pairs": [pair | {"answer": pair["answer"].replace("50 Nm", "5 Nm")} for pair in row["pairs"]]}

    plain, asked = paired(place), paired(place, in_other_words)
    pairs = [(pair["question"], pair["numbers_grounded"]) for row in asked for pair in row["pairs"]]
    assert pairs == [
        (pair["question"], pair["numbers_grounded"]) for row in map(in_other_words, plain) for pair in row["pairs"]
    ]
    found = {pair["answer"]: pair["numbers_grounded"] for row in paired(place, wrong) for pair in row["pairs"]}
    assert found["5 Nm"] != "verified"


def test_the_code_of_the_page_runs(place, root, monkeypatch):
    text = (root / "docs" / "pipeline.md").read_text().partition("## The pipeline, and")[2].partition("\n## ")[0]
    code = textwrap.dedent("\n".join(line for line in text.splitlines() if line.startswith("    ") or not line))
    monkeypatch.chdir(place)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", place / "cache")
    exec(code, said := {})
    questions = [pair["question"] for row in said["pages"] for pair in row["pairs"]]
    assert len(questions) >= 9
    assert all(question.startswith("BMW E30 M3: ") for question in questions)


def test_what_a_user_put_between_is_in_the_dataset(place):
    pages = without_duplicates(paired(place, in_other_words), NoVectors("none"))
    said = release(pages, place / "work", place / "out")
    rows = [json.loads(line) for side in ("train", "val") for line in (place / f"out/vlm_{side}.jsonl").open()]
    assert len(rows) >= 9
    assert said.startswith(f"{len(rows)} pairs") or "to validate" in said
    assert all("what is given" not in row["conversations"][0]["content"] for row in rows)


def test_nothing_is_read_back_of_what_people_look_into(place):
    """Whatever becomes of the CSV and JSON files, the end is the same, byte for byte."""
    words = ["--labeler", "rules"]
    stages(place, "work", *words)
    folders = ["--work", str(place / "work"), "--output", str(place / "out")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vlm3_dataset.filters.embedding.Embedder", NoVectors)
        command.main(["refilter", *folders, *words])
        before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file() and ".sqlite" not in path.name}
        for name in ("qa_raw", "qa_filtered", "qa_unique", "classified"):
            shutil.rmtree(place / "work" / name)
        for path in (place / "work").glob("inventory*.csv"):
            path.write_text("nonsense")
        command.main(["emit", *folders, *words])
        command.main(
            ["all", "--data-src", str(place / "my_scans"), "--archive", str(place / "forum_archive"), *folders, *words]
        )
    assert {path: path.read_bytes() for path in before} == before


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


def test_map_leaves_nothing_on_the_users_disk(place):
    pages = paired(place)
    assert not pages.cache_files
    assert not list(place.rglob("cache-*.arrow"))


def test_a_model_is_asked_beforehand_and_its_answers_are_read(place, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none of ours")
    model = named("claude-haiku-5-5", has_schema=False)  # as any server but Anthropic's is asked
    assert not any(paired(place, model=model)["labels"])  # nobody was asked, and a map function asks nobody
    with stand_in.serving(REPLY) as served:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", served.url)
        words = ["--labeler", "claude", "--model", model.name, "--yes", "--second-reader", "none"]
        expected = stages(place, "work", *words)
        assert len(served.billed) == 4
    found = paired(place, model=model)
    assert sum(map(len, found["pairs"])) == 4
    assert that_stay(found) == expected


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


def test_an_html_page_is_told_by_its_picture_as_text_or_as_both(place):
    """Whatever it is told by, it stands on one side, loads from the hub, and training takes its rows."""
    pages = without_duplicates(paired(place), NoVectors("none"))
    text = {}
    for html in ("picture", "text", "both"):
        out = place / html
        release(pages, place / "work", out, html=html)
        lines = [json.loads(line) for side in ("train", "val") for line in (out / f"vlm_{side}.jsonl").open()]
        ids = {row["metadata"]["page_id"] for row in lines}
        assert ("specs" in ids, "specs.text" in ids) == (html != "text", html != "picture")
        told = [row for row in lines if row["metadata"]["page_id"] == "specs.text"]
        assert {(row["image"], row["metadata"]["source"]) for row in told} <= {(None, "manual")}
        of_html = [row for row in lines if row["metadata"]["page_id"].startswith("specs")]
        assert all(bool(row["metadata"]["place"]) == bool(row["image"]) for row in of_html)  # in pixels of the image
        text[html] = sorted(row["conversations"][0]["content"] for row in told)
        check(out / "hub")
        for folder in (out, out / "hub"):
            data = read_dataset(str(folder))
            found = data.train + data.val
            assert len(found) == len(lines)
            assert sorted(row.question for row in found if row.image is None) == text[html]
    assert text["text"] == text["both"] != text["picture"] == []
    release(pages, place / "work", place / "as before")
    assert contents(place / "as before") == contents(place / "picture")
    both = [json.loads(line) for line in (place / "both" / "vlm_train.jsonl").open()]
    groups = {row["metadata"]["group"] for row in both if row["metadata"]["page_id"].startswith("specs")}
    assert len(groups) <= 1
