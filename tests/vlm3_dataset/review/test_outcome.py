"""From decisions to the dataset: what emit, status, the report and publish make of them."""

import json
import re
from dataclasses import replace

import pytest

from tests.vlm3_dataset.prepared import prepare, run, save
from tests.vlm3_dataset.shelves import fill, scan
from vlm3_dataset import __main__ as command
from vlm3_dataset import release, table
from vlm3_dataset.files import sha256
from vlm3_dataset.review.log import Register
from vlm3_dataset.review.outcome import is_behind
from vlm3_dataset.review.pairs import load
from vlm3_dataset.schema import QA, Page

ATTACK = "<script>alert(1)</script>"
# Two groups that the hash puts on one side each.
PAGES = {
    "21-01": [("Flywheel bolt", "105 Nm"), ("Clutch bolt", "24 Nm")],
    "11-01": [("Oil drain plug", "33 Nm"), ("Sump bolt", "10 Nm")],
    "33-01": [("Clutch bolt", "24 Nm"), ("Axle nut", "250 Nm")],
}
SECTIONS = {"21-01": "Clutch", "11-01": "Engine", "33-01": "Clutch"}


@pytest.fixture
def place(tmp_path):
    prepare(tmp_path / "work", PAGES, SECTIONS)
    run(tmp_path, "classify", "generate", "filter", "emit")
    return tmp_path


def pair(place, page_id, words):
    return next(each for each in load(place / "work") if each.page.page_id == page_id and words in each.qa.question)


def decide(place, page_id, words, verdict, **fields):
    Register(place / "work", "Anna").add(pair(place, page_id, words), verdict, **fields)


def rows(place):
    text = "".join((place / f"training_data/vlm_{side}.jsonl").read_text() for side in ("train", "val"))
    return [
        (row["metadata"]["page_id"], row["conversations"][1]["content"]) for row in map(json.loads, text.splitlines())
    ]


def report(place):
    return (place / "training_data/report.html").read_text()


def said(capsys, place, stage):
    capsys.readouterr()
    command.main([stage, "--work", str(place / "work"), "--output", str(place / "training_data")])
    return capsys.readouterr().out


def test_status_and_publish_say_that_a_decision_waits_for_emit(place, capsys):
    assert "\nreview " not in said(capsys, place, "status")
    decide(place, "11-01", "Sump", "reject")
    assert "review    1 rejected, 4 undecided" in said(capsys, place, "status")
    assert "decided since the last emit" in said(capsys, place, "status")
    with pytest.raises(SystemExit):
        command.main(
            [
                "publish",
                "a/b",
                "--dry-run",
                *("--work", str(place / "work")),
                *("--output", str(place / "training_data")),
            ]
        )
    assert "reviewers have decided about pairs since" in capsys.readouterr().err
    run(place, "emit")
    assert ("11-01", "10 Nm") not in rows(place)
    assert "decided since" not in said(capsys, place, "status")
    register = Register(place / "work", "Anna")
    register.take_back(next(register.mine()))
    assert is_behind(place / "work", place / "training_data")


def test_a_decision_about_a_page_that_has_changed_is_void_and_counted(place, capsys):
    decide(place, "11-01", "Sump", "reject")
    pages = [table.page_of(row) for row in table.load(place / "work")]
    again = scan([("Oil drain plug", "33 Nm"), ("Sump bolt", "10 Nm"), ("", "")], size=(900, 501))
    fill(place / "work", {"pages/11-01.jpg": again})
    changed = [replace(page, sha256=sha256(again)) if page.page_id == "11-01" else page for page in pages]
    save(place / "work", changed)
    reading = place / "work/readings/11-01.json"
    reading.write_text(reading.read_text().replace("10 Nm", "18 Nm"))  # the same question has another answer now
    run(place, "classify", "generate", "filter", "emit")
    assert "5 undecided; 1 void, as page or pair has changed" in capsys.readouterr().out
    assert ("11-01", "18 Nm") in rows(place)
    assert "1 void" in said(capsys, place, "status")


