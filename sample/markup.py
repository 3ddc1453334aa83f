"""BB code to HTML, with the boxes of each vBulletin generation."""

import re
from collections.abc import Callable
from html import escape

QuoteBox = Callable[[str, int, str], str]  # author, post id, inner HTML -> HTML

_QUOTE = re.compile(r"\[quote=([^;\]]+);(\d+)\]((?:(?!\[quote=).)*?)\[/quote\]\n?", re.DOTALL)
_LIST = re.compile(r"\[list\](.*?)\[/list\]\n?", re.DOTALL)
_CODE = re.compile(r"\[code\](.*?)\[/code\]\n?", re.DOTALL)
_IMAGE = re.compile(r"\[img\]([\w-]+)\[/img\]")


def to_html(text: str, quote: QuoteBox, image: Callable[[str], str], smilie: str) -> str:
    """Quotes nest, so the inner ones are turned first. `image` gives the address of a file key."""
    html = escape(text, quote=False)
    while True:
        html, count = _QUOTE.subn(lambda match: quote(match[1], int(match[2]), match[3].strip()), html)
        if not count:
            break
    html = _LIST.sub(_list, html)
    html = _CODE.sub(
        lambda match: (
            f'<div style="margin:20px"><div class="smallfont">Code:</div>'
            f'<pre class="alt2 bbcode_code" dir="ltr">{_keep(match[1])}</pre></div>'
        ),
        html,
    )
    html = _IMAGE.sub(lambda match: f'<img src="{image(match[1])}" border="0" alt="" />', html)
    html = html.replace(":)", f'<img src="{smilie}" border="0" alt="" title="Smile" class="inlineimg" />')
    return html.replace("\n", "<br />\n").replace(_NEWLINE, "\n")


_NEWLINE = "\x00"  # stands for a line's end that must not become <br />


def _keep(text: str) -> str:
    return text.replace("\n", _NEWLINE)


def _list(match: re.Match[str]) -> str:
    items = [item.strip() for item in match[1].split("[*]") if item.strip()]
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
