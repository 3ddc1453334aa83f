"""Publishing to a stand-in of the Hub: what arrives, what is refused, and that no break leaves half a release."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import datasets
import pytest

from tests.vlm3_dataset.hub import stand_in
from tests.vlm3_dataset.hub.client import Client, plain, talking
from tests.vlm3_dataset.hub.test_check import FIRST, SECOND, release
from tests.vlm3_dataset.hub.test_emit import contents


@pytest.fixture(scope="module")
def hub():
    with stand_in.serving() as hub:
        yield hub


@pytest.fixture(scope="module")
def client(hub, tmp_path_factory):
    with talking(hub.url, tmp_path_factory.mktemp("home")) as client:
        yield client


@dataclass
class Bench:
    """One repository of the stand-in, named after the test, and the datasets that go there."""

    hub: stand_in.Hub
    client: Client
    name: str
    folder: Path

    @property
    def repo(self):
        return self.hub.repos.get(self.name)

    def release(self, pages, name="first"):
        return release(self.folder, pages, name)

    def asked(self, folder, tag="v1.0.0", **told):
        return {"token": self.hub.token, "hub": str(folder), "repo": self.name, "tag": tag} | told

    def publish(self, folder, tag="v1.0.0", **told):
        return self.client.do("publish", **self.asked(folder, tag, **told))

    def start(self, folder, tag="v1.0.0"):
        return self.client.start("publish", **self.asked(folder, tag))

    def load(self, config, tag, token=None):
        told = {"repo": self.name, "config": config, "tag": tag, "cache": str(self.folder / "cache")}
        return self.client.do("load", token=token or self.hub.token, **told)

    def held(self, revision):
        return {name: data for name, data in self.repo.files(revision).items() if name != ".gitattributes"}


@pytest.fixture
def bench(hub, client, request, tmp_path):
    hub.reset()
    yield Bench(hub, client, f"shop/{re.sub('[^a-z0-9]+', '-', request.node.name)[-90:].strip('-')}", tmp_path)
    assert hub.unknown == []


def test_what_was_published_is_loaded_by_its_tag(bench):
    folder = bench.release(FIRST)
    done = bench.publish(folder)
    assert done == {"result": bench.repo.tags["v1.0.0"], "printed": ""}
    assert bench.held("v1.0.0") == contents(folder)
    assert bench.repo.private
    assert len(bench.repo.commits) == 2  # the Hub's own, and one
    qa, pages = bench.load("qa", "v1.0.0")["result"], bench.load("pages", "v1.0.0")["result"]
    assert [row["answer"] for row in qa["train"]] == ["24 Nm", "24 Nm", "34 Nm"]
    assert {split: [row["page_id"] for row in rows] for split, rows in pages.items()} == {
        "train": ["11-54", "21-03"],
        "validation": ["33-01"],
    }
    assert pages["train"][0]["image"] == [300, 200]
    for config, there in (("qa", qa), ("pages", pages)):  # the folder gives the same rows as the Hub
        here = datasets.load_dataset(str(folder), config, cache_dir=str(bench.folder / "here"))
        assert json.loads(json.dumps({split: [plain(row) for row in here[split]] for split in here})) == there
    streamed = bench.client.do("stream", token=bench.hub.token, repo=bench.name, tag="v1.0.0")["result"]
    assert streamed == pages["train"][0]


def test_a_private_repository_is_seen_by_nobody_else(bench):
    bench.publish(bench.release(FIRST))
    assert "DatasetNotFoundError" in bench.load("qa", "v1.0.0", token="hf_somebody_else")["crash"]


def test_the_second_version_leaves_the_first_as_it_was(bench):
    first = bench.release((*FIRST, ("52-01", "val")))
    bench.publish(first)
    before = len(bench.hub.puts)
    second = bench.release([page for page in SECOND if page[1] == "train"], "second")
    assert bench.publish(second, "v1.1.0")["result"] == bench.repo.branches["main"]
    assert len(bench.hub.puts) == before + 2  # the two training files
    assert bench.held("v1.1.0") == contents(second)  # the files of the validation split are gone
    assert bench.held("v1.0.0") == contents(first)
    assert len(bench.load("qa", "v1.0.0")["result"]["validation"]) == 2
    assert list(bench.load("qa", "v1.1.0")["result"]) == ["train"]


def test_a_tag_is_never_moved(bench):
    commit = bench.publish(bench.release(FIRST))["result"]
    told = bench.publish(bench.release(SECOND, "second"))
    assert told["error"] == f"v1.0.0 is on {bench.name} already and holds other files; choose the next tag"
    assert bench.repo.branches["main"] == bench.repo.tags["v1.0.0"] == commit
    bench.repo.branches["v2.0.0"] = commit
    assert "is a branch" in bench.publish(bench.release(FIRST), "v2.0.0")["error"]


def test_publishing_again_sends_nothing(bench):
    folder = bench.release(FIRST)
    commit, puts = bench.publish(folder)["result"], list(bench.hub.puts)
    assert bench.publish(folder)["result"] == commit
    assert bench.publish(folder, "v1.0.1")["result"] == commit
    assert bench.hub.puts == puts
    assert len(bench.repo.commits) == 2


def test_the_tag_is_put_on_these_files_though_somebody_changed_the_newest(bench):
    folder = bench.release(FIRST)
    bench.hub.faults["tag"] = [503]
    bench.publish(folder)
    changed = bench.repo.commits[bench.repo.branches["main"]] | {"README.md": stand_in.Blob(b"mine", lfs=False)}
    bench.repo.commit(changed)
    bench.publish(folder)
    assert bench.held("v1.0.0") == contents(folder)
    assert len(bench.hub.puts) == 4


@pytest.mark.parametrize(
    ("step", "fault", "said"),
    [
        ("create", 503, "out of order (503)"),
        ("create", "torn", "the line to the Hub broke"),
        ("batch", 400, "the Hub refuses the request (400)"),
        ("batch", "torn", "the line to the Hub broke"),
        ("put", 403, "the token may not do this"),
        ("commit", 503, "out of order (503)"),
        ("commit", 412, "somebody else changed the repository meanwhile; try again (412)"),
        ("commit", "torn", "the line to the Hub broke"),
        ("tag", 503, "out of order (503)"),
        ("tag", "torn", "the line to the Hub broke"),
    ],
)
def test_a_broken_upload_leaves_no_tag_and_the_next_completes_it(bench, step, fault, said):
    folder = bench.release(FIRST)
    bench.hub.faults[step] = [fault]
    broken = bench.publish(folder)
    assert broken["error"].startswith(f"{bench.name}: ")
    assert said in broken["error"]
    assert_nothing_leaks(bench.hub, broken)
    tags = bench.repo.tags if bench.name in bench.hub.repos else {}
    assert (step, fault) == ("tag", "torn") or not tags  # there only the answer was lost
    assert "result" in bench.publish(folder)
    assert bench.held("v1.0.0") == contents(folder)
    assert sorted(bench.hub.puts) == sorted(set(bench.hub.puts))
    assert len(bench.hub.puts) == 4
    assert len(bench.repo.commits) == 2


def test_a_line_that_breaks_for_a_moment_is_no_error(bench):
    bench.hub.faults["put"] = [503]
    told = bench.publish(bench.release(FIRST))
    assert told == {"result": bench.repo.tags["v1.0.0"], "printed": ""}  # the library would print the signed address


def test_two_who_publish_at_once_do_not_mix(bench):
    folder = bench.release(FIRST)
    theirs = {"README.md": stand_in.Blob(b"theirs", lfs=False)}
    for step, said in (("commit", "somebody else changed"), ("tag", "somebody else made it at the same moment")):
        bench.hub.reset()
        bench.hub.faults[step] = ["before"]
        publishing = bench.start(folder)
        assert bench.hub.reached.wait(60)
        other = bench.repo.commit(theirs)
        if step == "tag":
            bench.repo.tags["v1.0.0"] = other
        bench.hub.go.set()
        assert said in publishing.finish()["error"]
    assert bench.held("v1.0.0") == {"README.md": b"theirs"}
    assert "choose the next tag" in bench.publish(folder)["error"]


@pytest.mark.parametrize("at", ["before", "after"])
@pytest.mark.parametrize("step", ["create", "batch", "put", "commit", "tag"])
def test_killed_anywhere_it_leaves_no_half_release(bench, step, at):
    first, second = bench.release(FIRST), bench.release(SECOND, "second")
    if step != "create":
        bench.publish(first)
    bench.hub.faults[step] = [at]
    publishing = bench.start(second, "v1.1.0")
    assert bench.hub.reached.wait(60)
    publishing.process.kill()
    assert publishing.finish() is None
    bench.hub.go.set()
    assert bench.hub.settled.wait(60)
    assert_whole(bench, {"v1.0.0": contents(first), "v1.1.0": contents(second)})
    assert ("v1.1.0" in bench.repo.tags) == (step == "tag")
    assert "result" in bench.publish(second, "v1.1.0")
    assert bench.held("v1.1.0") == bench.held("main") == contents(second)
    assert len(bench.hub.puts) == len(set(bench.hub.puts))
    assert_whole(bench, {"v1.0.0": contents(first), "v1.1.0": contents(second)})


def assert_whole(bench, releases):
    """Under each tag, and on every commit that a reader can have, are the files of one release or none at all."""
    for tag in bench.repo.tags:
        assert bench.held(tag) == releases[tag]
    for oid in bench.repo.commits:
        assert bench.held(oid) in ({}, *releases.values())


def assert_nothing_leaks(hub, told):
    for text in (told["error"], told["printed"]):
        assert "\n" not in text
        assert not any(secret in text for secret in ("http", "127.0.0.1", "signature", hub.token, hub.reader))


def test_what_the_token_may_not_is_one_line(bench):
    folder = bench.release(FIRST)
    for token, said in (
        ("", "no token: set HF_TOKEN"),
        (bench.hub.reader, "the token may not do this"),
        ("hf_wrong", "the Hub does not know the token"),
    ):
        told = bench.publish(folder, token=token)
        assert said in told["error"]
        assert_nothing_leaks(bench.hub, told)
        assert bench.name not in bench.hub.repos


def test_names_that_cannot_be_are_one_line(bench):
    told = {"token": bench.hub.token, "hub": str(bench.release(FIRST)), "repo": "shop/names", "tag": "v1.0.0"}
    assert "may not do this" in bench.client.do("publish", **(told | {"repo": "other/names"}))["error"]
    assert "is no name of a repository" in bench.client.do("publish", **(told | {"repo": "a/b/c"}))["error"]
    assert "is no name for a tag" in bench.client.do("publish", **(told | {"tag": "v1 final"}))["error"]
    assert "shop/names" not in bench.hub.repos


def test_a_public_repository_gets_nothing_that_was_to_be_private(bench):
    bench.hub.repos[bench.name] = stand_in.Repo(private=False)
    bench.repo.commit({})
    told = bench.publish(bench.release(FIRST))
    assert told["error"].startswith(f"{bench.name} is public, not private")
    assert bench.hub.puts == []
    assert "result" in bench.publish(bench.release(FIRST), private=False)


def test_a_hub_that_is_not_there_is_one_line(bench):
    folder = bench.release(FIRST)
    with talking("http://127.0.0.1:9", bench.folder) as nowhere:
        told = nowhere.do("publish", **bench.asked(folder))
    assert told["error"].endswith("or the Hub cannot be reached (ConnectError); try again")
    assert_nothing_leaks(bench.hub, told)


def test_a_folder_that_changes_on_its_way_gets_no_tag(bench):
    folder = bench.release(FIRST)
    bench.hub.faults["create"] = ["after"]
    publishing = bench.start(folder)
    assert bench.hub.reached.wait(60)
    bench.release(SECOND)
    bench.hub.go.set()
    assert "changed while it was sent, and no tag was made" in publishing.finish()["error"]
    assert bench.repo.tags == {}
    bench.publish(folder)
    assert bench.held("v1.0.0") == contents(folder)
