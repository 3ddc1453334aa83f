import re
import shutil
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest
from lxml import html as parser

from evaluation.compare import compare, pair
from evaluation.controls import Control
from evaluation.judge.agreement import Agreement
from evaluation.measure import Score, Target
from evaluation.models.answers import Answer, LocalModel, Settings
from evaluation.models.weights import Weights
from evaluation.report import render
from evaluation.report.findings import Findings
from evaluation.report.marks import mark_quantities
from evaluation.report.summary import summarise
from evaluation.rows import DataError, Question
from evaluation.statistics import Interval
from tests.evaluation.conftest import sideways

ATTACK = '"><script>alert(1)</script><img src=x onerror="alert(1)">{{ 7 * 7 }}\u202e</article>'
TARGETS = (Target("NumericExactMatch", 0.85), Target("KeywordPresence", 0.80))
FINDINGS = Findings(
    controls=[Control("altered number", 9, 0, 9, 0, Interval(0.7, 1.0), "memory", {"nobody has read it": 2})],
    probes_not_run=[f"head-bolts: page {'<b>11-09</b>'} is not at hand"],
    agreement={"KeywordPresence": Agreement(30, 24, 0.9, 0.78, Interval(0.56, 1.0))},
)
ANSWERS = [  # reference, before and its score, after and its score
    ("24 Nm", "24 Nm", 1.0, "25 Nm", 0.0),
    ("0.25 mm", "It is 0.35 mm.", 0.0, "It is 0.35 mm.", 0.0),
    ("60 Nm", "", 0.0, "Tighten to 60 Nm, never to 70 Nm.", 1.0),
    ("2 bar", "2 bar", 1.0, "2 bar", 1.0),
    ("Inspect it.", ATTACK, None, ATTACK, None),
]


def question(number: int, reference: str, folder: Path = Path("data")) -> Question:
    page = ("11-1", "21-3")[number % 2]
    return Question(f"{page}/{number}", page, folder, f"images/{page}.jpg", page * 8, "How much?", reference)


def cases(data: Path):
    questions = [question(number, reference, data) for number, (reference, *_) in enumerate(ANSWERS)]
    questions[4] = replace(questions[4], text=ATTACK, reference=ATTACK.replace("7", "6"))
    sides, answers = [], []
    for text, score in ((1, 2), (3, 4)):
        rows = list(zip(questions, ANSWERS, strict=True))
        answers.append([Answer(f"key-{q.id}", q.id, "model", row[text], 3, truncated=False) for q, row in rows])
        scored = {q.id: Score(row[score], row[score] > 0.85) for q, row in rows if row[score] is not None}
        sides.append({TARGETS[0]: scored, TARGETS[1]: {}})
    return pair(questions, *answers, tuple(sides))


@pytest.fixture(scope="module")
def summary(data: Path):
    base = Weights("runs/tiny/base", "/secret/place/base", None, "b" * 32, tiny=True)
    before = LocalModel(base, base, settings=Settings())
    after = replace(before, adapter=Weights("runs/tiny/adapter", "/secret/place/adapter", None, "a" * 32))
    rows = {"folder": "training_data", "split": "val", "limit": None}
    changes = compare(cases(data), TARGETS, seed=0)
    return summarise(cases(data), changes, (before, after), rows, seed=0, judge=None, findings=FINDINGS)


@pytest.fixture(scope="module")
def page(summary, data: Path):
    return parser.fromstring(render.html(summary, cases(data), FINDINGS))


def test_the_figures_are_those_of_the_summary(summary, page):
    (row,) = (one for one in summary["metrics"] if one["n"])
    cells = [cell.text_content() for cell in page.get_element_by_id("metric-NumericExactMatch")]
    assert cells == [
        "NumericExactMatch",
        row["verdict"],
        "> 0.85",
        f"{row['before']:.3f}",
        f"{row['after']:.3f}",
        f"{row['after_interval']['low']:.2f} to {row['after_interval']['high']:.2f}",
        f"{row['difference']:+.3f}",
        f"{row['difference_interval']['low']:+.2f} to {row['difference_interval']['high']:+.2f}",
        f"{row['p']:.3f}",
        str(row["n"]),
    ]
    assert [one.text_content() for one in page.find_class("conclusions")[1]] == summary["conclusions"]
    widths = [float(rect.get("width").rstrip("%")) for rect in page.iter("rect")]
    assert widths == pytest.approx([25, 25, 25, 25])


