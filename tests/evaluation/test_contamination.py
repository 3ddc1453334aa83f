import json
import shutil
from pathlib import Path

import pytest

from evaluation.contamination import Overlap, RowContent, find_overlaps
from evaluation.rows import DataError, read_training
from tests.evaluation.conftest import row

LEARNED = RowContent("a", "What is the tightening torque of the oil filter bracket bolts?", "47 Nm")


@pytest.mark.parametrize(
    ("asked", "page", "pair", "grams"),
    [
        (LEARNED, True, True, 1.0),
        (RowContent("b", "what is the tightening torque of the oil filter bracket bolts", "47  nm"), False, True, 1.0),
        (RowContent("b", LEARNED.question, "4.7 Nm"), False, False, 1.0),
        (RowContent("a", "Which tool is used?", "A mandrel."), True, False, 0.0),
        (RowContent("b", "What is the tightening torque of the oil drain plug?", "33 Nm"), False, False, 1 / 3),
        (RowContent("b", "What is the tightening torque?", "33 Nm"), False, False, 0.0),
        (RowContent("b", "", ""), False, False, 0.0),
    ],
)
def test_what_training_rows_share_with_a_question(asked: RowContent, page: bool, pair: bool, grams: float):
    found = find_overlaps({"it": asked}, [LEARNED])["it"]
    assert found == Overlap(page, pair, pytest.approx(grams))
    assert found.seen == (page or pair)


def test_a_short_question_is_one_gram():
    found = find_overlaps({"it": RowContent("b", "How tight?", "1 Nm")}, [RowContent("a", "how TIGHT", "2 Nm")])
    assert found["it"] == Overlap(page=False, pair=False, grams=1.0)


def test_training_rows_are_read_with_the_digests_of_their_pages(data: Path, tmp_path: Path):
    folder = shutil.copytree(data, tmp_path / "data")
    assert read_training(folder) is None
    rows = [row("11-1", "How tight?", "24 Nm"), row("gone", "How tight?", "24 Nm")]
    (folder / "vlm_train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    here, gone = read_training(folder)
    assert len(here.image_sha256) == 64
    assert gone.image_sha256 == ""
    (folder / "vlm_train.jsonl").write_text("{}\n")
    with pytest.raises(DataError, match=r"vlm_train\.jsonl line 1"):
        read_training(folder)
