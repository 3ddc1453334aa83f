"""The command: its stages in order, its errors in one line, its help at once."""

import csv
import io
import json
import subprocess
import sys
from contextlib import nullcontext

import pymupdf
import pytest

from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.test_claude import REPLY
from tests.vlm3_dataset.shelves import TABLE, board, fill, scan, text_pdf
from vlm3_dataset import __main__ as command
from vlm3_dataset import build
from vlm3_dataset.claude.prices import PRICES, flat
from vlm3_dataset.errors import UserError
from vlm3_dataset.files import alone
from vlm3_dataset.status import unfinished

pytestmark = pytest.mark.slow

ROWS = [
    (f"{name} bolt", f"{n + 10} Nm") for n, name in enumerate(["Flywheel", "Clutch", "Brake", "Hub", "Caliper", "Sump"])
]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("API_KEY", "AUTH_TOKEN", "BASE_URL"):
        monkeypatch.delenv(f"ANTHROPIC_{name}", raising=False)
    return tmp_path


def documents(count=12):
    return {f"book {n}.pdf": text_pdf([[(f"{label} {n}", value) for label, value in ROWS]]) for n in range(count)}


def test_all_ends_with_a_dataset_that_shares_no_page(place, capsys):
    fill(place / "data_src", documents() | {"21 - Clutch/21-01.jpg": scan(TABLE), "broken.jpg": scan()[:999]})
    command.main(["all"])
    said = capsys.readouterr().out
    stages, _, ending = said.partition("\n\n")
    assert [line.split(":")[0] for line in stages.splitlines()] == list(command.STAGES)
    assert "training_data/report.html" in ending
    assert "vlm3 review " in ending.partition("Next")[2]
    assert "1 left out (1 broken picture)" in said
    sides = {}
    for side in ("train", "val"):
        lines = (place / f"training_data/vlm_{side}.jsonl").read_text().splitlines()
        sides[side] = {json.loads(line)["metadata"]["page_id"] for line in lines}
    assert len(sides["train"] | sides["val"]) == 13
    assert not sides["train"] & sides["val"]
    with (place / "work/inventory_prepared.csv").open() as file:
        assert [row["page_id"] for row in csv.DictReader(file) if row["reason"]] == ["broken"]


def test_status_counts_what_is_done_and_to_do(place, capsys):
    fill(place / "data_src", documents(2))
    command.main(["inventory"])
    command.main(["prepare"])
    command.main(["status"])
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines() if line}
    assert rows["prepare"] == ["2", "pages", "0", "files", "0"]
    assert rows["classify"] == ["0", "pages", "2", "0"]
    assert rows["emit"] == ["0", "+", "0", "rows"]
    assert rows["Next:"] == ["vlm3", "quick"]
    command.main(["status", "--json"])
    figures = json.loads(capsys.readouterr().out)["stages"]
    assert figures["prepare"] == {"done": 2, "to_do": 0, "left_out": 0}
    assert figures["classify"] == {"done": 0, "to_do": 2, "left_out": 0}
    assert figures["emit"] == {"train": 0, "val": 0}


def test_a_shelf_of_covers_is_classified(place, capsys):
    fill(place / "data_src", {"00-00-cover.jpg": scan(TABLE)})
    command.main(["inventory"])
    command.main(["prepare"])
    assert unfinished(place / "work") == "1 of 1 pages have not been through classify"
    command.main(["classify"])
    assert "classify: 0 of 1 pages to ask about (1 cover)" in capsys.readouterr().out
    assert unfinished(place / "work") == ""


