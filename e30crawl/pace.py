"""Spans of time as people say them."""

from datetime import timedelta


def spell(span: timedelta) -> str:
    """`3 d 4 h`, `12 min`, `40 s`: two units at most."""
    seconds = int(span.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2]) or "0 s"
