"""The review page: who may see it, that nothing on it is taken for markup or a path, and what its buttons do."""

import re
import shutil
from dataclasses import asdict, replace

import pytest
from fastapi.testclient import TestClient

from tests.vlm3_dataset.prepared import prepare, run
from tests.vlm3_dataset.shelves import scan
from vlm3_dataset import table
from vlm3_dataset.files import fields, write_json
from vlm3_dataset.review import log
from vlm3_dataset.review.app import make
from vlm3_dataset.review.log import Register
from vlm3_dataset.review.pairs import load
from vlm3_dataset.review.queue import Queue
from vlm3_dataset.schema import QA, Post, Thread

TOKEN = "a token of this test"
CLUTCH = [("Flywheel bolt", "105 Nm"), ("Clutch bolt", "24 Nm")]
ENGINE = [("Oil drain plug", "33 Nm")]
ATTACK = "<script>alert('x')</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def filtered(tmp_path_factory):
    """Two pages with three pairs that stay, and one that the filter dropped."""
    place = tmp_path_factory.mktemp("filtered")
    prepare(place / "work", {"21-01": CLUTCH, "11-01": ENGINE}, {"21-01": "Clutch", "11-01": "Engine"})
    run(place, "classify", "generate", "filter")
    drop(place / "work", "11-01", question="What does this page show?", answer="33 Nm")
    return place / "work"


@pytest.fixture
def work(filtered, tmp_path):
    """A copy of it for each test."""
    return shutil.copytree(filtered, tmp_path / "work")


def drop(work, page_id, **fields):
    """Adds a pair that the filter refused, as a labeler that is not ours might word it."""
    (row,) = table.load(work, page_id=page_id)
    plain = {"evidence": "Oil drain plug 33 Nm", "question_type": "torque", "model": "m", "prompt_version": "p-1"}
    qa = QA(**plain | {"labeler": "claude"} | fields)
    row["pairs"].append(asdict(qa) | {"reason": "the question means nothing without the page", "like": ""})
    table.save(work, [row])


def client(work, reviewer="Anna", **headers):
    app = make(work, Queue(load(work)), Register(work, reviewer), TOKEN)
    return TestClient(app, base_url="http://127.0.0.1:8000", headers=headers, follow_redirects=False)


@pytest.fixture
def anna(work):
    """A browser that has opened the printed address."""
    browser = client(work)
    assert browser.get("/", params={"token": TOKEN}).status_code == 200
    return browser


def key(page):
    return re.search(r'name="key" value="(\w{32})"', page.text)[1]


def decide(browser, page, verdict, **fields):
    seen = re.search(r'name="seen" value="([^"]*)"', page.text)[1]
    return browser.post("/decide", data={"token": TOKEN, "key": key(page), "seen": seen, "verdict": verdict} | fields)


def take_back(browser, page, button=True):
    """Presses the button beside the pair, or the key for one's last decision."""
    form = page.text.split('action="/undo"' if button else 'id="undo"')[1].split("</form>")[0]
    return browser.post("/undo", data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)))


def verdicts(work):
    return [each.verdict for found in log.read(work) for each in found]


@pytest.mark.parametrize("path", ["/", "/image/21-01", "/static/review.js", "/decide", "/openapi.json", "/docs", "/no"])
@pytest.mark.parametrize("token", [None, "", "another", TOKEN[:-1], TOKEN + "x", "é"])
def test_without_the_token_nothing_is_told(work, path, token):
    answer = client(work).get(path, params={"token": token} if token is not None else {})
    assert answer.status_code == 403
    assert "token" in answer.text
    assert "Nm" not in answer.text


def test_after_the_first_request_the_cookie_does(anna):
    assert anna.get("/").status_code == 200
    assert anna.get("/image/21-01").headers["content-type"] == "image/jpeg"
    (cookie,) = anna.cookies.jar
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "strict"


def test_a_wrong_cookie_is_no_token(work):
    browser = client(work)
    browser.cookies.set("vlm3-review-8000", "another")
    assert browser.get("/").status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "", "[::1]:8000"])
def test_another_host_is_refused_even_with_the_token(work, host):
    answer = client(work, Host=host).get("/", params={"token": TOKEN})
    assert answer.status_code == 400
    assert "Nm" not in answer.text


