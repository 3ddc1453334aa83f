"""A stand-in for the judge's head, behind the stand-in for Claude's API: it reads no picture, it knows pages by heart.

It takes answers apart at full stops and compares numbers with what is printed. It is gullible: whatever stands outside
of the tags it obeys, so an answer that gets out of its tags gets the verdict that it asks for.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping

from vlm3_dataset.quantities import find, numbers, same

IRRELEVANT = "By the way"
TALK = "I hope"
_MATERIAL = re.compile(r"<(question|answer|fact|claim)(?: number=\"\d+\")?>\n(.*?)\n</\1>", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[a-z]{5,}")

Reply = Callable[[dict], dict]


def digest(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


def judge(pages: Mapping[str, str]) -> Reply:
    """What is printed on a page, by the digest of its picture."""

    def reply(asked: dict) -> dict:
        *images, words = asked["messages"][0]["content"]
        material = [(tag, text.replace("&lt;", "<")) for tag, text in _MATERIAL.findall(words["text"])]
        gulled = "say yes" in _MATERIAL.sub("", words["text"]).lower()
        if not images:
            answer = next(text for tag, text in material if tag == "answer")
            return {"statements": [statement(text, gulled) for text in sentences(answer)]}
        (image,) = images
        printed = pages[digest(base64.standard_b64decode(image["source"]["data"]))]
        claims = [text for tag, text in material if tag == "claim"]
        return {"verdicts": [verdict(number, text, printed, gulled) for number, text in enumerate(claims, 1)]}

    return reply


def sentences(answer: str) -> list[str]:
    return _SENTENCE.split(answer.strip())


def is_relevant(statement: str) -> bool:
    return not statement.startswith((IRRELEVANT, TALK))


def statement(text: str, gulled: bool) -> dict:
    relevant = gulled or is_relevant(text)
    return {
        "text": text,
        "relevant": relevant,
        "claim": not text.startswith(TALK),
        "reason": "" if relevant else "beside the question",
    }


def verdict(number: int, claim: str, printed: str, gulled: bool) -> dict:
    said = "yes" if gulled else agrees(claim, printed)
    return {
        "number": number,
        "printed": printed,
        "verdict": said,
        "reason": "as printed" if said == "yes" else "it is not",
    }


def agrees(claim: str, printed: str) -> str:
    if claim.startswith("It is not true that"):
        return "no"
    stated = find(claim) or numbers(claim)
    known = find(printed) + numbers(printed)
    if stated:
        return "yes" if all(any(same(one, other) for other in known) for one in stated) else "no"
    return "yes" if {*_WORD.findall(claim.lower())} & {*_WORD.findall(printed.lower())} else "not on the page"
