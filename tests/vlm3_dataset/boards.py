"""A small board and an old one that others exported, whose threads all tell of another fault; and who answers."""

import json
import re
from pathlib import Path

from tests.vlm3_dataset.sources.threads.test_rebuild import export, post

PARTS = ("relay", "sensor", "pump", "switch", "valve", "fuse", "coil", "amplifier", "hose", "ground")
SYMPTOMS = ("it will not start", "the idle hunts", "it stalls at lights", "the fan is dead", "it misfires when hot")


def said(number: int) -> list[tuple[str, str]]:
    """Who says what in the thread of that number, among it noise and somebody's telephone."""
    part, symptom = PARTS[number % len(PARTS)], SYMPTOMS[number // len(PARTS) % len(SYMPTOMS)]
    return [
        (f"ann{number}", f"Since the {part} of car {number} was changed {symptom}. What would you check?"),
        ("bob_the_shim", f"I would measure the {part} first, mine gave {number + 2}.5 V. Call me, 0171 2345678."),
        ("cyd", "bump"),
        (f"ann{number}", f"It was the {part}, {number + 3}.5 V at its plug.\nbob_the_shim was right."),
    ]


def boards(folder: Path, count: int) -> tuple[Path, Path]:
    """Write an archive of so many threads and one for sale, and a file of posts with half as many; return both."""
    talks = {number: (f"Fault {number}, please help", said(number)) for number in range(1, count + 1)}
    talks[count + 1] = ("FS: wheels", [("cyd", "Four wheels, $400 shipped, PayPal."), ("bob", "Still available?")])
    posts = [
        post(100 * number + place, number, place, author=who, text=text, date="2013-05-25T10:00:00")
        for number, (_, told) in talks.items()
        for place, (who, text) in enumerate(told, 1)
    ]
    archive = export(folder / "archive", posts, {number: title for number, (title, _) in talks.items()})
    old = folder / "old.jsonl"
    lines = [
        {"thread_id": number, "title": f"Fault {number}", "forum": "Engine", "author": who, "text": text}
        for number in range(count + 2, count + 2 + count // 2)
        for who, text in said(number)
    ]
    old.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return archive, old


ASKED_POST = re.compile(r'<post number="(\d+)"[^>]*>\n(.*?)\n</post>', re.DOTALL)
PAIR = re.compile(r'<pair number="(\d+)">\nQuestion: (.*)\nAnswer: (.*)\n</pair>')
TITLE = re.compile(r"^Forum: .*?\. Thread: (.*)\.$", re.MULTILINE)


def text_of(asked: dict) -> str:
    """All the words of a request's message."""
    content = asked["messages"][0]["content"]
    return content if isinstance(content, str) else "\n".join(block["text"] for block in content)


def answer(asked: dict) -> dict:
    """What a labeler says of a thread: a pair that stands on the longest line of its last post, quoted.

    A second reader finds each pair's answer in that post.
    """
    text = text_of(asked)
    number, words = ASKED_POST.findall(text)[-1]
    if pairs := PAIR.findall(text):
        checks = [
            {
                "number": int(of),
                "support": [{"post": int(number), "words": said}],
                "against": [],
                "verdict": "said" if said in words else "not said",
            }
            for of, _, said in pairs
        ]
        return {"checks": checks}
    quote = max(words.replace("&lt;", "<").split("\n"), key=len).strip()
    pair = {
        "question": f"{TITLE.search(text)[1]}: what does an owner find out in the end?"[:290],
        "answer": quote,
        "question_type": "troubleshooting",
        "statements": [
            {"statement": quote, "standing": "first-hand", "posts": [{"post": int(number), "quote": quote}]}
        ],
    }
    return {"kind": "troubleshooting", "names": [], "resolved": True, "pairs": [pair]}
