"""What somebody types or names wrong is one line and exit code 2, whichever command it was.

Each command is called in this process, as its console script calls it; only Scrapy, which may run once in a process,
gets one of its own, in which its command lines are told apart by `execute`.
"""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from tests.forks import forking

VLM3, PUBLISH, REVIEW = "vlm3_dataset.__main__", "vlm3_dataset.commands.publish", "vlm3_dataset.commands.review"
TRAIN, EVALUATE = "finetune.__main__", "evaluation.__main__"
ASK, MERGE, PREPARE, SERVE = (f"finetune.tools.{name}" for name in ("ask", "merge", "prepare", "serve"))
RUN = ["run", "--baseline", "base", "--tuned", "base"]
TYPED = [
    (VLM3, "", "stage"),
    (VLM3, "al", "publish"),  # the list of stages names all of them
    (VLM3, "reveiw", "review"),
    (VLM3, "all --data-scr shelf", "--data-scr"),
    (VLM3, "all --data-src shlef", "no folder shlef/"),
    (VLM3, "all", "neither data_src/ nor an export in forum_archive/"),
    (VLM3, "prepare", "name a folder with --data-src"),
    (VLM3, "classify", "run the stage prepare first"),
    (VLM3, "generate --work wrok", "wrok/pages.parquet"),
    (VLM3, "emit", "run the stage prepare first"),
    (VLM3, "refilter", "run the stage prepare first"),
    (VLM3, "status", "no folder work/"),
    (VLM3, "status --work wrok", "no folder wrok/"),
    (VLM3, "all --json", "status alone"),
    (VLM3, "--work w review", "vlm3 review --help"),
    (VLM3, "all --labeler gpt", "gpt"),
    (VLM3, "all --labeler claude", "set ANTHROPIC_API_KEY"),
    (VLM3, "all --labeler imported", "--pairs FILE"),
    (VLM3, "all --pairs mine.jsonl", "--labeler imported"),
    (VLM3, "all --second-reader all", "no key for the second reader"),
    (VLM3, "all --second-reader-url host:8000 --second-model m", "http(s)://host"),
    (VLM3, "all --second-reader-url http://host:8000", "--second-model"),
    (VLM3, "all --dry-run --model claude-nobody", "--price IN,OUT"),
    (VLM3, "all --price 1", "--price"),
    (VLM3, "all --max-usd much", "--max-usd"),
    (VLM3, "all --limit 0", "1 or more"),
    (VLM3, "all --sample many", "--sample"),
    (VLM3, "all --val-share 0.9", "at most 0.5"),
    (VLM3, "all --val-share 0.1 --val x", "not allowed with"),
    (VLM3, "all --page-seconds 0", "more than 0"),
    (VLM3, "all --engine dask", "dask"),
    (VLM3, "all --send pigeon", "pigeon"),
    (PUBLISH, "", "ORG/NAME"),
    (PUBLISH, "shop/e30", "training_data/hub/ is not there"),
    (PUBLISH, "bad=name --dry-run --output made", "no name of a repository"),
    (PUBLISH, "shop/e30 --dry-run --output made --tag=a/b", "no name for a tag"),
    (PUBLISH, "shop/e30 --pubilc", "--pubilc"),
    (REVIEW, "--port 70000", "0 to 65535"),
    (REVIEW, "--work wrok", "no pair of wrok/"),
    (TRAIN, "--data nowhere", "nowhere holds neither"),
    (TRAIN, "--dta nowhere", "--dta"),
    (TRAIN, "--bits 8", "bits"),
    (TRAIN, "--questions 0", "questions"),
    (TRAIN, "--config nowhere.yaml", "nowhere.yaml"),
    (TRAIN, "--resume", "nothing to resume"),
    (TRAIN, "--name a/b", "name"),
    (TRAIN, "--mix forum=much", "weight"),
    (TRAIN, "--push nobody", "push"),
    (PREPARE, "--data nowhere", "nowhere holds neither"),
    (ASK, "--adapter nowhere --image made/page.png Which?", "nowhere"),
    (ASK, "--adapter nowhere --image nowhere.png Which?", "nowhere.png"),
    (ASK, "--image made/page.png Which?", "--adapter"),
    (MERGE, "--adapter nowhere --output merged", "nowhere/adapter_config.json: No such file"),
    (MERGE, "--adapter nowhere --output made", "already there"),
    (SERVE, "--adapter nowhere", "nowhere"),
    (SERVE, "--model nowhere --port none", "--port"),
    (EVALUATE, "", "COMMAND"),
    (EVALUATE, "runn", "runn"),
    (EVALUATE, "run --baseline b", "--tuned"),
    (EVALUATE, "agree --run nowhere", "nowhere has no results.jsonl"),
    (EVALUATE, "answer --model m --data nowhere", "nowhere has no vlm_val.jsonl"),
    (EVALUATE, "answer --model m --limit none", "no whole number"),
    (EVALUATE, "answer --model m --endpoint ftp://host --data made", "http(s)://host/v1"),
    (EVALUATE, "answer --model made --adapter nowhere --data made", "nowhere is no folder with an adapter"),
    (EVALUATE, " ".join([*RUN, "--judge claude"]), "set ANTHROPIC_API_KEY"),
]
CRAWLED = [
    ("crawl", "usage"),
    ("crawl e30m4", "e30m3"),
    ("crawl e30m3", "start_url is missing"),
    ("crawl e30m3 -a start_url=board.example", "start_url"),
    ("crawl e30m3 -a start_url=https://board.example/ -a onyl=posts", "onyl"),
    ("crawl e30m3 -a start_url=https://board.example/ -a forum_id=x", "forum_id"),
    ("crawl e30m3 -a start_url=https://board.example/ -s DOWNLOAD_DELAY=slow", "DOWNLOAD_DELAY"),
    ("crawl e30m3 -a config=nowhere.yaml", "nowhere.yaml"),
    ("crawl e30m3 -a start_url=https://board.example/ -a cookies=nowhere.txt", "nowhere.txt"),
    ("status nowhere", "no such board"),
    ("status", "no such board"),
    ("verify", "usage"),
    ("export nowhere", "no such board"),
    ("reparse ../x", "../x"),
    ("work boards", "FRONTIER_URL is not set"),
    ("read nowhere.html", "nowhere.html"),
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to type in, but for `made/`: one page, and a data set that says its version."""
    from PIL import Image

    made = tmp_path / "made"
    (made / "hub").mkdir(parents=True)
    (made / "release.json").write_text('{"version": "1.0.0"}')
    (made / "config.json").write_text("{}")
    Image.new("L", (64, 64), 255).save(made / "page.png")
    turns = [{"role": "user", "content": "Which?"}, {"role": "assistant", "content": "24 Nm"}]
    row = {"image": "page.png", "conversations": turns, "metadata": {"page_id": "21-01"}}
    (made / "vlm_val.jsonl").write_text(json.dumps(row) + "\n")
    monkeypatch.chdir(tmp_path)
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "FRONTIER_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("module", "typed", "said"), TYPED)
def test_one_line_and_exit_2(
    module: str, typed: str, said: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    words = typed.split()
    monkeypatch.setattr("sys.argv", ["command", *words])
    main: Callable[..., object] = import_module(module).main
    with pytest.raises(SystemExit) as ended:
        main(words) if module in {VLM3, PUBLISH, REVIEW, EVALUATE} else main()
    error = capfd.readouterr().err
    assert (ended.value.code, error.count("\n")) == (2, 1), error
    assert said in error


def test_the_crawler_too(place: Path, root: Path) -> None:
    """Scrapy starts once in each, forked from a process that has imported it."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), "SCRAPY_SETTINGS_MODULE": "e30crawl.settings"}
    with forking("tests.e30crawl.started") as forks:
        for typed, said in CRAWLED:
            with (place / "errors").open("w") as errors:
                words = ["e30crawl", *typed.split()]
                process = forks.start(
                    "tests.e30crawl.started:scrapy_main", words, cwd=place, env=environment, stderr=errors
                )
            with process:
                process.communicate()
            error = (place / "errors").read_text()
            assert (process.returncode, error.count("\n")) == (2, 1), f"{typed}: {error}"
            assert said in error
