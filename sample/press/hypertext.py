"""A table of technical data in the HTML of an old owners' page: headings in cells, empty labels, lists by <br>."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from sample.press.records import Fact

UNKNOWN = "???"


@dataclass(frozen=True, slots=True)
class Row:
    """One label and the lines beside it; an empty label goes on with the row above."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: tuple[Row, ...]

    @property
    def facts(self) -> Iterator[Fact]:
        """A line "name: value" labels itself, another is labelled by its row; with no label or value it is none."""
        for row in self.rows:
            for line in row.lines:
                name, colon, value = line.partition(": ")
                if colon:
                    yield Fact(name, value)
                elif row.label and line != UNKNOWN:
                    yield Fact(row.label, line)


def table_page(title: str, sections: tuple[Section, ...]) -> str:
    """A whole HTML page. Its fourth column is always empty, and its section rows are an h2 inside a td."""
    lines = [
        "<html>",
        f"<head><title>{escape(title)}</title></head>",
        "<body>",
        f"<h1>{escape(title)}</h1>",
        '<table border="1" cellpadding="3">',
    ]
    for section in sections:
        lines.append(f'<tr><td colspan="4"><h2>{escape(section.title)}</h2></td></tr>')
        lines.extend(_row(row) for row in section.rows)
    lines += [
        "</table>",
        "<p>All values invented. &copy; the vlm3 authors, Apache-2.0<br>",
        '<a href="#top">Back to top</a>',
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines)


def _row(row: Row) -> str:
    cell = "<br>".join(escape(line) for line in row.lines)
    return f'<tr><td>{escape(row.label)}</td><td colspan="2">{cell}</td><td></td></tr>'
