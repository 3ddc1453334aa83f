"""The pages build, their links lead somewhere, the messages they explain exist, and the tutorial can be typed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from sample import tutorial
from vlm3_dataset.console import PACKAGES

pytestmark = pytest.mark.slow

LINK = re.compile(r"\]\(<?([^)>\s]+)>?\)")
CODE = re.compile(r"```.*?```|^    .*?$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """docs/, built as `make docs` does it: strictly, so a link or a heading that is not there ends it."""
    target = tmp_path_factory.mktemp("site")
    line = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(target)]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(line, cwd=root, env=quiet, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return target


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = [*site.glob("*.html")]
    assert len(pages) > 6
    for page in pages:
        loaded = re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(https?:[^\"]+)", page.read_text())
        assert not loaded, page.name


def _pages(root: Path) -> list[Path]:
    return [
        *root.glob("*.md"),
        *(root / "docs").glob("*.md"),
        *(root / name / "README.md" for name in (*PACKAGES, "sample")),
    ]


def test_links_between_files_lead_somewhere(root: Path) -> None:
    broken = [
        f"{page.relative_to(root)}: {link}"
        for page in _pages(root)
        for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8")))
        if not link.startswith(("http", "#", "mailto:"))
        and not (page.parent / unquote(link.partition("#")[0])).exists()
    ]
    assert not broken


def test_every_message_that_is_explained_is_one_that_a_program_says(root: Path) -> None:
    """Its words between the dots, which stand for names and numbers, are looked for in the sources."""
    sources = "\n".join(path.read_text(encoding="utf-8") for name in PACKAGES for path in (root / name).rglob("*.py"))
    sources = re.sub(r'"\s*\n\s*f?"', "", sources)
    page = (root / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    headings = [line for line in page.splitlines() if line.startswith("**")]
    assert len(headings) > 20
    unsaid = [
        piece
        for line in headings
        for message in re.findall(r"`([^`]+)`", line)
        for part in re.split(r"…|\d+ \.\w+|vlm_val\.jsonl", message)
        if len(piece := part.strip(" ,;:()")) > 12 and piece not in sources
    ]
    assert not unsaid


@pytest.mark.timeout(3600)  # two minutes on two idle cores, and twenty beside other work
def test_the_tutorial_can_be_typed_as_it_stands(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With a third of the sample's scans: what it takes is mostly the time of reading them."""
    tmp_path, scans = (tmp_path_factory.mktemp(name) for name in ("typed", "scans"))
    for name in ("21 - Clutch", "Gearbox G5, Rebuild Notes.pdf", "Sample-Roadster-techspec.html", "00 - Torque Specs"):
        given = tutorial.SHELF / name
        shutil.copytree(given, scans / name) if given.is_dir() else shutil.copy(given, scans)
    outputs = list(tutorial.typed(tmp_path, scans=scans))
    assert len(outputs) >= 7
    for left in ("forum_archive/forum/posts.jsonl", "training_data/hub/README.md", "runs/first/adapter"):
        assert (tmp_path / left).exists()
    assert (tmp_path / "eval_runs/first/report.html").stat().st_size > 10_000


def test_an_output_is_put_behind_its_command() -> None:
    page = "a\n\n```sh\nls\n```\n\n```text\nold\n```\n\n```sh\npwd\n```\n\nb\n```console\nmake\n```\n"
    done = tutorial.written(page, ["2026-11-29 08:00:00 [x] INFO: y\nnew\n", "here\n"])
    assert done == (
        "a\n\n```sh\nls\n```\n\n```text\nnew\n```\n\n```sh\npwd\n```\n\n```text\nhere\n```\n\nb\n```console\nmake\n```\n"
    )
