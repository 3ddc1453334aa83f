"""How much faster than the plain way is an evaluation end to end, with the same scores?

    python benchmarks/evaluation.py [pairs]

The plain way (_evaluated_plainly.py) is what a reader of two manuals writes: one `generate` a question, then DeepEval's
`evaluate()` with its own AnswerRelevancy and Faithfulness, the two rule metrics beside them, and defaults everywhere.
Ours (_evaluated_by_us.py) is `answer`, the judge with an empty cache, and `measure`. Both have the same model of random
weights, rows, pages of 1,470 image tokens and stand-in judge, which takes 200 ms a call and says the same of the same
words whoever asks. Each side of each pair is a process of its own, in turn; its clock starts when the libraries are
imported.

A page is read once here for its 8 questions, and an answer takes 2 calls of the judge instead of 7. With a real 7B
model generating takes the larger part, and a GPU gains more by batches than two cores do.

Scores that differ are printed. They are those of answers without a letter or a digit, which get 0 here before the judge
is asked; DeepEval lets the judge take a row of signs apart and gave two of them 0.4 to 1.0.
"""

import ast
import base64
import hashlib
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import fmean

from _pairs import compare
from safetensors import safe_open
from safetensors.torch import save_file

from tests.evaluation import judge as head
from tests.evaluation.conftest import build_tiny
from tests.evaluation.judge_storm import draw
from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.refuses import parts
from vlm3_dataset.quantities import find

ROOT = Path(__file__).resolve().parents[1]
ROWS = 40
PAGE = (980, 1176)  # pixels: 1,470 image tokens, as a real page has 1,000 to 2,500
PAIRS = 3
SHARPER = 8  # times as large are the matrices
LATENCY = 0.2  # seconds
JUDGE = "claude-opus-4-7"  # DeepEval knows it, and sends it no temperature, which the API would refuse
SIDES = {"ours": "_evaluated_by_us.py", "plain": "_evaluated_plainly.py"}
METRICS = ("AnswerRelevancy", "Faithfulness", "KeywordPresence", "NumericExactMatch")


def replies(pages: dict[str, str]) -> head.Reply:
    """One head for both: what it says of a sentence does not depend on who asks, nor how."""
    to_ours = head.judge(pages)

    def reply(asked: dict) -> dict:
        schema = asked["output_config"]["format"]["schema"]
        if "printed" in json.dumps(schema) or "relevant" in json.dumps(schema):
            return to_ours(asked)
        return _to_deepeval(asked, next(iter(schema["properties"])), pages)

    return reply


def _to_deepeval(asked: dict, wanted: str, pages: dict[str, str]) -> dict:
    images, texts = parts(asked)
    words = "".join(text["text"] for text in texts)
    if wanted == "reason":
        return {"reason": "as the verdicts have it"}
    if wanted == "truths":
        (image,) = images
        return {"truths": [pages[hashlib.sha256(base64.standard_b64decode(image["source"]["data"])).hexdigest()]]}
    if wanted in {"statements", "claims"}:
        answer = re.split(r"\n(?:Text|AI Output|Excerpt):\n", words)[-1].rpartition("\n\nJSON:")[0]
        return {wanted: head.sentences(answer)}
    _, _, given = words.rpartition("\nClaims:\n")
    if given != words and "\nRetrieval Contexts:\n" in words:
        printed = words.rpartition("\nRetrieval Contexts:\n")[2].partition("\n\nClaims:\n")[0]
        said = [head.agrees(claim, printed) for claim in ast.literal_eval(given.rpartition("\n\nJSON:")[0])]
        return {"verdicts": [{"verdict": each if each == "yes" else "no", "reason": None} for each in said]}
    given = words.rpartition("\nStatements:\n")[2].rpartition("\n\nJSON:")[0]
    said = [head.is_relevant(statement) for statement in ast.literal_eval(given)]
    return {"verdicts": [{"verdict": _said(each), "reason": None} for each in said]}


def serve(url: Connection, pages: dict[str, str]) -> None:
    stand_in.MODELS = re.compile(JUDGE)
    # Answers of random weights hold nothing to judge: a coin for each few letters, the same one whoever asks.
    head.sentences = lambda answer: [answer] if find(answer) else re.findall(r"\S{1,8}", answer)
    head.is_relevant = partial(_coin, "relevant")
    by_numbers = head.agrees
    head.agrees = lambda claim, printed: by_numbers(claim, printed) if find(claim) else _said(_coin("true", claim))
    with stand_in.serving(replies(pages), latency=LATENCY) as server:
        url.send(server.url)
        url.recv()
        url.send(len(server.billed))


def sharpen(weights: Path) -> None:
    """Makes a random model heed its question: as drawn, all its answers about a page are the same one."""
    with safe_open(weights, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    sharp = {name: one * SHARPER if one.dim() > 1 else one for name, one in tensors.items()}
    save_file(sharp, weights, {"format": "pt"})


def _coin(question: str, sentence: str) -> bool:
    return hashlib.sha256(f"{question} {sentence}".encode()).digest()[0] % 3 > 0


def _said(yes: bool) -> str:
    return "yes" if yes else "no"


def side(name: str, folder: Path, url: str) -> Callable[[], float]:
    """Runs one side in a process of its own, and keeps what it said in a file."""
    runs = count()

    def run() -> float:
        place = folder / f"{name}-{next(runs)}"
        environment = os.environ | {
            "ANTHROPIC_API_KEY": "none of ours",
            "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
            "DEEPEVAL_DISABLE_DOTENV": "1",
            "HF_HUB_OFFLINE": "1",
            "PYTHONPATH": str(ROOT),
        }
        # -P: or `import evaluation` would find this very file
        command = [sys.executable, "-P", str(ROOT / "benchmarks" / SIDES[name]), str(folder), str(place), url, JUDGE]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3_000:])
        (folder / f"{name}.json").write_text(said := done.stdout.splitlines()[-1])
        return json.loads(said)[0]

    return run


def main(pairs: int) -> None:
    near, far = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = draw(folder / "data", ROWS, PAGE)
        build_tiny(folder, most_pixels=PAGE[0] * PAGE[1])
        sharpen(folder / "base" / "model.safetensors")
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(far, pages), daemon=True)
        server.start()
        url = near.recv()
        compare(side("ours", folder, url), side("plain", folder, url), "s", pairs)
        near.send("end")
        print(f"{near.recv()} calls in all")
        server.join()
        _compare_scores(folder)


def _compare_scores(folder: Path) -> None:
    (_, our_texts, our), (_, plain_texts, their) = (
        json.loads((folder / f"{name}.json").read_text()) for name in ("ours", "plain")
    )
    print(f"answers that are the same: {sum(map(str.__eq__, our_texts, plain_texts))} of {len(our_texts)}")
    for metric in METRICS:
        same = sum(their[metric].get(name) == score for name, score in our[metric].items())
        mean = fmean(our[metric].values())
        print(f"{metric}: {same} of {len(our[metric])} scores are the same, their mean is {mean:.2f}")
        for (name, score), text in zip(our[metric].items(), our_texts, strict=False):
            if their[metric].get(name) != score:
                print(f"  {name}: ours {score}, theirs {their[metric].get(name)}, of {text!r}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS)