@pytest.mark.parametrize("path", ["/decide", "/undo"])
@pytest.mark.parametrize("token", ["", "another"])
def test_a_form_without_the_token_changes_nothing_though_the_cookie_is_right(anna, work, path, token):
    found = key(anna.get("/"))
    answer = anna.post(path, data={"token": token, "key": found, "verdict": "reject"})
    assert answer.status_code in (403, 422)
    assert verdicts(work) == []


@pytest.mark.parametrize(
    "page_id",
    ["../inventory_prepared.csv", "..%2finventory_prepared.csv", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "21-01.jpg",
     "pages/21-01.jpg", "21-01%00", "21-99"],
)  # fmt: skip
def test_an_image_has_a_page_id_and_no_path(anna, page_id):
    answer = anna.get(f"/image/{page_id}")
    assert answer.status_code == 404
    assert b"page_id" not in answer.content
    assert b"root:" not in answer.content


def test_an_image_that_is_another_than_its_pairs_is_not_shown(anna, work):
    (work / "pages/21-01.jpg").write_bytes(scan(ENGINE))
    assert anna.get("/image/21-01").status_code == 409


def test_every_answer_forbids_scripts_that_are_not_ours(anna):
    for answer in (anna.get("/"), anna.get("/image/21-01"), anna.get("/no"), anna.post("/decide")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_comes_from_pages_models_and_people_is_text(work):
    drop(work, "11-01", question=f"{ATTACK} question?", answer=f"{ATTACK} answer", evidence=f"{ATTACK} \u202e evidence")
    browser = client(work, reviewer=f"{ATTACK} Anna")
    page = browser.get("/", params={"token": TOKEN, "show": "dropped"})
    while "question?" not in page.text.split("<h1>")[1].split("</h1>")[0]:
        page = browser.get(re.search(r'id="after" href="([^"]+)"', page.text)[1].replace("&amp;", "&"))
    page = browser.get(decide(browser, page, "reject", note=f"{ATTACK} note").headers["location"])
    for what in ("question", "answer", "evidence", "note", "Anna"):
        assert re.search(rf"&lt;script&gt;alert\(&#39;x&#39;\)&lt;/script&gt;[^<]* {what}", page.text), what
    assert "<script>" not in page.text
    assert "<img src=x" not in page.text
    assert "\u202e" not in page.text


def test_decisions_go_on_to_the_next_pair_and_are_counted(anna, work):
    page = anna.get("/")
    assert "<strong>0</strong> of 3 decided" in page.text
    page = anna.get(decide(anna, page, "accept").headers["location"])
    assert "2 of 3" in page.text
    page = anna.get(decide(anna, page, "reject", note="the page says 34").headers["location"])
    assert "<strong>2</strong> of 3 decided" in page.text
    (found,) = log.read(work)
    assert [(each.verdict, each.reviewer, each.note) for each in found] == [
        ("accept", "Anna", ""),
        ("reject", "Anna", "the page says 34"),
    ]
    assert {each.pair.page_id for each in found} == {"21-01"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", each.at) for each in found)


def test_an_edit_is_looked_at_before_it_is_kept(anna, work):
    page = anna.get("/")
    answer = decide(anna, page, "edit", question="", answer="106 Nm")
    assert answer.status_code == 422
    assert "the question has 0 characters" in answer.text
    assert "106 Nm</textarea>" in answer.text  # what was typed is still there
    assert verdicts(work) == []
    question = "How tight is the flywheel bolt?"
    decide(anna, page, "edit", question=question, answer="106 Nm")
    shown = anna.get("/", params={"pair": key(page)})
    assert f"<h1>{question}</h1>" in shown.text
    assert "105 Nm" in shown.text


def test_what_is_accepted_is_what_was_shown(anna, work):
    page = anna.get("/")
    original = re.search("<h1>(.*)</h1>", page.text)[1]
    decide(anna, page, "edit", question="How tight is the flywheel bolt?", answer=" 106 Nm\r\ncrosswise ")
    decide(anna, page, "accept")
    (standing,) = log.standing_in(work).values()
    assert (standing.verdict, standing.answer) == ("edit", "106 Nm\ncrosswise")
    decide(anna, page, "edit", question=original, answer="105 Nm")  # back to what the labeler said
    assert [each.verdict for each in log.standing_in(work).values()] == ["accept"]


def test_a_note_is_as_long_as_its_field_allows_however_its_lines_end(anna, work):
    page = anna.get("/")
    answer = decide(anna, page, "accept", note="\r\n".join(["x" * 19] * 101))
    assert (answer.status_code, verdicts(work)) == (422, [])
    assert answer.text == "not done: note: String should have at most 2000 characters\n"
    assert decide(anna, page, "accept", note="\r\n".join(["x" * 19] * 100)).status_code == 303


def test_a_pair_is_judged_however_long_it_is_and_edited_only_to_what_the_rules_allow(work):
    drop(work, "11-01", question="Which parts does the list name?", answer="Oil drain plug, " * 200)
    anna = client(work)
    page = anna.get("/", params={"token": TOKEN, "show": "dropped"})
    while "Which parts" not in page.text.split("<h1>")[1].split("</h1>")[0]:
        page = anna.get(re.search(r'id="after" href="([^"]+)"', page.text)[1].replace("&amp;", "&"))
    own = dict(re.findall(r'<textarea name="(question|answer)"[^>]*>([^<]*)<', page.text))
    assert len(own["answer"]) > 3_000
    for verdict in ("reject", "accept"):
        assert decide(anna, anna.get("/", params={"pair": key(page)}), verdict, **own).status_code == 303
    assert verdicts(work) == ["reject", "accept"]
    answer = decide(anna, page, "edit", **own | {"question": "Which parts does this list name?"})
    assert answer.status_code == 422
    assert "the answer has 3199 characters" in answer.text


def test_an_owners_how_to_may_be_edited_at_the_length_that_its_rules_allow(work):
    (row,) = table.load(work, page_id="11-01")
    table.save(work, [row | {"origin": "thread"}])
    post = Post(1, "Owner 1", "", "The oil drain plug takes 33 Nm.", "", ())
    write_json(work / "threads" / "11-01.json", fields(Thread("b", 1, "Engine", "Oil", "", (post,))))
    anna = client(work)
    page = anna.get("/", params={"token": TOKEN})
    while "Oil drain plug" not in page.text.split("<h1>")[1].split("</h1>")[0]:
        page = anna.get(re.search(r'id="after" href="([^"]+)"', page.text)[1].replace("&amp;", "&"))
    how_to = {"question": "How is the oil drained?", "answer": "Turn it out. " * 80}
    assert "characters" in decide(anna, page, "edit", **how_to | {"answer": "Turn it out. " * 100}).text
    assert decide(anna, page, "edit", **how_to).status_code == 303


def test_a_colleagues_edit_that_was_not_seen_is_neither_accepted_nor_overruled(anna, work):
    page = anna.get("/")
    bert = client(work, "Bert")
    theirs = bert.get("/", params={"token": TOKEN, "pair": key(page)})
    decide(bert, theirs, "edit", question="How tight is the flywheel bolt?", answer="501 Nm")
    for verdict in ("accept", "reject"):
        answer = decide(anna, page, verdict)
        assert (answer.status_code, answer.text[:16]) == (409, "Bert has decided")
    assert verdicts(work) == ["edit"]
    decide(anna, anna.get("/", params={"pair": key(page)}), "reject")
    assert [each.verdict for each in log.standing_in(work).values()] == ["reject"]


def test_undo_shows_the_pair_again_and_the_last_one_of_mine_is_taken_back(anna, work):
    first = anna.get("/")
    second = anna.get(decide(anna, first, "accept").headers["location"])
    decide(anna, second, "reject")
    bert = client(work, "Bert")
    decide(bert, bert.get("/", params={"token": TOKEN, "pair": key(second)}), "accept")
    back = take_back(anna, anna.get("/"), button=False)
    assert key(second) in back.headers["location"]
    shown = anna.get(back.headers["location"])
    assert "Accepted" in shown.text  # Bert's stands
    assert "Take back" not in shown.text  # and is not Anna's
    take_back(anna, anna.get("/", params={"pair": key(first)}))
    assert take_back(anna, anna.get("/"), button=False).status_code == 404
    assert anna.post("/undo", data={"token": TOKEN, "key": key(second)}).status_code == 404
    assert verdicts(work) == ["accept", "reject", "undo", "undo", "accept"]
    assert [each.verdict for each in log.standing_in(work).values()] == ["accept"]


def test_a_button_that_is_pressed_twice_decides_once(anna, work):
    page = anna.get("/")
    for _ in range(2):
        assert decide(anna, page, "accept", note="as on the page").status_code == 303
    assert verdicts(work) == ["accept"]
    decide(anna, page, "accept", note="as in the drawing")
    assert verdicts(work) == ["accept", "accept"]


@pytest.mark.parametrize("button", [True, False])
def test_a_second_click_takes_nothing_more_back(anna, work, button):
    page = anna.get("/")
    for verdict in ("accept", "reject"):
        decide(anna, page, verdict)
    page = anna.get("/", params={"pair": key(page)})
    assert [take_back(anna, page, button).status_code for _ in range(2)] == [303, 409]
    assert verdicts(work) == ["accept", "reject", "undo"]
    assert take_back(anna, anna.get("/", params={"pair": key(page)}), button).status_code == 303
    assert take_back(anna, page, button).status_code == 404
    assert log.standing_in(work) == {}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("section=Clutch", 2),
        ("show=dropped", 1),
        ("show=all", 4),
        ("show=the+question+means+nothing+without+the+page", 1),
        ("numbers=verified", 3),
        ("numbers=unconfirmed", 0),
        ("reader=not+asked", 3),
        ("reader=disputes", 0),
        ("decided=no", 2),
        ("decided=yes", 1),
        ("decided=accept", 1),
        ("section=Clutch&decided=reject", 0),
        ("section=nowhere", 0),
    ],
)
def test_filters(anna, query, count):
    decide(anna, anna.get("/"), "accept")
    page = anna.get(f"/?{query}")
    assert f"1 of {count}<" in page.text if count else "No pair passes these filters" in page.text


