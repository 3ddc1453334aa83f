"""Pairs that somebody brings are bound to their pages, and what has no page is said to have none."""

import json

import pytest

from tests.vlm3_dataset.prepared import NoVectors, prepare
from vlm3_dataset import __main__ as command
from vlm3_dataset.errors import Misused
from vlm3_dataset.files import fields, read_csv
from vlm3_dataset.filters import rules
from vlm3_dataset.filters.grounding.passages import PrintedPage
from vlm3_dataset.labelers import imported
from vlm3_dataset.schema import QA, Page, Reading, Segment
from vlm3_dataset.sources.identity import Name

PAGES = [
    Page("21-03", "21 - Clutch/21-03.jpg", 1, "image", "21", "Clutch", "g"),
    Page("box-p1", "Box.pdf", 1, "pdf", "23", "Gearbox", "g"),
    Page("box-p2", "Box.pdf", 2, "pdf", "23", "Gearbox", "g"),
    Page("e30-11-01", "E30/11-01.jpg", 1, "image", "11", "Engine", "g"),
    Page("e36-11-01", "E36/11-01.jpg", 1, "image", "11", "Engine", "g"),
    Page("specs", "specs.html", 1, "html", "", "", "g"),
    Page("thread-b-7", "forum/b/7", 1, "thread", "", "Engine", "thread-b-7"),
    Page("00-cover", "00-cover.jpg", 1, "image", "00", "", "g"),
]
ROWS = [fields(page) | {"ask": True, "why_not": ""} for page in PAGES]
ROWS[-1] |= {"ask": False, "why_not": "a front page"}
PAIR = {"question": "How tight is the drain plug?", "answer": "25 Nm"}
OWN = {
    "image": "images/21-03.jpg",
    "conversations": [{"role": "user", "content": "How tight?"}, {"role": "assistant", "content": "25 Nm"}],
    "metadata": {"page_id": "21-03", "source": "elsewhere.jpg", "evidence": "Plug 25 Nm", "model": "somebody"},
}


def brought(tmp_path, *rows):
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return imported.read(path, ROWS)


@pytest.mark.parametrize(
    ("row", "page_id"),
    [
        ({"file": "21 - Clutch/21-03.jpg", **PAIR}, "21-03"),
        ({"file": "21-03.jpg", **PAIR}, "21-03"),
        ({"file": "/home/me/manual/21 - Clutch/21-03.jpg", **PAIR}, "21-03"),
        ({"file": "manual\\21 - Clutch\\21-03.jpg", **PAIR}, "21-03"),
        ({"file": "Box.pdf", "pdf_page": 2, **PAIR}, "box-p2"),
        ({"file": "E36/11-01.jpg", "pdf_page": None, **PAIR}, "e36-11-01"),
        ({"file": "Box.pdf", "pdf_page": "2", **PAIR}, "box-p2"),
        (OWN, "21-03"),
        (OWN | {"image": None, "metadata": {"page_id": "specs.text", "source": "manual"}}, "specs"),
        (OWN | {"conversations": [*OWN["conversations"], None, {"role": []}]}, "21-03"),
    ],
)
def test_a_row_finds_its_page(tmp_path, row, page_id):
    found = brought(tmp_path, row)
    assert (list(found.pairs), found.left_out) == ([page_id], [])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"file": "11-01.jpg", **PAIR}, "2 files of the shelf have this name"),
        ({"file": "Box.pdf", **PAIR}, "the file has 2 pages, and the row does not say which (pdf_page)"),
        ({"file": "Box.pdf", "pdf_page": 7, **PAIR}, "the file has no page 7"),
        ({"file": "99-99.jpg", **PAIR}, "not on the shelf"),
        (PAIR, "not on the shelf"),
        ({"file": "00-cover.jpg", **PAIR}, "nothing is asked about its page: a front page"),
        ({"file": "forum/b/7", **PAIR}, "it is about a thread, and a file gives no pairs about threads"),
        (OWN | {"metadata": {"page_id": "thread-b-7", "source": "forum"}}, "it is about a thread"),
        ({"file": "21-03.jpg", "question": "How tight?"}, "no row: it has no answer"),
        (OWN | {"conversations": None}, "no row: it has no question and no answer"),
        (OWN | {"conversations": 7, "metadata": []}, "no row: it has no question and no answer"),
        (OWN | {"metadata": ["21-03"]}, "not on the shelf"),
        ('{"file": "21-03.jpg", "question": "How tight?", "answer": "\\ud83d"}', "no row: half a character"),
        ("[" * 100_000, "no row: its brackets are nested too deep"),
        ([], "no row: an object with file, question and answer is one"),
        ("{", "Expecting property name"),
    ],
)
def test_a_row_without_a_page_is_left_out_with_its_reason(tmp_path, row, reason):
    found = brought(tmp_path, "", row)
    (left_out,) = found.left_out
    assert left_out.line == 2
    assert left_out.reason.startswith(reason)
    assert not found.pairs