def test_what_owners_say_stays_quoted_where_a_reviewer_says_so(tmp_path):
    """It has no page whose reading could be looked into."""
    page = Page("thread-b-7", "forum/b/7", 1, "thread", "", "Engine", "thread-b-7")
    qa = QA("What was it?", "The sensor.", "It was the sensor.", "troubleshooting", "rules", None, "v", "quoted")
    assert release._ground(tmp_path, page, qa) == qa


def test_a_part_of_the_shelf_does_not_call_the_rest_void(place, capsys):
    decide(place, "11-01", "Sump", "reject")
    decide(place, "21-01", "Flywheel", "accept")
    capsys.readouterr()
    command.main(
        [
            "emit",
            "--labeler",
            "rules",
            "--only",
            "11-*",
            *("--work", str(place / "work")),
            *("--output", str(place / "part")),
        ]
    )
    assert "review: 1 rejected, 1 undecided\n" in capsys.readouterr().out


def test_a_damaged_log_stops_emit_in_one_line(place, capsys):
    fill(place / "work", {"decisions/anna.jsonl": b"{}\n"})
    with pytest.raises(SystemExit):
        run(place, "emit")
    assert capsys.readouterr().err.endswith("anna.jsonl, line 1 is no decision; mend that line or remove it\n")


def test_a_duplicate_comes_back_only_on_the_same_side(place, capsys):
    """33-01 is moved to the other side by hand, as an older dataset may have it."""
    lines = (place / "training_data/vlm_train.jsonl").read_text().splitlines(keepends=True)
    mine = [line for line in lines if '"group": "33-01-0x"' in line]
    (place / "training_data/vlm_train.jsonl").write_text("".join(line for line in lines if line not in mine))
    (place / "training_data/vlm_val.jsonl").write_text("".join(mine))
    duplicate = next(each for each in load(place / "work") if each.like)
    Register(place / "work", "Anna").add(duplicate, "accept")
    run(place, "emit")
    assert "1 reviewed pairs say what the other side says and stay out" in capsys.readouterr().out
    assert [answer for _, answer in rows(place)].count("24 Nm") == 1


def test_the_report_is_the_same_bytes_again_and_carries_no_address(place):
    first = report(place)
    run(place, "emit")
    assert report(place) == first
    assert "<script" not in first
    assert not re.search(r"(src|href)=\"(?!data:image/webp;base64,)", first)
    assert "://" not in first
    assert str(place) not in first


def test_the_report_counts(place):
    decide(place, "11-01", "Sump", "reject")
    decide(place, "11-01", "Oil drain", "edit", question=f"{ATTACK} torque?", answer=f"{ATTACK} 34 Nm")
    run(place, "emit")
    text = " ".join(re.sub(r"<[^>]+>", " ", report(place)).split())
    assert "4 questions and answers about 3 pages" in text
    assert "2 pairs were left out" in text
    assert "1 edited, 1 rejected, 3 undecided" in text
    assert "a reviewer rejected it" in text
    assert "the same question and answer as on some page" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 34 Nm" in report(place)
    assert "<script" not in report(place)
    assert "Anna" not in report(place)


def test_the_report_counts_every_reason_also_the_rare_ones(place):
    """21-01 has 25 more pairs, each dropped for a reason of its own; one other reason is on the shelf already."""
    (row,) = table.load(place / "work", page_id="21-01")
    kept = row["pairs"][0]
    row["pairs"] += [
        kept | {"question": f"Of what is {sign}?", "reason": f"rule {sign}"} for sign in "abcdefghijklmnopqrstuvwxy"
    ]
    table.save(place / "work", [row])
    run(place, "emit")
    drops = report(place).split('<table class="drops">')[1].split("</table>")[0]
    counts = [int(count) for count in re.findall(r"<tr><td>(\d+)</td>", drops)]
    assert (len(counts), sum(counts)) == (21, 26)
    assert re.search(r"<tr><td>6</td><th scope=\"row\">6 others</th>\s*<td></td></tr>", drops)
    assert "26 pairs were left out" in report(place)