def test_pages_without_a_section_are_a_choice_of_their_own(work):
    (row,) = table.load(work, page_id="11-01")
    table.save(work, [row | {"section_name": ""}])
    anna = client(work)
    page = anna.get("/", params={"token": TOKEN, "section": "no section"})
    assert "1 of 1<" in page.text
    options = re.search(r'<select name="section">(.*?)</select>', page.text, re.DOTALL)[1]
    assert re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)<', options) == [
        ("", "", "all"), ("Clutch", "", "Clutch · 2"), ("no section", " selected", "no section · 1"),
    ]  # fmt: skip
    assert "1 of 3<" in anna.get("/").text


@pytest.mark.parametrize("query", ["decided=perhaps", "pair=21-01", "pair=../../x"])
def test_a_query_that_means_nothing_is_an_error(anna, query):
    assert anna.get(f"/?{query}").status_code in (404, 422)
    assert decide(anna, anna.get("/"), "accept", query="decided=perhaps").status_code == 422


def test_a_pair_that_has_changed_since_the_start_is_not_decided(anna, work):
    page = anna.get("/")
    (row,) = table.load(work, page_id="21-01")
    row["pairs"][0]["answer"] = "106 Nm"
    table.save(work, [row])
    assert decide(anna, page, "accept").status_code == 409
    assert verdicts(work) == []