NAMES = [
    Name("Box.pdf", "", 9, "Box.pdf"),
    Name("26 - Shaft/26-01.jpg", "", 1, "26 - Shaft/26-01.jpg"),
    Name("E30/00-cover.jpg", "", 1, "E30/00-cover.jpg"),
]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"file": "Box.pdf", "pdf_page": 7}, "its page is left out by --only, --sample or --limit"),
        ({"file": "Box.pdf", "pdf_page": 10}, "the file has no page 10"),
        ({"file": "Box.pdf", "pdf_page": 0}, "the file has no page 0"),
        ({"file": "Box.pdf", "pdf_page": []}, "the file has no page []"),
        ({"file": "Box.pdf"}, "the file has 9 pages, and the row does not say which (pdf_page)"),
        ({"file": "26-01.jpg"}, "its page is left out by --only, --sample or --limit"),
        ({"page_id": "26-01"}, "its page is left out by --only, --sample or --limit"),
        ({"page_id": "26-01.text", "file": "26-01.jpg"}, "its page is left out by --only, --sample or --limit"),
        ({"file": "00-cover.jpg"}, "nothing is asked about its page: a front page"),
        ({"file": "cover.jpg"}, "not on the shelf"),
    ],
)
def test_a_page_that_a_run_leaves_out_is_not_missing(tmp_path, row, reason):
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(row | PAIR), encoding="utf-8")
    found = imported.read(path, ROWS, NAMES)
    assert [one.reason for one in found.left_out] == [reason]


