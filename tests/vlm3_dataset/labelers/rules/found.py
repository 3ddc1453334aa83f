"""The one quantity of a text."""

from vlm3_dataset.quantities import Quantity, find


def only(text: str) -> Quantity:
    (quantity,) = find(text)
    return quantity
