"""The scorers in Inspect's own `eval`, with a model that says what it is told. `make inspect` brings Inspect."""

import math
from pathlib import Path
from types import SimpleNamespace

import pytest

CASES = [  # page, question, reference, answer, numeric, identifier; None where there is nothing to score
    ("11-1", "How tight?", "24 Nm (18 ft-lb)", "18 ft-lb", 1, None),
    ("11-1", "How tight is it?", "24 Nm", "42 Nm", 0, None),
    ("21-3", "Which fuse?", "Fuse 7", "fuse 7", 1, 1),
    ("21-3", "Which tool?", "Special tool 11 3 010", "I cannot read the page.", None, 0),
]


def test_the_scores_are_those_of_the_other_ways(tmp_path: Path):
    from inspect_ai import Task
    from inspect_ai import eval as evaluate
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    from evaluation.inspect_scorers import identifier_match, numeric_exact_match, samples

    questions = [
        SimpleNamespace(
            id=f"{page}/{number}", page_id=page, folder=tmp_path, image=None, text=text, reference=reference,
            rules={"question": text, "critical": False, "labelled_values": (), "allowed": ()},
        )
        for number, (page, text, reference, *_) in enumerate(CASES)
    ]  # fmt: skip
    said = [ModelOutput.from_content("mockllm/model", answer) for *_, answer, _, _ in CASES]
    for output in said:
        output.usage = ModelUsage()  # or it fetches a tokenizer to count with
    (log,) = evaluate(
        Task(dataset=samples(questions), scorer=[numeric_exact_match(), identifier_match()]),
        model=get_model("mockllm/model", custom_outputs=said),
        max_samples=1,
        log_dir=str(tmp_path),
        display="none",
    )
    assert log.status == "success", log.error
    for sample, (*_, expected_number, expected_name) in zip(log.samples, CASES, strict=True):
        for name, expected in (("numeric_exact_match", expected_number), ("identifier_match", expected_name)):
            value = sample.scores[name].value
            assert math.isnan(value) if expected is None else value == expected, (sample.id, name, value)
    number = log.results.scores[0]
    assert number.metrics["mean"].value == pytest.approx(2 / 3)
    assert (number.scored_samples, number.unscored_samples) == (3, 1)
    assert number.metrics["stderr_by_page"].value > 0