@pytest.mark.parametrize("sign", ["\u2028", "\x85"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_of_the_file_ends_where_json_lines_end(tmp_path, sign, end):
    own = OWN | {"metadata": OWN["metadata"] | {"evidence": f"Plug{sign}25 Nm"}}
    lines = (json.dumps(row, ensure_ascii=False) for row in (own, {"file": "99-99.jpg", **PAIR}))
    (tmp_path / "pairs.jsonl").write_bytes(f"\ufeff{end.join(lines)}{end}".encode())  # as Excel marks UTF-8
    found = imported.read(tmp_path / "pairs.jsonl", ROWS)
    assert [pair.evidence for pair in found.pairs["21-03"]] == [f"Plug{sign}25 Nm"]
    assert [(row.line, row.reason) for row in found.left_out] == [(2, "not on the shelf")]


def test_a_pair_says_where_it_comes_from(tmp_path):
    (pair,) = brought(tmp_path, OWN).pairs["21-03"]
    assert (pair.labeler, pair.model, pair.evidence) == ("imported", "somebody", "Plug 25 Nm")
    assert pair.prompt_version.startswith("pairs.jsonl ")


def test_a_file_that_cannot_be_read_is_one_line(tmp_path):
    with pytest.raises(Misused, match="mend --pairs"):
        imported.read(tmp_path / "none.jsonl", ROWS)


PRINT = [
    Segment("Drain plug", (0, 0, 200, 20)),
    Segment("25 Nm", (300, 0, 400, 20)),
    Segment("Filler plug", (0, 40, 200, 60)),
    Segment("40 Nm", (300, 40, 400, 60)),
]


@pytest.mark.parametrize(
    ("question", "answer", "evidence"),
    [
        ("How tight is the drain plug?", "25 Nm", "Drain plug 25 Nm"),
        ("How tight is the filler plug?", "It takes 40 Nm.", "Filler plug 40 Nm"),
        ("How tight is the filler plug?", "It takes 45 Nm.", ""),
        ("What is shown?", "A cutaway of the gearbox", ""),
    ],
)
def test_evidence_is_located_where_none_was_given(question, answer, evidence):
    assert imported.evidence(question, answer, PRINT) == evidence


LEFT = [
    "Pull off vacuum hose (1) and pull it out",
    "of the intake manifold support.",
    "Pull off plug (2).",
    "Lift out rubber holder (3).",
    "Place idle speed control aside.",
    "Take the harness out of the holders.",
]
RIGHT = [
    "Loosen clamp and place carbon filter",
    "aside, hoses can remain connected.",
    "Unscrew bolts of the bracket.",
    "Pull out the dipstick tube with its ring.",
    "Catch coolant in a clean container.",
    "Renew the gasket in any case.",
]
TWO_COLUMNS = [
    Segment(text, (start, 30 * line, start + 400, 30 * line + 20))
    for start, column in ((0, LEFT), (500, RIGHT))
    for line, text in enumerate(column)
]


@pytest.mark.parametrize(
    ("question", "answer", "evidence"),
    [
        ("What is pulled off first?", "The vacuum hose (1), out of the intake manifold support.", " ".join(LEFT[:2])),
        ("What is lifted and pulled off?", "Rubber holder (3) lifted out, vacuum hose (1) off, plug (2)", None),
    ],
)
def test_what_is_located_stands_in_one_column_and_the_rules_find_it_there(question, answer, evidence):
    qa = QA(question, answer, "", "procedure", "imported", None, "pairs.jsonl")
    (found,) = imported.with_evidence([qa], TWO_COLUMNS)
    assert evidence in {None, found.evidence}
    assert not any(line in found.evidence for line in RIGHT)
    assert rules.evidence(found, PrintedPage(Reading("text layer", tuple(TWO_COLUMNS)))) is None


def test_a_number_that_stands_far_away_comes_with_its_row():
    kit = ["Kit: (1) spring", "(2) cup", "(3) piston", "(4) ring", "(5) clip", "(6) washer", "(7) boot", "(8) grease"]
    lines = [Segment(text, (0, 40 * at, 200, 40 * at + 20)) for at, text in enumerate(kit)]
    answer = "spring (1), cup (2), piston (3), ring (4), clip (5), washer (6), boot (7) and grease (8)"
    found = imported.evidence("What is in the kit?", answer, lines)
    assert all(f"({number})" in found for number in range(1, 9))
    shelf = [*lines[:6], Segment("(7) boot and (8) grease", (0, 400, 200, 420))]
    assert imported.evidence("What is in the kit?", answer, shelf).count("boot") == 1  # one row with two of the numbers
    assert "(9)" not in imported.evidence("What is in the kit?", f"{answer}, seal (9)", lines)


def test_what_is_left_out_of_a_quotation_is_marked():
    table = [*PRINT, Segment("with a new seal ring", (210, 0, 290, 20))]
    assert imported.evidence("How tight is the drain plug?", "25 Nm", table) == "Drain plug ... 25 Nm"


def test_pairs_that_exist_become_a_dataset(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("vlm3_dataset.filters.embedding.Embedder", NoVectors)
    prepare(tmp_path / "work", {"21-03": [("Drain plug", "25 Nm"), ("Filler plug", "40 Nm")]})
    (tmp_path / "pairs.jsonl").write_text(
        "\n".join(json.dumps({"file": file, **PAIR}) for file in ("21-03.jpg", "elsewhere.jpg")), encoding="utf-8"
    )
    options = ["--labeler", "imported", "--pairs", str(tmp_path / "pairs.jsonl")]
    folders = ["--work", str(tmp_path / "work"), "--output", str(tmp_path / "data")]
    command.main(["quick", *options, *folders])
    said = capsys.readouterr().out
    assert "generate: 1 pairs on 1 pages by imported; 0 pages gave none; 1 rows of" in said
    (row,) = map(json.loads, (tmp_path / "data" / "vlm_train.jsonl").read_text().splitlines())
    assert (row["metadata"]["labeler"], row["metadata"]["evidence"]) == ("imported", "Drain plug 25 Nm")
    assert row["metadata"]["numbers_grounded"] == "verified"
    (left_out,) = read_csv(tmp_path / "work" / "pairs_left_out.csv", imported.LeftOutRow)
    assert (left_out.line, left_out.file, left_out.reason) == (2, "elsewhere.jpg", "not on the shelf")


@pytest.mark.parametrize("options", [["--labeler", "imported"], ["--pairs", "file.jsonl"]])
def test_the_labeler_and_its_file_belong_together(options, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["generate", *options])
    assert ended.value.code == 2
    assert "--pairs FILE" in capsys.readouterr().err
