"""The command, from a finished dataset to a tag, and from the tag to the next version."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.vlm3_dataset.hub import stand_in
from tests.vlm3_dataset.hub.test_emit import entry, picture
from tests.vlm3_dataset.shelves import fill
from vlm3_dataset import table
from vlm3_dataset.commands import publish as command
from vlm3_dataset.files import fields
from vlm3_dataset.hub import emit
from vlm3_dataset.hub.check import check


def dataset(folder, *pages):
    made = [entry(*page) for page in pages]
    fill(folder / "made", {one.page.image: picture(one.page.page_id) for one in made})
    emit.emit(made, folder / "made", folder / "training_data")


def published(folder, server, *words):
    env = {name: told for name, told in os.environ.items() if not name.startswith("HF_")}
    env |= {"HF_ENDPOINT": server.url, "HF_HOME": str(folder / "home"), "HF_TOKEN": server.token}
    env |= {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "PYTHONPATH": str(Path.cwd())}
    line = [sys.executable, "-m", "vlm3_dataset", "publish", "shop/e30", *words]
    return subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_from_version_to_version(tmp_path, root, monkeypatch):
    monkeypatch.chdir(root)
    with stand_in.serving() as server:
        dataset(tmp_path, ("21-03", "train"), ("33-01", "val"))
        first = published(tmp_path, server)
        assert first.stdout.startswith("publish: shop/e30 v1.0.0 is commit "), first.stderr
        dataset(tmp_path, ("21-03", "train"), ("33-01", "val"), ("11-54", "train", ("7 Nm", "8 Nm")))
        assert json.loads((tmp_path / "training_data" / "release.json").read_text())["version"] == "1.1.0"
        second = published(tmp_path, server)
        assert second.stdout.startswith("publish: shop/e30 v1.1.0 is commit "), second.stderr
        assert set(server.repos["shop/e30"].tags) == {"v1.0.0", "v1.1.0"}
        changelog = server.repos["shop/e30"].files("v1.1.0")["CHANGELOG.md"].decode()
    assert "## 1.1.0\n\n- 2 pairs added on 1 pages: 11-54 (2)\n\n## 1.0.0\n" in changelog


def test_a_dry_run_looks_and_sends_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    dataset(tmp_path, ("21-03", "train"), ("33-01", "val"))
    command.main(["shop/e30", "--dry-run"])
    said = capsys.readouterr().out
    assert said.startswith("publish: version 1.0.0, 8 files, ")
    assert "nothing was sent" in said


def test_a_dataset_that_emit_makes_anew_meanwhile_is_not_published_under_the_tag_of_the_one_before(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    dataset(tmp_path, ("21-03", "train"), ("33-01", "val"))

    def check_after_an_emit(hub):
        dataset(tmp_path, ("21-03", "train"), ("33-01", "val"), ("11-54", "train"))
        return check(hub)

    monkeypatch.setattr("vlm3_dataset.hub.check.check", check_after_an_emit)
    with pytest.raises(SystemExit):
        command.main(["shop/e30"])
    assert "emit has made training_data/hub/ anew meanwhile; publish again" in capsys.readouterr().err
    assert not (tmp_path / "training_data" / "released.json").exists()


def test_unfinished_stages_stop_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    dataset(tmp_path, ("21-03", "train"))
    page = fields(entry("21-03", "train").page)
    table.save(tmp_path / "work", table.dataset([page | {"content_type": "table", "ask": True}]))
    with pytest.raises(SystemExit):
        command.main(["shop/e30", "--dry-run"])
    assert "1 of 1 pages have not been through generate; run `quick`, then publish" in capsys.readouterr().err
