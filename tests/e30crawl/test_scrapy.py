"""e30crawl as people who know Scrapy use it: feeds, pipelines, middlewares, its commands, and its console script."""

import csv
import json
import re

import pytest

from e30crawl.archive.export import export
from sample.board import Board
from tests.e30crawl.conftest import FAST, GENERATIONS
from tests.e30crawl.test_crawl import FILES, rows, state

pytestmark = pytest.mark.slow

USERS = "tests.e30crawl.users"
BOARD = Board.load()
POSTS = {post.id for thread in BOARD.threads.values() for post in thread.posts}


@pytest.fixture
def crawl(run, site, tmp_path):
    def crawl(*words, board="vb4", spider="e30m3", **environment):
        fast = ["-s", f"GUARD_ALLOW={site.host}", "-s", FAST, "-s", "FRONTIER_RETRY_DELAY=0.0001"]
        start = ["-a", f"start_url={site.url(f'/{board}/')}", "-a", f"board={board}", "-a", f"archive={tmp_path}"]
        return run("crawl", spider, *start, *fast, *words, **environment)

    return crawl


def feed(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("board", GENERATIONS)
def test_a_feed_has_every_item_and_every_post_once(crawl, archive, tmp_path, board):
    assert crawl("-O", tmp_path / "all.jsonl", board=board)[0] == 0
    items = feed(tmp_path / "all.jsonl")
    posts = [item["post_id"] for item in items if "post_id" in item]
    assert len(posts) == len(POSTS)
    assert set(posts) == POSTS
    assert {item["forum_id"] for item in items if "parent_id" in item} == BOARD.forums.keys()
    assert {item["thread_id"] for item in items if "views" in item} == BOARD.threads.keys()
    came = [item["result"]["sha256"] for item in items if "result" in item]
    assert set(came) == {row[7] for row in state(tmp_path / board) if row[7]}
    assert not any("body" in item for item in items)


def test_a_row_of_a_feed_has_the_fields_of_the_export(crawl, tmp_path):
    classes = {"posts": "PostItem", "threads": "ThreadItem", "forums": "ForumItem"}
    feeds = {
        str(tmp_path / f"feed-{name}.jsonl"): {"format": "jsonlines", "item_classes": [f"e30crawl.items.{kind}"]}
        for name, kind in classes.items()
    }
    assert crawl("-s", f"FEEDS={json.dumps(feeds)}")[0] == 0
    for name in classes:
        [keys] = {tuple(row) for row in feed(tmp_path / f"feed-{name}.jsonl")}
        assert keys == tuple(json.loads((tmp_path / "vb4" / f"{name}.jsonl").read_text().splitlines()[0]))
    posts = {row["post_id"]: row["text"] for row in feed(tmp_path / "feed-posts.jsonl")}
    assert posts == {row["post_id"]: row["text"] for row in rows(tmp_path / "vb4", "posts")}


def test_a_feed_that_is_lost_in_the_end_is_told(crawl, tmp_path):
    storages = json.dumps({"": f"{USERS}.FullDisk"})
    code, _, said = crawl("-s", f"FEED_STORAGES={storages}", "-O", tmp_path / "posts.jsonl")
    assert (code, said.splitlines()[-1]) == (1, "vb4: a feed could not be stored, as the log says")


def test_a_csv_feed_has_a_line_for_every_item_and_with_its_fields_named_every_text(crawl, tmp_path):
    named = {"format": "csv", "item_classes": ["e30crawl.items.PostItem"], "fields": ["post_id", "text"]}
    feeds = json.dumps({str(tmp_path / "posts.csv"): named, str(tmp_path / "all.csv"): {"format": "csv"}})
    code, _, said = crawl("-s", f"FEEDS={feeds}")
    assert (code, "Traceback" in said) == (0, False), said
    scraped = int(re.search(r"'item_scraped_count': (\d+)", said)[1])
    posts, everything = (list(csv.DictReader((tmp_path / name).open())) for name in ("posts.csv", "all.csv"))
    assert {int(row["post_id"]) for row in posts if row["text"]} == POSTS
    assert len(everything) == scraped


@pytest.mark.parametrize("pipeline", ["FailsNowAndThen", "LosesPages"])
def test_a_page_that_a_pipeline_refuses_is_tried_again(crawl, archive, tmp_path, pipeline):
    pipelines = json.dumps({f"{USERS}.{pipeline}": 300})
    code, _, said = crawl("-s", f"ITEM_PIPELINES={pipelines}", "-O", tmp_path / "posts.jsonl")
    assert code == 0, said
    whys = {"FailsNowAndThen": ("ValueError in a pipeline: a bug of mine", "dropped by a pipeline: not today")}
    for why in whys.get(pipeline, ("a pipeline gave back something else than the page",)):
        assert f"to be tried again: {why}" in said
    for name in FILES:
        assert rows(tmp_path / "vb4", name) == rows(archive / "vb4", name)
    posts = [item["post_id"] for item in feed(tmp_path / "posts.jsonl") if item and "post_id" in item]
    assert len(posts) == len(set(posts)) == len(POSTS)  # rows go out after their page is committed


def test_a_post_that_a_pipeline_drops_or_changes_is_so_in_feeds_alone(crawl, archive, tmp_path):
    pipelines = json.dumps({f"{USERS}.OnlyLongPosts": 300, f"{USERS}.Shouts": 400})
    assert crawl("-s", f"ITEM_PIPELINES={pipelines}", "-O", tmp_path / "posts.jsonl")[0] == 0
    texts = [item["text"] for item in feed(tmp_path / "posts.jsonl") if "text" in item]
    long = [row["text"] for row in rows(archive / "vb4", "posts") if len(row["text"]) >= 100]
    assert sorted(texts) == sorted(text.upper() for text in long)
    assert rows(tmp_path / "vb4", "posts") == rows(archive / "vb4", "posts")


@pytest.mark.parametrize(
    "setting",
    [
        {"EXTENSIONS": {f"{USERS}.CountsPosts": 500}},
        {"EXTENSIONS": {f"{USERS}.CountsLate": 500}},
        {"SPIDER_MIDDLEWARES": {f"{USERS}.LooksAtOutput": 500}},
        {"ITEM_PROCESSOR": f"{USERS}.CountingManager"},
        {"LOG_FORMATTER": f"{USERS}.LoudRows"},
    ],
)
def test_whoever_looks_at_rows_sees_every_post(crawl, tmp_path, setting):
    [(name, components)] = setting.items()
    given = components if isinstance(components, str) else json.dumps(components)
    assert crawl("-s", f"{name}={given}", MARKS=str(tmp_path / "seen"))[0] == 0
    assert (tmp_path / "seen").read_text() == str(len(POSTS))


@pytest.mark.parametrize("name", ["own_handler", "own_parse"])
def test_a_spider_made_of_ours_sees_every_post_and_keeps_our_settings(crawl, tmp_path, name):
    modules = f"SPIDER_MODULES=e30crawl.spiders,{USERS}"
    code, _, said = crawl("-s", modules, spider=name, MARKS=str(tmp_path / "seen"))
    assert (code, "Traceback" in said) == (0, False), said
    assert (tmp_path / "seen").read_text() == str(len(POSTS))
    for theirs in ("RetryMiddleware", "MetaRefreshMiddleware", "HttpErrorMiddleware"):
        assert theirs not in said


def test_where_nothing_looks_at_rows_none_are_made(crawl, archive, tmp_path):
    code, _, said = crawl()
    responses = sum(1 for row in state(tmp_path / "vb4") if row[7])
    assert (code, f"'item_scraped_count': {responses}," in said) == (0, True), said
    assert rows(tmp_path / "vb4", "posts") == rows(archive / "vb4", "posts")


def test_a_users_middleware_stands_beside_the_guard(crawl, tmp_path):
    middlewares = json.dumps({f"{USERS}.Marks": 543})
    code, _, said = crawl("-s", f"DOWNLOADER_MIDDLEWARES={middlewares}", MARKS=str(tmp_path / "marks"))
    assert code == 0
    assert all(f"e30crawl.middlewares.{name}" in said for name in ("PublicOnly", "StrictRobots", "SlotPerHost"))
    assert (tmp_path / "marks").read_text().count("\n") >= 30


@pytest.mark.parametrize(
    "setting",
    [
        'DOWNLOADER_MIDDLEWARES={"e30crawl.middlewares.PublicOnly": null}',
        'DOWNLOADER_MIDDLEWARES={"e30crawl.middlewares.StrictRobots": null}',
        "ADDONS={}",
        "TWISTED_DNS_RESOLVER=scrapy.resolver.CachingThreadedResolver",
    ],
)
def test_without_its_guard_a_crawl_refuses_to_start(crawl, tmp_path, setting):
    # Without the add-on it is Scrapy's own watch over memory that runs, and that reads the peak of the tests' process.
    code, _, said = crawl("-s", setting, "-s", "MEMUSAGE_ENABLED=0")
    assert code == 2
    assert "which guards every request; nothing was asked" in said.splitlines()[-1]
    assert not (tmp_path / "vb4" / "posts.jsonl").exists()


@pytest.mark.parametrize(("name", "value"), [("JOBDIR", "job"), ("HTTPCACHE_ENABLED", "1")])
def test_what_the_archive_does_by_itself_is_left_aside_and_told(crawl, archive, tmp_path, name, value):
    value = tmp_path / value if name == "JOBDIR" else value
    code, _, said = crawl("-s", f"{name}={value}")
    assert (code, said.count(f"{name} is left aside")) == (0, 1)
    assert not (tmp_path / "job").exists()
    assert rows(tmp_path / "vb4", "posts") == rows(archive / "vb4", "posts")


def test_another_spider_of_the_project_runs_as_in_any_project(run, site, tmp_path):
    words = ["-s", f"SPIDER_MODULES=e30crawl.spiders,{USERS}", "-s", f"GUARD_ALLOW={site.host}"]
    given = ["-a", f"url={site.url('/vb4/')}", "-O", tmp_path / "titles.jsonl", "-s", FAST]
    code, _, said = run("crawl", "other", *words, *given)
    assert (code, "Traceback" in said) == (0, False), said
    assert feed(tmp_path / "titles.jsonl") == [{"title": BOARD.title}]
    code, _, said = run("crawl", "third", *words)
    assert (code, said.splitlines()[-1]) == (
        2,
        "no spider 'third' in this project; there are e30m3, other, own_handler, own_parse",
    )


def test_the_guard_holds_for_another_spider_too(run, site, tmp_path):
    words = ["-s", f"SPIDER_MODULES=e30crawl.spiders,{USERS}", "-a", f"url={site.url('/vb4/')}"]
    _, _, said = run("crawl", "other", *words, "-O", tmp_path / "titles.jsonl")
    assert "exception_type_count/e30crawl.middlewares.Refused': 1" in said
    assert feed(tmp_path / "titles.jsonl") == []


def test_scrapys_own_commands(run, site, root, tmp_path):
    allow = ["-s", f"GUARD_ALLOW={site.host}", "-s", FAST]
    url = site.url(f"/vb4/showthread.php?106-{BOARD.threads[106].slug}")
    assert run("list")[:2] == (0, "e30m3\n")
    assert run("check")[0] == 0
    code, page, _ = run("fetch", "--nolog", *allow, url)
    assert code == 0
    assert "post_message_" in page
    code, printed, said = run("shell", "--nolog", *allow, url, "-c", "print(len(response.css('li.postcontainer')))")
    assert (code, "Traceback" in said) == (0, False)
    assert int(printed.split()[0]) > 1
    parse = ["parse", "--spider", "e30m3", "-a", f"start_url={url}", "-a", f"archive={tmp_path}", "-c", "parse"]
    code, printed, said = run(*parse, *allow, "--nocolour", url)
    assert (code, "Traceback" in said) == (0, False), said
    assert printed.count("'post_id'") >= 5
    assert not any(tmp_path.iterdir())  # it only looks


def test_runspider_takes_the_same_turn_as_a_crawl(run, site, root, archive, tmp_path):
    fast = ["-s", f"GUARD_ALLOW={site.host}", "-s", FAST]
    given = ["-a", f"start_url={site.url('/vb4/')}", "-a", "board=vb4", "-a", f"archive={tmp_path}"]
    code, _, said = run("runspider", root / "e30crawl" / "spiders" / "e30m3.py", *given, *fast)
    assert (code, "Traceback" in said) == (0, False), said
    export(tmp_path / "vb4")
    assert rows(tmp_path / "vb4", "posts") == rows(archive / "vb4", "posts")
    assert (tmp_path / "vb4" / "lock").exists()


def test_the_console_script_from_any_folder(run, site, archive, tmp_path):
    from importlib.metadata import entry_points

    [script] = [each for each in entry_points(group="console_scripts") if each.name == "e30crawl"]
    assert script.value == "e30crawl.__main__:main"
    elsewhere = {"program": "e30crawl", "cwd": tmp_path}
    code, printed, _ = run("status", "--archive", archive, **elsewhere)
    assert (code, printed.count("11 threads, 45 posts")) == (0, len(GENERATIONS))
    fast = ["-s", f"GUARD_ALLOW={site.host}", "-s", FAST]
    assert run("crawl", "e30m3", "-a", f"start_url={site.url('/vb3/')}", *fast, **elsewhere)[0] == 0
    assert (tmp_path / "forum_archive" / "127.0.0.1" / "posts.jsonl").exists()
