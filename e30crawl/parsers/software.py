"""Name the software of a board that is not read, such as phpBB."""

import re

_FOOTER = r"(?:powered by|software:|running)\b.{0,80}?"  # with a link around the name
# What other board software writes into all of its pages: the generator tag, its scripts and ids, or a line at the end.
_SOFTWARE_MARKS = {
    "phpBB": rf"<body id=[\"']?phpbb|\bphpbb_alert\b|styles/(?:prosilver|subsilver2)/|{_FOOTER}phpbb",
    "Discourse": r"content=[\"']Discourse |id=[\"']data-discourse-setup|<discourse-assets",
    "SMF": rf"\bsmf_(?:theme_url|scripturl|default_theme_url)\b|{_FOOTER}\bSMF\b|simplemachines\.org.{{0,80}}>S",
    "Invision": rf"\bips_?Layout|\bipb\.vars\[|\bips\.setSetting|\bipbwrapper\b|{_FOOTER}(?:ip\.board|invision)",
    "MyBB": rf"\bMyBB\.(?:init|prototype)|\bmy_post_key\b|{_FOOTER}mybb",
    "Vanilla": rf"\bgdn\.(?:meta|definitions|setMeta)\b|id=[\"']vanilla_|content=[\"']Vanilla|{_FOOTER}vanilla",
    "NodeBB": rf"content=[\"']NodeBB|assets/nodebb\.min\.js|{_FOOTER}nodebb",
    "FluxBB": rf"id=[\"']?(?:punwrap|punviewtopic|punviewforum|punindex|brd-wrap)\b|{_FOOTER}(?:fluxbb|punbb)",
    "Flarum": r"id=[\"']flarum-(?:content|json-payload|loading)|\bflarum\.core\b",
    "WoltLab": rf"\bWCF_PATH\b|\bWSC_API_URL\b|{_FOOTER}(?:woltlab|burning board)",
}
_HEAD, _FOOT = 40_000, 10_000  # of the source; with all of it, 50 MB of nonsense would take minutes
_SOFTWARE = {name: re.compile(marks, re.IGNORECASE | re.DOTALL) for name, marks in _SOFTWARE_MARKS.items()}


def other_software(source: str) -> str | None:
    """Return the name of the board software that wrote this page, if it is one of those that are not read."""
    frame = source if len(source) < _HEAD + _FOOT else source[:_HEAD] + source[-_FOOT:]
    return next((name for name, marks in _SOFTWARE.items() if marks.search(frame)), None)