def test_evidence_is_marked_in_the_pictures_own_pixels(anna):
    page = anna.get("/").text
    assert 'viewBox="0 0 900 500"' in page
    assert re.findall(r'class="mark" x="([\d.]+)" y="([\d.]+)"', page) == [("56", "77"), ("596", "77")]


def test_a_log_that_somebody_broke_is_told_where_the_reviewer_looks(anna, work):
    page = anna.get("/")
    decide(anna, page, "accept")
    with (work / "decisions/anna.jsonl").open("a") as file:
        file.write("{}\n")
    answer = anna.get("/")
    assert answer.status_code == 500
    assert re.fullmatch(r"not done: .*anna\.jsonl, line 2 is no decision; mend that line or remove it\n", answer.text)


def test_a_decision_that_cannot_be_written_is_not_shown_as_made(anna, work):
    page = anna.get("/")
    (work / "decisions").write_bytes(b"")  # a file where the folder should be
    answer = decide(anna, page, "accept")
    assert answer.status_code == 500
    assert answer.text.startswith("not done: ")
    (work / "decisions").unlink()
    assert "<strong>0</strong> of 3 decided" in anna.get("/").text


def test_a_decision_about_a_pair_that_is_gone_is_not_what_undo_takes_back(anna, work):
    page = anna.get("/")
    decide(anna, page, "accept")
    (found,) = log.read(work)
    log.append(work, replace(found[0], pair=replace(found[0].pair, page_id="gone")))
    assert key(page) in take_back(anna, anna.get("/"), button=False).headers["location"]