def test_regen_and_refilter_start_where_they_say(place, capsys):
    fill(place / "data_src", documents(3))
    command.main(["all"])
    for name, first in (("quick", "classify"), ("regen-qa", "generate"), ("refilter", "filter")):
        capsys.readouterr()
        command.main([name])
        assert capsys.readouterr().out.startswith(f"{first}: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["al"], "invalid choice: 'al'"),
        (["all", "--lableer", "claude"], "unrecognized arguments"),
        (["all", "--labeler", "gpt"], "invalid choice: 'gpt'"),
        (["all", "--max-usd", "much"], "invalid dollars value"),
        (["all", "--max-usd", "-1"], "must be a number of dollars"),
        (["all", "--max-usd", "nan"], "must be a number of dollars"),
        ([], "required: stage"),
    ],
)
def test_a_typing_error_is_one_line(arguments, said, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["all"], "neither data_src/ nor an export in forum_archive/"),
        (["prepare"], "neither data_src/ nor an export in forum_archive/"),
        (["classify"], "run the stage prepare first"),
        (["emit"], "run the stage prepare first"),
        (["status"], "there is no folder work/; mend --work"),
    ],
)
def test_a_missing_input_is_one_line(place, arguments, said, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_shelf_that_was_named_must_be_there_whatever_else_is(place, capsys):
    archive(place)
    command.main(["inventory"])  # the one that nobody named need not
    with pytest.raises(SystemExit) as ended:
        command.main(["all", "--data-src", "data_scr"])
    error = capsys.readouterr().err
    assert (ended.value.code, error.count("\n")) == (2, 1)
    assert "there is no folder data_scr/; mend --data-src" in error


def test_an_archive_that_was_named_must_be_there_too(place, capsys):
    fill(place / "data_src", documents(1))
    command.main(["inventory"])  # the one that nobody named need not
    with pytest.raises(SystemExit) as ended:
        command.main(["all", "--archive", "forum_archiv"])
    error = capsys.readouterr().err.splitlines()[-1]
    assert ended.value.code == 2
    assert error == "vlm3: there is no folder forum_archiv/; mend --archive (ARCHIVE of make), or leave it out"


def test_a_board_that_was_not_exported_is_not_left_out_in_silence(place, capsys):
    (place / "forum_archive/stopped/raw").mkdir(parents=True)
    with pytest.raises(SystemExit):
        command.main(["inventory"])
    left = "left out for want of a posts.jsonl: forum_archive/stopped; run e30crawl export stopped\n"
    assert capsys.readouterr().err.endswith(left)
    archive(place)
    command.main(["inventory"])
    assert f"\ninventory: {left}" in capsys.readouterr().out


def test_a_glob_that_fits_no_page_is_one_line(place, capsys):
    fill(place / "data_src", documents(2))
    with pytest.raises(SystemExit) as ended:
        command.main(["all", "--only", "zzz/*"])
    assert ended.value.code == 2
    assert "--only 'zzz/*' fits none of 2 pages" in capsys.readouterr().err


def test_a_data_set_that_would_lose_a_fifth_stays_unless_somebody_agrees(place, capsys, monkeypatch):
    fill(place / "data_src", documents(5))
    command.main(["all"])
    for number in (0, 1):
        (place / f"data_src/book {number}.pdf").unlink()
    before = files_of(place / "training_data")
    with pytest.raises(SystemExit) as ended:
        command.main(["all"])
    assert ended.value.code == 2
    lost = "emit: 12 of the 30 pairs that lie in training_data/ would be lost, and 18 be there"
    assert f"{lost}; nothing was written; say --shrink" in capsys.readouterr().err
    assert files_of(place / "training_data") == before
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    command.main(["emit"])
    assert f"{lost}. Go on?" in capsys.readouterr().out
    rows = [(place / f"training_data/vlm_{side}.jsonl").read_text().count("\n") for side in ("train", "val")]
    assert sum(rows) == 18


def archive(place):
    post = {"post_id": 7, "thread_id": 3, "text": "Sticker", "author": "A", "url": "u", "images": [0]}
    board(place / "forum_archive", "s14", [post], [scan()], {3: "Clutch"})


def test_a_model_without_a_price_is_one_line(place, monkeypatch, capsys):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none of ours")
    fill(place / "data_src", documents(1))
    with pytest.raises(SystemExit):
        command.main(["all", "--model", "claude-unheard-of"])
    assert "no price is known for claude-unheard-of" in capsys.readouterr().err


def test_claude_without_a_key_is_one_line(place, capsys):
    with pytest.raises(SystemExit):
        command.main(["all", "--labeler", "claude"])
    assert "set ANTHROPIC_API_KEY" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((["--yes"], None), ("", 2)),
        (([], "y\n"), ("", 2)),
        (([], "\n"), ("generate: nothing was sent", 0)),
        (([], ""), ("generate: nothing was sent", 0)),  # Ctrl-D
        (([], None), ("generate: nothing was sent, as nobody can be asked here; add --yes to agree to the price", 0)),
        ((["--yes", "--max-usd", "0"], None), ("generate: 2 of 2 pages have no answer yet", 0)),
        ((["--yes", "--send", "batch"], None), ("", 2)),
    ],
)
def test_the_bill_is_told_and_agreed_to_before_anything_is_sent(place, monkeypatch, capsys, given, expected):
    (words, typed), (error, answers) = given, expected
    fill(place / "data_src", documents(2))
    for stage in ("inventory", "prepare", "classify"):
        command.main([stage])
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO() if typed is None else Terminal(typed))
    with stand_in.serving(REPLY) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        ended = pytest.raises(SystemExit) if error else nullcontext()
        with ended:
            command.main(["generate", *words])
        assert len(server.billed) == answers
        paid = "$0.00" if not answers else "$0.00070" if server.batches else "$0.0014"
        assert bool(server.batches) is ("batch" in words)
    out, err = capsys.readouterr()
    command.main(["status"])
    told = capsys.readouterr().out
    assert f"{answers} answers paid for, {paid}; {answers} of 2 requests are answered" in told
    assert ("still to ask about pages: 2 requests, " in told) is (answers == 0)
    assert out.startswith("generate: 2 requests, ")
    assert " as a batch, $" in out.splitlines()[0]
    assert error in err


