"""One side of evaluation.py: prints seconds, answers and scores of our way, as JSON on the last line.

python -P benchmarks/_evaluated_by_us.py FOLDER RUN URL JUDGE
"""

import json
import sys
import time
from pathlib import Path

import anthropic  # noqa: F401 - imported before the clock starts, as what the other side needs is
import torch  # noqa: F401
from transformers import AutoModelForImageTextToText, AutoProcessor  # noqa: F401

from evaluation.judge.judging import Judge, judge_all
from evaluation.measure import measure, quiet_deepeval
from evaluation.models.answers import Settings
from evaluation.rows import read_questions
from evaluation.run import ModelNames, RunOptions, answer
from vlm3_dataset.claude.prices import flat, named

folder, run, url, model = Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]
quiet_deepeval(run)
import deepeval  # noqa: E402, F401 - not before it is kept quiet

data = folder / "data"
began = time.perf_counter()
settings = Settings(max_new_tokens=48, dtype="float32")
asked = RunOptions(data, folder / "work", "val", None, run, 8)
texts = [one.text for one in answer(asked, ModelNames(str(folder / "base"), None, None, settings))]
questions = read_questions(data, "val")
judge = Judge(named(model, flat(5, 25)), run / "judge", max_usd=100, how="live", base_url=url)
judged = judge_all(judge, list(zip(questions, texts, strict=True)))
found = measure(questions, texts, run, "ours", judged)
took = time.perf_counter() - began
scores = {target.metric: {name: score.value for name, score in each.items()} for target, each in found.items()}
print("\n" + json.dumps([took, texts, scores]))
