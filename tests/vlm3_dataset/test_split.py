"""A group has one side, for ever."""

from vlm3_dataset.quality.split import VALIDATION_SHARE, side


def test_about_a_tenth_validates():
    share = sum(side(f"{section}-{tens}x") == "val" for section in range(100) for tens in range(100)) / 10_000
    assert abs(share - VALIDATION_SHARE) < 0.01


def test_sides_that_data_sets_already_have():
    """Moving these would mix training pages into validation of everything released before."""
    assert {group: side(group) for group in ("11-5x", "21-0x", "torque-11-0x", "34-3x")} == {
        "11-5x": "train",
        "21-0x": "val",
        "torque-11-0x": "val",
        "34-3x": "train",
    }