def test_the_second_price_says_what_the_first_has_left(place, monkeypatch, capsys):
    fill(place / "data_src", {"book.pdf": text_pdf([[("Oil drain plug", "25 Nm"), ("Bolt", "10 Nm")]])})
    with stand_in.serving(REPLY) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        command.main(["all", "--schema", "yes", "--yes", "--max-usd", "0.01"])
    told = [line.rpartition("; ")[2] for line in capsys.readouterr().out.splitlines() if "this run stops" in line]
    assert told == ["this run stops at $0.010", "this run stops at $0.010 and has $0.0093 left"]


@pytest.mark.parametrize(
    ("words", "price"),
    [
        (["--second-model", "claude-unheard-of", "--second-reader-price", "1,2"], flat(1, 2)),
        (["--second-model", "qwen", "--second-reader-url", "http://host/v1"], flat(0, 0)),
        (
            ["--second-model", "qwen", "--second-reader-url", "http://host/v1", "--second-reader-price", "1,2"],
            flat(1, 2),
        ),
        (["--model", "own", "--price", "3,4"], flat(3, 4)),
        (["--model", "own", "--price", "3,4", "--second-model", "claude-haiku-5-5"], PRICES["claude-haiku-5-5"]),
    ],
)
def test_each_reader_has_its_price(monkeypatch, words, price):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none of ours")
    assert command._second_reader(command.parser().parse_args(["all", *words]), "claude").price == price


KINDS = ("pages", "threads")


@pytest.mark.parametrize("key", ["", "none of ours"])
def test_a_dry_run_tells_the_price_without_key_or_network(place, root, monkeypatch, capsys, key):
    fill(place / "data_src", documents(3))
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    monkeypatch.setattr("socket.socket.connect", None)  # nobody can be reached
    command.main(["all", "--dry-run", "--yes", "--limit", "2", "--posts", str(root / "sample" / "old_board.jsonl")])
    prices = [line for line in capsys.readouterr().out.splitlines() if line.startswith("generate: ")]
    assert [line.partition(" requests, ")[0] for line in prices] == [f"generate: about {each}, 2" for each in KINDS]
    assert not any("$0.00 " in line for line in prices)
    assert [" pairs before they are checked" in line for line in prices] == [False, True]  # those of threads alone


def files_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_writes_no_dataset(place, capsys):
    fill(place / "data_src", documents(6))
    command.main(["all"])
    before = files_of(place / "training_data")
    fill(place / "data_src", {"book 1.pdf": text_pdf([[("Another bolt", "99 Nm")]])})
    command.main(["emit", "--dry-run"])
    assert files_of(place / "training_data") == before
    capsys.readouterr()
    command.main(["all", "--labeler", "rules", "--dry-run"])
    assert capsys.readouterr().out.splitlines()[-1].startswith("generate: there is nothing to ask")
    assert files_of(place / "training_data") == before
    command.main(["all"])
    assert files_of(place / "training_data") != before


def test_a_dry_run_writes_no_dataset_where_everything_is_answered(place, monkeypatch, capsys):
    books = {f"book {n}.pdf": text_pdf([[("Oil drain plug", "25 Nm"), ("Bolt", f"{n}0 Nm")]]) for n in (1, 2, 3)}
    fill(place / "data_src", books)
    with stand_in.serving(REPLY) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        asked = ["all", "--schema", "yes", "--shrink"]
        command.main([*asked, "--yes"])
        before, requests = files_of(place / "training_data"), server.requests
        (place / "data_src/book 1.pdf").unlink()
        command.main([*asked, "--dry-run"])
        assert (files_of(place / "training_data"), server.requests) == (before, requests)
    assert capsys.readouterr().out.splitlines()[-1].startswith("emit: there is nothing to ask")


