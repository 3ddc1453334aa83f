"""The other side of evaluation.py: a loop, DeepEval and its defaults. Prints the same.

python -P benchmarks/_evaluated_plainly.py FOLDER RUN URL JUDGE
"""

import json
import os
import sys
import time
from pathlib import Path

import torch
from deepeval import evaluate
from deepeval.metrics import AnswerRelevancyMetric, FaithfulnessMetric
from deepeval.models import AnthropicModel
from deepeval.test_case import LLMTestCase, MLLMImage
from transformers import AutoModelForImageTextToText, AutoProcessor

from evaluation.metrics import KeywordPresence, NumericExactMatch
from evaluation.rows import open_page, read_questions
from vlm3_dataset.hub.reader import render

folder, run, url, name = Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]
run.mkdir()
os.chdir(run)  # where DeepEval leaves its files
data = folder / "data"
began = time.perf_counter()
torch.set_num_threads(1)  # as ours does for a tiny model: with two, one waits for the other
model = AutoModelForImageTextToText.from_pretrained(folder / "base", dtype=torch.float32).eval()
processor = AutoProcessor.from_pretrained(folder / "base")
questions, texts = read_questions(data, "val"), []
for question in questions:
    page = open_page(question)
    inputs = processor(text=[render(processor, question.text)], images=[page], return_tensors="pt")
    with torch.inference_mode():
        tokens = model.generate(**inputs, do_sample=False, max_new_tokens=48)
    new = tokens[0, inputs["input_ids"].shape[1] :]
    texts.append(processor.tokenizer.decode(new, skip_special_tokens=True).strip())

judge = AnthropicModel(model=name, api_key="none of ours", base_url=url)
cases = [
    LLMTestCase(
        name=question.id,
        input=question.text,
        actual_output=text,
        expected_output=question.reference,
        retrieval_context=[str(MLLMImage(url=str(data / question.image)))],
        metadata={
            "keywords": list(question.keywords),
            "rules": dict(question.rules),
            "answerable": question.answerable,
        },
    )
    for question, text in zip(questions, texts, strict=True)
]
# What the page does not mention passes by default; that would be another score, not another speed.
faithfulness = FaithfulnessMetric(model=judge, penalize_ambiguous_claims=True)
metrics = [AnswerRelevancyMetric(model=judge), faithfulness, NumericExactMatch(), KeywordPresence()]
results = evaluate(cases, metrics).test_results
took = time.perf_counter() - began
scores: dict[str, dict[str, float]] = {}
for result in results:
    for each in result.metrics_data:
        scores.setdefault(each.name.replace(" ", ""), {})[result.name] = each.score
print("\n" + json.dumps([took, texts, scores]))
