"""BB code to HTML, with the boxes of each board's software."""

import re
from collections.abc import Callable
from html import escape

QuoteBox = Callable[[str, int, str], str]  # author, post id, inner HTML -> HTML

_QUOTE = re.compile(r"\[quote=([^;\]]+);(\d+)\]((?:(?!\[quote=).)*?)\[/quote\]\n?", re.DOTALL)
_LIST = re.compile(r"\[list\](.*?)\[/list\]\n?", re.DOTALL)
_CODE = re.compile(r"\[code\](.*?)\[/code\]\n?", re.DOTALL)
_IMAGE = re.compile(r"\[img\]([\w-]+)\[/img\]")


# What a lazy picture shows until it comes into view.
BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_SMILIE = '<img src="images/smilies/smile.gif" border="0" alt="" title="Smile" class="inlineimg" />'


def image(address: str) -> str:
    return f'<img src="{address}" border="0" alt="" />'


def code(lines: str) -> str:
    return (
        '<div style="margin:20px"><div class="smallfont">Code:</div>'
        f'<pre class="alt2 bbcode_code" dir="ltr">{lines}</pre></div>'
    )


def to_html(
    text: str,
    quote: QuoteBox,
    address: Callable[[str], str],
    *,
    image: Callable[[str], str] = image,
    code: Callable[[str], str] = code,
    smilie: str = _SMILIE,
) -> str:
    """Quotes nest, so the inner ones are turned first. `address` gives that of a file key; `image`, `code` and `smilie`
    are those of vBulletin 3 and 4 unless said otherwise.
    """
    html = escape(text, quote=False)
    while True:
        html, count = _QUOTE.subn(lambda match: quote(match[1], int(match[2]), match[3].strip()), html)
        if not count:
            break
    html = _LIST.sub(_list, html)
    html = _CODE.sub(lambda match: code(match[1].replace("\n", _NEWLINE)), html)
    html = _IMAGE.sub(lambda match: image(address(match[1])), html).replace(":)", smilie)
    return html.replace("\n", "<br />\n").replace(_NEWLINE, "\n")


_NEWLINE = "\x00"  # stands for a line's end that must not become <br />


def _list(match: re.Match[str]) -> str:
    items = [item.strip() for item in match[1].split("[*]") if item.strip()]
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