def test_a_part_of_the_shelf_is_a_dataset_of_its_own(place, capsys):
    fill(place / "data_src", documents(6))
    command.main(["all", "--only", "book [0-3].pdf", "--limit", "3"])
    assert "prepare: 3 pages" in capsys.readouterr().out
    command.main(["all"])
    assert "prepare: 6 pages" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "claude-unheard-of"], "no price is known for claude-unheard-of; give one with --price IN,OUT"),
        (["--second-model", "claude-unheard-of"], "claude-unheard-of; give one with --second-reader-price IN,OUT"),
        (["--price", "1"], "argument --price"),
        (["--sample", "0"], "argument --sample: must be 1 or more"),
    ],
)
def test_settings_that_cannot_be_are_one_line(place, monkeypatch, capsys, words, said):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none of ours")
    with pytest.raises(SystemExit) as ended:
        command.main(["generate", *words])
    assert ended.value.code
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_a_changed_page_does_not_get_the_pairs_of_the_old_one(place, capsys):
    fill(place / "data_src", documents(3))
    command.main(["all"])
    fill(place / "data_src", {"book 1.pdf": text_pdf([[("Another bolt", "99 Nm")]])})
    command.main(["inventory"])
    command.main(["prepare"])
    with pytest.raises(SystemExit):
        command.main(["emit"])
    assert "some pages of work/ have no class; run the stage classify first" in capsys.readouterr().err
    command.main(["status"])
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines() if line}
    assert rows["classify"] == ["0", "pages", "3", "0"]
    command.main(["classify"])
    command.main(["generate"])
    with pytest.raises(SystemExit):
        command.main(["emit"])
    assert "has not been filtered with its present picture" in capsys.readouterr().err


def test_a_page_redrawn_with_the_same_words_is_labelled_anew(place, capsys):
    fill(place / "data_src", {"book.pdf": text_pdf([ROWS])})
    command.main(["all"])
    document = pymupdf.open("pdf", text_pdf([ROWS]))
    document[0].draw_rect((300, 600, 400, 700), fill=(0, 0, 0))
    fill(place / "data_src", {"book.pdf": document.tobytes(no_new_id=True)})
    command.main(["all"])
    assert capsys.readouterr().out.count("6 pairs on 1 pages by rules") == 2


def test_a_password_that_comes_later_opens_the_book(place, capsys):
    with pymupdf.open("pdf", text_pdf([ROWS])) as document:
        locked = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="torque")
    fill(place / "data_src", {"book.pdf": locked})
    command.main(["inventory"])
    command.main(["prepare"])
    assert "0 with a picture, 1 left out (1 a locked PDF)" in capsys.readouterr().out
    (place / "passwords.txt").write_text("\ufefftorque\nwrong\n")  # Windows' Editor marks UTF-8
    command.main(["prepare", "--passwords", "passwords.txt"])
    assert "1 pages, 1 with a picture" in capsys.readouterr().out
    assert not [path for path in place.glob("work/**/*") if path.is_file() and b"torque\n" in path.read_bytes()]
    with pytest.raises(SystemExit):
        command.main(["prepare", "--passwords", "none.txt"])
    assert "none.txt: the passwords cannot be read: No such file" in capsys.readouterr().err


def test_a_torn_record_is_one_line(place, capsys):
    fill(place / "data_src", documents(1))
    command.main(["all"])
    (place / "work/pages.parquet").write_bytes(b"PAR1")
    for asked, stage in (("refilter", "filter"), ("status", "status")):
        with pytest.raises(SystemExit) as ended:
            command.main([asked])
        assert ended.value.code == 1
        said = capsys.readouterr().err.splitlines()[-1]
        assert said.startswith(f"vlm3: {stage}: a file of work/")


def test_two_runs_in_one_work_folder_are_one(place, capsys):
    fill(place / "data_src", documents(1))
    with alone(place / "work/run.lock", "works in"), pytest.raises(SystemExit) as ended:
        command.main(["all", "--labeler", "rules"])
    assert (ended.value.code, capsys.readouterr().err) == (
        1,
        "vlm3: inventory: another run works in work/; wait for it, or use another folder\n",
    )
    command.main(["all", "--labeler", "rules"])
    command.main(["refilter"])


def test_a_command_that_finds_nothing_leaves_no_folder(place):
    for stage in ("all", "emit"):
        with pytest.raises(SystemExit):
            command.main([stage])
    assert not (place / "work").exists()


def test_ctrl_c_is_one_line(place, monkeypatch, capsys):
    def begin(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "begin", begin)
    with pytest.raises(SystemExit) as ended:
        command.main(["all"])
    assert (ended.value.code, capsys.readouterr().err) == (130, "vlm3: stopped; the same command goes on from here\n")


@pytest.mark.parametrize(("key", "labeler"), [("", "rules"), ("something", "claude")])
def test_auto_is_claude_where_there_is_a_key(place, monkeypatch, capsys, key, labeler):
    def begin(job, _stage):
        raise UserError(f"labelled by {job.labeler}")

    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    monkeypatch.setattr(build, "begin", begin)
    with pytest.raises(SystemExit):
        command.main(["all"])
    assert capsys.readouterr().err == f"vlm3: inventory: labelled by {labeler}\n"


def test_help_imports_nothing_heavy():
    check = (
        "import sys; from vlm3_dataset.__main__ import parser; parser().format_help();"
        "sys.exit(', '.join({'torch', 'datasets', 'transformers', 'anthropic', 'pymupdf', 'PIL'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False, capture_output=True).stderr.strip() == b""
