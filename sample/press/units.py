"""Metric values with the imperial value the manual prints beside them; the second is always computed from the first."""

import re
from collections.abc import Callable

NUMBER = re.compile(r"\d+(?:\.\d+)?")
FT_LB_PER_NM = 0.737562
MM_PER_INCH = 25.4
PSI_PER_BAR = 14.5038
QUARTS_PER_LITRE = 1.056688


def nm(torque: str) -> str:
    """`nm("50 + 2")` is "50 + 2 Nm (37 + 1.5 ft-lb)". Small ones keep a decimal: rounded to 7, 6.6 is 6 % off."""
    return f"{torque} Nm ({_convert(torque, _ft_lb)} ft-lb)"


def mm(size: str, mark: str = " in") -> str:
    """`mm("37 - 0.1")` is "37 - 0.1 mm (1.457 - 0.004 in)"; clearances under 0.1 mm get a fourth decimal."""
    digits = 4 if min(float(number) for number in NUMBER.findall(size)) < 0.1 else 3
    return f"{size} mm ({_convert(size, lambda value: f'{value / MM_PER_INCH:.{digits}f}')}{mark})"


def bar(pressure: str) -> str:
    return f"{pressure} bar ({_convert(pressure, lambda value: f'{value * PSI_PER_BAR:.0f}')} psi)"


def litres(volume: str) -> str:
    return f"{volume} litres ({_convert(volume, lambda value: f'{value * QUARTS_PER_LITRE:.1f}')} US qt)"


def _ft_lb(newton_metres: float) -> str:
    value = newton_metres * FT_LB_PER_NM
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _convert(text: str, other: Callable[[float], str]) -> str:
    return NUMBER.sub(lambda match: other(float(match[0])), text)