def test_it_says_what_it_is_not(page):
    text = page.text_content()
    assert "proves the path and knows nothing" in text
    assert text.count("not judged") >= 2
    assert "applies to no question" in text


def test_it_says_how_far_a_person_agrees_with_the_judge(summary, page):
    assert "kappa 0.78 (0.56 to 1.00), n 30" in page.get_element_by_id("metric-KeywordPresence").text_content()
    assert "KeywordPresence: kappa 0.78 (0.56 to 1.00), n 30." in render.markdown(summary)


def test_cases_stand_in_the_order_of_reading(page):
    assert [one.get("class") for one in page.iter("article")] == [
        f"case {outcome}" for outcome in ("broken", "wrong", "fixed", "right", "unscored")
    ]


def test_what_models_and_forums_write_stays_text(page):
    assert not list(page.iter("script", "img", "iframe", "object", "form"))
    assert not [name for one in page.iter() for name in one.attrib if name.startswith("on")]
    quotes = [quote.text_content() for quote in page.iter("blockquote")]
    assert quotes[-2:] == [ATTACK.replace("\u202e", "\ufffd")] * 2


def test_it_needs_nothing_but_itself(page, summary, data: Path):
    links = [value for one in page.iter() for name, value in one.attrib.items() if name in ("href", "src")]
    assert links
    ids = {one.get("id") for one in page.iter() if one.get("id")}
    assert all(link.startswith("data:image/webp;base64,") or link.removeprefix("#") in ids for link in links)
    whole = render.html(summary, cases(data), FINDINGS)
    assert not re.search(r"https?://|@import|url\(", whole)
    assert "/secret/" not in whole
    assert str(data) not in whole


def test_a_legend_breaks_between_its_dots_and_never_behind_one(page):
    dots = page.find_class("dot")
    assert len(dots) == 2 + 4
    for dot in dots:
        assert dot.tail.strip()
        assert dot.getparent().get("class") == "key"
        assert len(dot.getparent()) == 1
    assert re.search(r"\.key \{[^}]*white-space: nowrap", page.find(".//style").text)


def test_a_page_stored_sideways_is_shown_upright(summary, data: Path, tmp_path: Path):
    folder = shutil.copytree(data, tmp_path / "data")
    sideways(folder / "images" / "11-1.jpg")
    shown = parser.fromstring(render.html(summary, cases(folder), FINDINGS))
    assert shown.get_element_by_id("page-1").get("viewbox") == "0 0 280 364"


def test_a_page_that_was_torn_since_it_was_asked_about_is_named(summary, data: Path, tmp_path: Path):
    folder = shutil.copytree(data, tmp_path / "data")
    (folder / "images" / "11-1.jpg").write_bytes(b"torn")
    with pytest.raises(DataError, match=r"images/11-1\.jpg: image cannot be read"):
        render.html(summary, cases(folder), FINDINGS)


def test_who_judged_is_said(summary):
    assert "Judge: somebody." in render.markdown(summary | {"judge": "somebody"})


def test_what_the_judge_says_of_a_case_is_shown_and_where_it_says_nothing(summary, data: Path):
    (case, *_) = cases(data)
    reason = Score(0.5, passed=False, reason=f"No page says {ATTACK}")
    judged = replace(case, scores={"Faithfulness": (Score(None, passed=False, error="529 overloaded"), reason)})
    shown = parser.fromstring(render.html(summary | {"not_judged": []}, [judged], FINDINGS))
    before, after = shown.find_class("answer")
    assert "Faithfulness error 529 overloaded" in before.text_content()
    assert "Faithfulness 0.50 failed" in after.text_content()
    assert after.find_class("reason")[0].text_content().startswith('No page says "><script>')
    assert "not judged" not in shown.find_class("case")[0].text_content()
    assert "AnswerRelevancy, Faithfulness not judged" in render.html(summary, [judged], FINDINGS)


