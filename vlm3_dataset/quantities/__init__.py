"""Find numbers with units as workshops print them, and compare them as a mechanic would.

    find("Tighten to 24 Nm (18 ft-lb).")  ->  24 Nm and 18 ft-lb, with their places in the text
    same(*find("24 Nm, 17.7 ft-lb"))      ->  True

A text goes through folding -> scanning (numerals, units) -> joining -> finding (cues) -> quantity. Two libraries were
tried and not taken: pint reads "24 Nm" as a number_meter and "0,25 mm" as 0 mm, quantulum3 "0,25 mm" as 25 mm.
"""

from vlm3_dataset.quantities.finding import find, numbers, parted, respelled
from vlm3_dataset.quantities.quantity import Kind, Quantity, agree, converts, near, once_each, same, within
from vlm3_dataset.quantities.units import DIMENSIONS, UNITS, Unit

__all__ = [
    "DIMENSIONS", "UNITS", "Kind", "Quantity", "Unit", "agree", "converts", "find", "near", "numbers", "once_each",
    "parted", "respelled", "same", "within",
]  # fmt: skip
