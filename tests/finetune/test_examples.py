"""A row is asked the same way in training and in serving, and costs nothing until it is used."""

from typing import Any

from PIL import Image

from finetune.examples import Row, as_dataset, example
from vlm3_dataset.hub.reader import render


def _never() -> Image.Image:
    raise AssertionError("the page was decoded")


def test_a_page_is_decoded_when_its_example_is_asked_for() -> None:
    rows = [
        Row("a", _never, "", (9, 9), "q", "a"),
        Row("b", lambda: Image.new("RGB", (30, 20)), "", (30, 20), "q", "a"),
    ]
    dataset = as_dataset(rows)
    assert len(dataset) == 2
    assert dataset[1]["image"].size == (30, 20)


def test_training_reads_the_text_that_serving_renders(processor: Any, data: Any) -> None:
    from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

    row = data.train[0]
    batch = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)([example(row)])
    served = processor(images=[row.image()], text=[render(processor, row.question)], return_tensors="pt")
    asked = batch["labels"][0] == -100
    assert batch["input_ids"][0][asked].tolist() == served["input_ids"][0].tolist()
