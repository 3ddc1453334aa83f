"""A reviewer at work: a real Chromium, the real command killed with SIGKILL, and what emit makes of it."""

import json
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.vlm3_dataset.prepared import prepare, run
from vlm3_dataset import table

PATIENCE = 60_000  # milliseconds
PAGES = {
    "21-01": [("Flywheel bolt", "105 Nm"), ("Clutch bolt", "24 Nm"), ("Release lever", "22 Nm")],
    "21-11": [("Clutch bolt", "24 Nm"), ("Slave cylinder", "25 Nm")],
    "11-01": [("Oil drain plug", "33 Nm")],
}
SECTIONS = {"21-01": "Clutch", "21-11": "Clutch", "11-01": "Engine"}


@pytest.fixture
def place(tmp_path):
    """Three pages: five pairs that stay, and one that was asked twice."""
    prepare(tmp_path / "work", PAGES, SECTIONS)
    run(tmp_path, "classify", "generate", "filter", "emit")
    return tmp_path


@contextmanager
def review(place, reviewer):
    """The command in a process of its own, and the address that it prints; killed at the end, as by a power cut."""
    process = subprocess.Popen(
        [sys.executable, "-m", "vlm3_dataset", "review", "--work", place / "work", "--reviewer", reviewer],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        printed = [process.stdout.readline(), process.stdout.readline()]
        assert printed[1].startswith("http://127.0.0.1:"), printed
        yield printed[1].strip()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()


@contextmanager
def opened(chromium, url):
    """A page that fails the test where its console complains, or where it asks for anything off loopback."""
    with chromium.new_context(viewport={"width": 1400, "height": 900}) as context:
        page, complaints, asked = context.new_page(), [], []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        yield page
        assert complaints == []
        assert {re.match(r"http://127\.0\.0\.1:\d+/", url) is not None for url in asked} == {True}


def heading(page):
    return page.locator("h1").inner_text()


def press(page, key):
    with page.expect_navigation():
        page.keyboard.press(key)


def show(page, name, option):
    with page.expect_navigation():
        page.locator(f"select[name={name}]").select_option(label=option)


def rows(place):
    text = "".join((place / f"training_data/vlm_{side}.jsonl").read_text() for side in ("train", "val"))
    found = {}
    for row in map(json.loads, text.splitlines()):
        asked, answered = (turn["content"] for turn in row["conversations"])
        found[row["metadata"]["page_id"], asked] = (answered, row["metadata"])
    return found


def named(place, words):
    """Page, answer, and whether a person looked at it, of the rows about `words`."""
    return sorted(
        (page_id, answer, metadata["reviewed"])
        for (page_id, question), (answer, metadata) in rows(place).items()
        if words in question
    )


def test_a_review_from_the_first_key_to_the_dataset(place, chromium):
    assert named(place, "Clutch bolt") == [("21-01", "24 Nm", "no")]
    with review(place, "Anna") as url, opened(chromium, url) as page:
        assert "token" not in page.url
        show(page, "section", "Clutch · 4")
        assert "Flywheel bolt" in heading(page)
        press(page, "a")
        assert "Clutch bolt" in heading(page)
        press(page, "r")
        assert "Release lever" in heading(page)
        press(page, "u")
        assert "Clutch bolt" in heading(page)
        assert "of 4 decided" in page.locator(".progress").inner_text()
        assert page.locator(".progress strong").inner_text() == "1"
        press(page, "j")
        page.keyboard.press("e")
        assert page.evaluate("document.activeElement.id") == "answer"
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("26 Nm (a, e and r are only letters here)")
        page.locator("textarea[name=note]").fill("the print is poor")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        assert "Slave cylinder" in heading(page)
    with review(place, "Anna") as url, opened(chromium, url) as page:  # the other was killed
        assert page.locator(".progress strong").inner_text() == "2"
        show(page, "decided", "edited")
        assert page.locator(".answer").inner_text().startswith("26 Nm")
        assert "the print is poor" in page.locator(".notice").inner_text()
        show(page, "decided", "any")
        press(page, "j")
        assert "Clutch bolt" in heading(page)
        press(page, "r")
    with review(place, "Bert") as url, opened(chromium, url) as page:
        show(page, "show", "dropped: the same question and answer as on some page · 1")
        press(page, "a")
        assert "Accepted by Bert" in " ".join(page.locator(".notice.accept").inner_text().split())
    run(place, "emit")
    assert named(place, "Flywheel bolt") == [("21-01", "105 Nm", "accepted")]
    assert named(place, "Clutch bolt") == [("21-11", "24 Nm", "accepted")]  # dropped as a duplicate before
    assert named(place, "Slave cylinder") == [("21-11", "25 Nm", "no")]
    assert named(place, "Release lever") == [("21-01", "26 Nm (a, e and r are only letters here)", "edited")]
    (lever,) = [metadata for (_, question), (_, metadata) in rows(place).items() if "Release lever" in question]
    assert (lever["labeler"], lever["numbers_grounded"]) == ("rules", "unconfirmed")
    everything = b"".join(path.read_bytes() for path in (place / "training_data").rglob("*") if path.is_file())
    assert b"Anna" not in everything
    assert b"the print is poor" not in everything


@pytest.mark.parametrize("width", [400, 1400])
def test_the_page_fits_and_its_evidence_lies_on_the_print(place, chromium, width):
    with review(place, "Anna") as url, opened(chromium, url) as page:
        page.set_viewport_size({"width": width, "height": 900})
        page.reload()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        image, mark = (page.locator(name).first.bounding_box() for name in (".sheet img", ".mark"))
        scale = image["width"] / 900
        assert mark["x"] == pytest.approx(image["x"] + 56 * scale, abs=2)
        assert mark["y"] == pytest.approx(image["y"] + 77 * scale, abs=2)
        pane, value = page.locator(".page").bounding_box(), page.locator(".mark").last.bounding_box()
        assert pane["x"] < value["x"] + value["width"] <= pane["x"] + pane["width"]  # it stands at the end of its row
        page.keyboard.press("?")
        assert page.locator("#help").is_visible()


def test_a_script_from_outside_does_not_run(place, chromium):
    (row,) = table.load(place / "work", page_id="21-01")
    row["pairs"] = [
        pair | {"answer": pair["answer"].replace("105 Nm", "<img src=x onerror=document.title=1>")}
        for pair in row["pairs"]
    ]
    table.save(place / "work", [row])
    with review(place, "Anna") as url, opened(chromium, url) as page:
        assert page.locator(".answer").inner_text() == "<img src=x onerror=document.title=1>"
        assert "Review" in page.title()
