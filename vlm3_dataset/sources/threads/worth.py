"""Score how much a thread is likely to give, from 0 to 1 and for free: the best are asked first. Pure."""

import re

from vlm3_dataset.schema import Post, Thread
from vlm3_dataset.sources.threads.noise import TROUBLE, is_how_to

# The thread's author names the cause in the end. A hope, a guess or a question does not count.
RESOLVED = re.compile(
    r"(?i)\b(?:turn(?:ed|s) out (?:to be|it was|that)|(?:it|problem|culprit|cause|fault|issue|leak|noise"
    r"|rattle) (?:was|were) (?:indeed |actually |just |in fact )?"
    r"(?:the|a|an|my|in the|due to|caused by|bad|broken|cracked|worn|loose|faulty|blown|dead|corroded)\b"
    r"|(?:culprit|cause|fault|reason)(?: in the end)?:|case closed|nailed it|ended up being|(?:came|comes) down to"
    r"|found (?:it|the (?:problem|culprit|cause|fault|leak|issue))"
    r"|(?:problem|issue|mystery|case|all|now) (?:is )?(?:solved|fixed|sorted|cured)|(?:fixed|solved|cured"
    r"|sorted) (?:it|the|my|by)|(?:that|this|which|replacing|swapping|cleaning)"
    r"(?: \w+){0,6} (?:fixed|solved|cured|did (?:it|the trick))|did the trick|(?:runs|starts|idles|works"
    r"|holds) (?:great|fine|perfect\w*|again|like new|now)"
    r"|(?:new \w+(?: \w+){0,3}|replaced (?:the|it|both|all)(?: \w+){0,5})(?: in)?(?:,| and) (?:\w+ ){0,6}(?:fine"
    r"|gone|fixed|again|now|stays? (?:off|out|dry)|works|runs|starts)|you were (?:both |all )?right)"
)  # fmt: skip
DOUBT = re.compile(
    r"(?i)\?|\b(?:hope(?:fully)?|maybe(?! (?:an? )?(?:\d|half))|might|perhaps|could be|i think|i guess|probably"
    r"|not sure|suspect|if it (?:was|is)|will (?:try|report)|still (?:not|no|does|have|won)|not the|wasn'?t)\b"
)  # fmt: skip
# What a later post makes of it: its author takes it back, or another warns of it.
TAKEN_BACK = re.compile(
    r"(?i)\b(?:sp[oe]ke?n? too soon|back to (?:the drawing board|square one)|(?:came|comes|coming|is|it'?s|right|was)"
    r" (?:right |straight |all )?back(?: again)?(?! in\b| on\b| at\b| from\b| home\b| together\b| to (?!normal|the)\w)"
    r"|back again|(?:still|again) (?:there|the same|doing it|leak\w*|rattl\w*|knock\w*|misfir\w*|stall\w*|clunk\w*)"
    r"|(?:didn'?t|did not|hasn'?t|has not) (?:fix|cure|solve|last|hold|help)\w*|no luck|not (?:fixed|cured|solved|it)"
    r"|(?:returned|reappeared)|wasn'?t it|was not it|nope)\b"
)
WARNED = re.compile(
    r"(?i)\b(?:(?:do not|don'?t|never|please don'?t) (?:ever )?(?:do|try|copy|follow|attempt) (?:this|that|it)"
    r"|dangerous|unsafe|illegal|lethal|will (?:kill|get \w+ killed)|(?:cannot|can'?t|mustn'?t|must not) drive)\b"
)
FIGURE = re.compile(
    r"(?i)\b\d+(?:[.,]\d+)?(?:\s?[-–]\s?\d+(?:[.,]\d+)?)? ?(?:mm|cm|nm|n·m|ft[- ]?lbs?|lb[- ]?ft|in[- ]?lbs?|bar"
    r"|psi|kpa|v|volts?|ohms?|kohms?|k?Ω|°|deg(?:rees)?"
    r"|rpm|cc|ml|l|lit(?:er|re)s?|qt|quarts?|km|mph|hp|ps|kw|a|amps?|inch(?:es)?|in|\"|%|thou|oz|g|kg)(?!\w)"
)  # fmt: skip
NAMED = re.compile(
    r"\b(?:\d{2} \d{2} \d \d{3} \d{3}|\d{11}|0 ?\d{3} ?\d{3} ?\d{3}|\d\d \d \d{3}"
    r"|[A-Z]{1,4}[-/]?\d{2,}[A-Z0-9/-]*|M\d{1,2}x[\d.]+)\b"
)
AGREES = re.compile(
    r"(?i)\b(?:agreed?|same here|\+ ?1|mine (?:was|did|had|too)|i had the same|had the same|can confirm"
    r"|confirmed|exactly this|me too|on mine|same (?:problem|issue|thing))\b"
)
WORD = re.compile(r"[a-z]{3,}")
EMPTY_WORDS = """
    the and for with from what how when where which why does did has have was were will would can could should need help
    question problem issue any anyone about not after before this that your you are get got new please
"""
EMPTY = frozenset(EMPTY_WORDS.split())
BOUNDARY = re.compile(r"(?<=[.!?])\s+|\n+")
OFTEN = 3  # threads that ask alike
ASKED_AGAIN = 0.10


def score(thread: Thread) -> float:
    """Return how much a thread's posts are likely to give; what is asked `OFTEN` gets ASKED_AGAIN on top."""
    text = "\n".join(post.text for post in thread.posts)
    figures, named = len(FIGURE.findall(text)), len(NAMED.findall(text))
    agreeing = {post.author for post in thread.posts[1:] if AGREES.search(post.text)}
    how_to = is_how_to(thread.title, thread.posts[0].text)
    return round(
        0.30 * (resolution(thread) is not None)
        + 0.20 * min(1.0, figures / 4)
        + 0.15 * min(1.0, named / 2)
        + 0.15 * min(1.0, len(agreeing) / 2)
        + 0.10 * how_to,
        2,
    )


def resolution(thread: Thread) -> Post | None:
    """Return the post in which a thread's author says what it turned out to be; the last of several.

    None where nothing was wrong (a plan or an opinion does not turn out to be anything), and where a later post takes
    it back or warns of it: "spoke too soon", "do not do this".
    """
    opening = thread.posts[0]
    if not TROUBLE.search(f"{thread.title}\n{opening.text}"):
        return None
    found = [
        post
        for post in thread.posts[1:]
        if post.author == opening.author
        and (said := RESOLVED.search(post.text))
        and not DOUBT.search(sentence(post.text, said.start()))
    ]
    if not found:
        return None
    later = thread.posts[thread.posts.index(found[-1]) + 1 :]
    undone = any((TAKEN_BACK if post.author == opening.author else WARNED).search(post.text) for post in later)
    return None if undone else found[-1]


def sentence(text: str, place: int) -> str:
    """Return the sentence of a text that a place lies in."""
    ends = [0, *(end.end() for end in BOUNDARY.finditer(text)), len(text)]
    start = max(end for end in ends if end <= place)
    return text[start : min((end for end in ends if end > place), default=len(text))].strip()


def title_words(title: str) -> str:
    """Return what a title asks about, for counting how often a board asks it: its words without the empty ones."""
    words = sorted({word for word in WORD.findall(title.casefold()) if word not in EMPTY})
    return " ".join(words) if len(words) >= 2 else ""