def test_a_page_is_carried_once(page):
    assert len(list(page.iter("symbol"))) == 2
    assert len(list(page.iter("use"))) == len(ANSWERS)


def test_a_large_run_keeps_the_report_small(summary, data: Path, monkeypatch):
    monkeypatch.setattr(render, "SHOWN_CASES", 2)
    monkeypatch.setattr(render, "SHOWN_PAGES", 1)
    small = parser.fromstring(render.html(summary, cases(data), FINDINGS))
    assert len(list(small.iter("article"))) == 2
    assert len(list(small.iter("symbol"))) == 1
    assert "3 more stand in results.jsonl" in small.text_content()


def test_an_image_outside_the_data_folder_is_never_shown(summary, data: Path):
    (case, *_) = cases(data)
    stray = replace(case, question=replace(case.question, image="../elsewhere.jpg"))
    with pytest.raises(DataError, match="leads out"):
        render.html(summary, [stray], FINDINGS)


def test_right_wrong_and_missing_quantities_are_marked():
    asked = question(0, "24 Nm and 60 Nm")
    marked = mark_quantities(asked, "First 24 Nm, then 70 Nm.")
    assert [piece for piece in marked.pieces if piece[1]] == [("24 Nm", "matched"), ("70 Nm", "extra")]
    assert marked.missed == ("60 Nm",)


@pytest.mark.parametrize("answer", ["", "22-26 Nm, 24 ± 2 Nm or 24 Nm (18 ft-lb)", ATTACK, "１/２ 24 N·m\n24"])
def test_marking_loses_no_letter(answer: str):
    assert "".join(piece for piece, _ in mark_quantities(question(0, "24 Nm"), answer).pieces) == answer


def test_the_table_for_a_pull_request_has_the_same_figures(summary):
    table = render.markdown(summary)
    (row,) = (one for one in summary["metrics"] if one["n"])
    assert f"| NumericExactMatch | > 0.85 | {row['before']:.3f} | {row['after']:.3f} |" in table
    assert all(f"- {sentence}\n" in table for sentence in summary["conclusions"])
    columns = {line.count("|") for line in table.splitlines() if line.startswith("|")}
    assert columns == {11}


def test_printed_on_a4_all_columns_stand_on_the_page(summary, data: Path, chromium, tmp_path: Path):
    """As a browser prints it: each head of the verdicts, and the last figure of a row, between a page's margins."""
    names = ("NumericExactMatch", "IdentifierMatch", "KeywordPresence", "AnswerRelevancy", "Faithfulness")
    (scored,) = (one for one in summary["metrics"] if one["n"])
    longest = {"p": 0.0001, "n": 1256, "difference_interval": {"low": -0.12, "high": 0.13}, "verdict": "undecided"}
    agreed = dict.fromkeys(names, summary["agreement"]["KeywordPresence"])
    full = summary | {"metrics": [scored | longest | {"metric": name} for name in names], "agreement": agreed}
    (tmp_path / "report.html").write_text(render.html(full, cases(data), FINDINGS), "utf-8")
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto((tmp_path / "report.html").as_uri())
        page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    with pymupdf.open(tmp_path / "report.pdf") as printed:
        assert (round(printed[0].rect.width), round(printed[0].rect.height)) == (595, 842)
        words = [(*word[:3], word[4]) for word in printed[0].get_text("words")]
    (line,) = {top for _, top, _, word in words if word == "Verdict"}
    heads = [(left, right, word) for left, top, right, word in sorted(words) if abs(top - line) < 12]
    assert " ".join(word for *_, word in heads if word != "after") == (
        "Metric Verdict Target Before After Interval Difference Interval p n"
    )
    margin = 12 / 25.4 * 72 - 1
    assert min(left for left, *_ in heads) >= margin
    assert max(right for _, right, _ in heads) <= 595 - margin
    assert sum(word == "1256" and right <= 595 - margin for *_, right, word in words) == len(names)
