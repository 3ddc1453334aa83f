"""Polls: the question and its options as one row, which has no number and no id.

vBulletin 2 to 4 print a thread's poll above the posts of each of its pages, vBulletin 5 in its first post.
"""

import re
from collections.abc import Iterator

from lxml.etree import XPath

from e30crawl.parsers.document import Document, Element, count, every, first, has, words
from e30crawl.parsers.records import Post, PostKind

# An option; in it, what can be chosen and how often it was. vBulletin 5, vBulletin 4, and the bars of 3 and 2.
_RESULTS = tuple(
    (XPath(options), XPath(f"({text})[1]"), XPath(f"({votes})[1]"))
    for options, text, votes in (
        (every("pollresults-option-row"), f".//*[{has('title')}]", f".//*[{has('js-votes')}]"),
        ("//*[@id='pollresults']//li[p]", "p", f".//*[{has('numvotes')}]"),
        ("//tr[count(td)=4 and td[2]//img and contains(td[4], '%')]", "td[1]", "td[3]"),
    )
)
_BALLOT = XPath("//form[contains(@action, 'poll')]//label")  # as long as we may vote and have not
_HEAD = XPath("(ancestor::*[@id='pollinfo']//h2 | ancestor::table[1]//tr)[1]")
_BEFORE_QUESTION = re.compile(r"[^:：]{0,40}[:：]\s*")  # `View Poll Results:`


def speaks_of_poll(document: Document) -> bool:
    """Whether a page of vBulletin 2 or 3 is worth the look: by the pictures of the bars, or where a vote is sent."""
    return document.says("polls/") or document.says("pollvote")


def polls(document: Document, title: str | None) -> Iterator[Post]:
    """The poll on a page, if it has one; `title` of its thread or post is the question where there is no other."""
    options, lines = next((found for found in _shown(document) if found[0]), ([], []))
    if not options:
        return
    head = words(first(_HEAD(options[0])))
    question = _BEFORE_QUESTION.sub("", head, count=1) or title or ""
    text = "\n".join([question, *lines])
    yield Post(None, text=text.strip(), kind=PostKind.POLL)


def _shown(document: Document) -> Iterator[tuple[list[Element], list[str]]]:
    for options_of, text_of, votes_of in _RESULTS:
        options = options_of(document.root)
        yield options, [_line(first(text_of(each)), count(words(first(votes_of(each))))) for each in options]
    ballot = _BALLOT(document.root)
    yield ballot, [_line(each, None) for each in ballot]


def _line(option: Element | None, votes: int | None) -> str:
    """Where it is told who voted, the names follow the option in a box."""
    box = option.find("div") if option is not None else None
    text = words(option).removesuffix(words(box)).strip()
    return f"- {text}" if votes is None else f"- {text}: {votes}"
