"""Who is asked: a model by its name, what it costs, and whether it can be held to a schema."""

from dataclasses import dataclass

from vlm3_dataset.errors import Mendable
from vlm3_dataset.labels.prices import PRICES, Price, known


class NoPrice(Mendable):
    """The table has no price for a model."""


@dataclass(frozen=True, slots=True)
class Model:
    """`has_schema`: the server holds the answer to a JSON schema. Others are asked for JSON in words."""

    name: str
    price: Price
    has_schema: bool = True


def named(name: str, price: Price | None = None, *, has_schema: bool = True) -> Model:
    """A model at the table's price, which its dated forms share, or at one that is given.

    Raises:
        NoPrice: a bill that cannot be reckoned must not begin.
    """
    rate = price or known(name)
    if rate is None:
        raise NoPrice(f"no price is known for {name}; give one with --price IN,OUT (known are {', '.join(PRICES)})")
    return Model(name, rate, has_schema)
