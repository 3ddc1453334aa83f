"""The questions of a page are dealt out anew in each epoch, and the same again for the same seed."""

from collections import Counter

import pytest
from PIL import Image

from finetune.examples import PageImage, QuestionTokens, Row
from finetune.packing.deal import Packing
from finetune.packing.sampler import EpochOrder, PackedRows


def rows(**pages: int) -> list[Row]:
    return [
        Row(page, PageImage(lambda: Image.new("RGB", (30, 20)), page, (30, 20)), f"{page} {number}", "a")
        for page, questions in pages.items()
        for number in range(questions)
    ]


def packed(given: list[Row], most: int, seed: int) -> PackedRows:
    tokens = [QuestionTokens(row.image.sha256, row.source, 100, 10, 20, 10) for row in given]
    return PackedRows(given, Packing(tokens, most, 1000, seed))


def drawn(made: PackedRows) -> list[list[str]]:
    return [[row.question for row in made[index]] for index in range(len(made))]


@pytest.mark.parametrize(
    ("questions", "most", "sizes"), [(10, 4, [4, 3, 3]), (4, 4, [4]), (1, 4, [1]), (5, 4, [3, 2]), (3, 1, [1, 1, 1])]
)
def test_a_page_fills_rows_evenly(questions: int, most: int, sizes: list[int]) -> None:
    assert [len(row) for row in drawn(packed(rows(a=questions), most, seed=1))] == sizes


def test_an_epoch_asks_every_question_once_and_no_row_has_two_pages() -> None:
    made = packed(rows(a=10, b=3, c=12), 4, seed=1)
    for made.epoch in range(3):
        found = drawn(made)
        assert set(Counter(question for row in found for question in row).values()) == {1}
        assert sum(len(row) for row in found) == 25
        assert all(len({question[0] for question in row}) == 1 for row in found)


def test_what_is_drawn_follows_from_seed_and_epoch() -> None:
    made, again, other = (packed(rows(a=10, b=12), 4, seed) for seed in (1, 1, 2))
    epochs = []
    for epoch in range(3):
        made.epoch = again.epoch = other.epoch = epoch
        epochs.append(drawn(made))
        assert drawn(again) == epochs[-1]
        assert drawn(other) != epochs[-1]
    assert epochs[0] != epochs[1] != epochs[2]
    made.epoch = 0
    assert [drawn(made)[index] for index in (3, 0)] == [epochs[0][index] for index in (3, 0)]  # asked in any order


def test_one_question_to_a_row_is_the_order_of_the_rows() -> None:
    given = rows(a=3, b=2)
    made = packed(given, 1, seed=1)
    made.epoch = 5
    assert drawn(made) == [[row.question] for row in given]


def test_the_data_set_follows_the_epoch() -> None:
    made = packed(rows(a=8), 4, seed=1)
    dataset = made.as_dataset()
    first = dataset[0]["questions"]
    made.epoch = 1
    assert dataset[0]["questions"] == [row.question for row in made[0]]
    assert dataset[0]["questions"] != first
    assert dataset[0]["image"].size == (30, 20)


def test_the_order_follows_from_seed_and_epoch() -> None:
    order, again = EpochOrder(["manual"] * 20, 1, {}), EpochOrder(["manual"] * 20, 1, {})
    epochs = []
    for order.epoch in range(3):
        again.epoch = order.epoch
        epochs.append(list(order))
        assert list(order) == list(again) == epochs[-1]
    assert sorted(epochs[0]) == list(range(len(order)))
    assert epochs[0] != epochs[1] != epochs[2]


def test_workers_draw_for_the_present_epoch() -> None:
    from torch.utils.data import DataLoader

    made = packed(rows(a=8, b=8), 4, seed=1)
    loader = DataLoader(
        made.as_dataset(),
        batch_size=1,
        collate_fn=list,
        num_workers=1,
        prefetch_factor=4,
    )
    for made.epoch in range(3):
        assert [example["questions"] for (example,) in loader] == drawn(made)


@pytest.mark.parametrize("process", [0, 1])
def test_two_processes_go_on_in_the_order_of_the_epoch_they_were_in(process: int) -> None:
    from accelerate.data_loader import prepare_data_loader, skip_first_batches
    from torch.utils.data import DataLoader

    order = EpochOrder(["manual"] * 8, 1, {})
    whole = DataLoader(range(8), batch_size=1, collate_fn=list, sampler=order)
    mine = prepare_data_loader(whole, num_processes=2, process_index=process, put_on_device=False)
    order.epoch = 1
    rest = skip_first_batches(mine, 2)
    rest.set_epoch(1)
    assert [row for (row,) in rest] == list(order)[4 + process :: 2]


@pytest.mark.parametrize(
    ("weights", "times"),
    [({}, (20, 10)), ({"forum": 0.5}, (20, 5)), ({"forum": 2.5}, (20, 25)), ({"manual": 0}, (0, 10))],
)
def test_a_weight_says_how_often_the_rows_of_a_source_come(weights: dict[str, float], times: tuple[int, int]) -> None:
    order = EpochOrder(["manual"] * 20 + ["forum"] * 10, 1, weights)
    manual, forum = ([row for row in order if (row >= 20) is of_forum] for of_forum in (False, True))
    assert (len(manual), len(forum)) == times
    assert len(order) == sum(times)
    counts = [Counter(forum)[row] for row in range(20, 30)]
    assert max(counts) - min(counts) <= 1
    order.epoch = 1
    if weights == {"forum": 0.5}:
        assert {row for row in order if row >= 20} != set(forum)
