"""Find numbers that name things: tools, jobs, parts, pages, fuses, pins, connectors, wires, types, callouts.

    find("Fuse F23 (15 A), wire .5 GN/BR")  ->  fuse 23, wire size 0.5, colour GN/BR, with their places in the text
    find("20", "Which fuse is it?")         ->  fuse 20
    same(*find("11 3 010, tool 113010"))    ->  True
    figures(text)                           ->  its quantities, its identifiers, its other numbers, unexplained digits

Threads, oils and tyres (M10x1.5, 10W-40) are quantities' own; here are a screw's strength and length.
"""

from vlm3_dataset.identifiers.finding import Figures, beside, figures, find
from vlm3_dataset.identifiers.identifier import Identifier, Kind, answers, same
from vlm3_dataset.identifiers.labels import asked_kind

__all__ = ["Figures", "Identifier", "Kind", "answers", "asked_kind", "beside", "figures", "find", "same"]
