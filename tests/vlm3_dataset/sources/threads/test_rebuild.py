"""An archived board's threads as rows: every post once, in its place, whatever the order of the export."""

import json

import pytest

from vlm3_dataset import Vlm3
from vlm3_dataset.sources.archive import BrokenExport, NoSources


def post(post_id, thread, number, **fields):
    row = {"board": "e30", "thread_id": thread, "post_id": post_id, "number": number, "text": f"post {post_id}"}
    return row | {"images": [], "attachments": [], "quotes": [], "url": f"http://b/{post_id}"} | fields


def export(archive, posts, titles, board="e30"):
    folder = archive / board
    folder.mkdir(parents=True, exist_ok=True)
    threads = [{"thread_id": thread, "title": title, "closed": False, "replies": 1} for thread, title in titles.items()]
    for name, rows in (("threads", threads), ("posts", posts)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return archive


def built(archive, **options):
    builder = Vlm3(config_name="threads", archive=archive, cache_dir=str(archive.parent / "cache"))
    builder.download_and_prepare(**options)
    return builder.as_dataset("train")


def shape(rows):
    return {(row["board"], row["thread_id"]): [each["text"] for each in row["posts"]] for row in rows}


def test_a_thread_has_its_posts_in_order_wherever_they_stand_in_the_export(tmp_path):
    posts = [post(5, 9, 2), post(1, 7, 1), post(4, 9, 1), post(3, 7, 3), post(2, 7, 2)]
    rows = built(export(tmp_path / "a", posts, {7: "Idle", 9: "Clutch"}))
    assert shape(rows) == {("e30", 7): ["post 1", "post 2", "post 3"], ("e30", 9): ["post 4", "post 5"]}
    assert rows["title"] == ["Idle", "Clutch"]


def test_a_poll_stands_first_and_a_remark_behind_its_post(tmp_path):
    poll = post(None, 7, None, kind="poll", text="Which oil?")
    posts = [
        poll,
        post(1, 7, 1),
        post(11, 7, None, kind="comment", text="true"),
        post(2, 7, 2),
        post(9, 7, 1, text="gone"),
    ]
    rows = built(export(tmp_path / "a", posts, {7: "Oil"}))
    assert shape(rows)["e30", 7] == ["Which oil?", "post 1", "true", "gone", "post 2"]


def test_a_thread_that_no_list_has_named_and_one_without_posts(tmp_path):
    rows = built(export(tmp_path / "a", [post(1, 7, 1)], {8: "Listed only"}))
    assert rows.to_list() == [rows[0]]
    assert (rows[0]["thread_id"], rows[0]["title"], rows[0]["replies"]) == (7, None, None)


def test_what_a_post_shows_comes_along(tmp_path):
    file = {"url": "http://b/p.jpg", "name": "p.jpg", "sha256": "ab", "file": "media/ab/ab.jpg", "outcome": "stored"}
    full = post(
        1, 7, 1, images=[file], attachments=[file | {"sha256": None}], quotes=[{"post_id": None, "author": "Ann"}],
        embeds=["http://v/1"], links=[{"url": "http://l/", "name": "l"}], date="2009-01-02T00:00:00+00:00", author_id=4,
    )  # fmt: skip
    (row,) = built(export(tmp_path / "a", [full], {7: "Pump"}))
    (seen,) = row["posts"]
    assert {name: seen[name] for name in full if name in seen} == {name: full[name] for name in full if name in seen}
    assert (seen["reactions"], seen["date_reason"]) == (None, None)  # of an earlier version of the export


def test_boards_count_their_threads_apart(tmp_path):
    archive = export(tmp_path / "a", [post(1, 7, 1)], {7: "Ours"})
    rows = built(export(archive, [post(1, 7, 1, text="theirs")], {7: "Theirs"}, board="other"))
    assert shape(rows) == {("e30", 7): ["post 1"], ("other", 7): ["theirs"]}


def test_an_archive_that_has_grown_gives_its_new_rows(tmp_path):
    assert len(built(export(tmp_path / "a", [post(1, 7, 1)], {7: "Idle"}))) == 1
    assert len(built(export(tmp_path / "a", [post(1, 7, 1), post(2, 8, 1)], {7: "Idle"}))) == 2


def test_two_processes_give_the_same_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("vlm3_dataset.vlm3_dataset.A_SHARD", 2)
    posts = [post(n, n % 7 + 1, n // 7 + 1) for n in range(70)]
    alone = built(export(tmp_path / "a", posts, {}))
    assert built(export(tmp_path / "b" / "a", posts, {}), num_proc=2).to_list() == alone.to_list()


@pytest.mark.parametrize("name", ["posts", "threads"])
def test_an_export_that_is_cut_is_told(tmp_path, name):
    archive = export(tmp_path / "a", [post(1, 7, 1)], {7: "Idle"})
    path = archive / "e30" / f"{name}.jsonl"
    path.write_text(path.read_text()[:-9])
    with pytest.raises(BrokenExport, match=rf"{name}\.jsonl is missing or cut; run e30crawl export e30 again"):
        next(Vlm3(config_name="threads", archive=archive).rows()["train"])


def test_an_archive_that_is_not_there_is_told(tmp_path):
    with pytest.raises(NoSources, match="holds no board with a posts"):
        Vlm3(config_name="threads", archive=tmp_path / "nowhere")
