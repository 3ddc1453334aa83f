"""Define the dataset's records: a file, its pages, what is printed on them, and the pairs about them."""

from dataclasses import dataclass
from typing import Literal

Html = Literal["picture", "text", "both"]  # what an HTML page becomes
AS_TEXT = ".text"  # ends the page_id of one that became text
Origin = Literal["image", "pdf", "html", "post", "thread"]
Grounding = Literal["verified", "unconfirmed", "none", "quoted"]  # quoted: from posts, whose authors may all be wrong
SecondReader = Literal["agrees", "disputes", "not asked"]
Reviewed = Literal["accepted", "edited", "no"]
Side = Literal["train", "val"]  # of the split
ContentType = Literal[
    "procedure", "specification", "diagram", "wiring", "pinout", "flowchart", "table", "index", "cover", "blank",
    "other",
]  # fmt: skip
ThreadKind = Literal["troubleshooting", "how-to", "modification", "specification", "parts", "experience"]
Standing = Literal["first-hand", "hearsay", "advice"]  # how a post's author knows what it says
Confidence = Literal["", "manual agrees", "manual differs", "several owners", "one owner", "disputed"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the shelf, or a picture of a forum post: taken, or left out with a reason."""

    path: str  # relative to the shelf (or `<board>/<media file>` inside the archive), with forward slashes
    kind: str  # by its first bytes: jpeg, png, tiff, pdf, html, ... ; "" where they are unknown
    size: int  # bytes
    sha256: str
    reason: str = ""  # why it was left out; empty when it was taken
    post: str = ""  # `<board>/<post_id>` of the post that shows it; empty for files of the shelf


@dataclass(frozen=True, slots=True)
class Page:
    """One page: an image that a model can be asked about, or a thread of a forum, which has none.

    `image` is relative to the work folder.
    """

    page_id: str
    source: str
    number: int  # page inside the source, from 1
    origin: Origin
    section: str  # main group, two digits; empty where unknown
    section_name: str
    group: str  # pages of one group stay on the same side of the split
    image: str = ""
    sha256: str = ""  # of the image's bytes; of a thread's words
    width: int = 0  # pixels
    height: int = 0
    rotation: int = 0  # degrees clockwise that were applied
    done: str = ""  # what was done to the picture, in words
    source_url: str = ""
    title: str = ""  # from the shelf's index page, if one lists it
    context: str = ""  # for a forum picture: the thread's question and the post's text
    reason: str = ""  # why there is no image; empty for a good page


Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the page image


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of printed text."""

    text: str
    box: Box
    score: float = 1.0  # the reader's confidence, 0 to 1

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> float:
        """Where it stands from left to right."""
        return (self.box[0] + self.box[2]) / 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What is printed on a page, and its reader: `text layer`, `html` or the OCR engine with its version."""

    engine: str
    segments: tuple[Segment, ...]

    @property
    def is_by_ocr(self) -> bool:
        """Whether its words may be misread: OCR confirms no answer that was taken from it, and refutes none alone."""
        return self.engine.startswith("rapidocr")


@dataclass(frozen=True, slots=True)
class Class:
    """What kind of page this is, and whether it is worth a question."""

    page_id: str
    content_type: ContentType
    ask: bool
    reason: str = ""  # why nothing is asked


@dataclass(frozen=True, slots=True)
class Post:
    """What one author wrote in a post of a thread, without quoted words."""

    number: int  # its place in the thread, from 1
    author: str
    date: str  # ISO 8601; empty where the board does not tell
    text: str
    quotes: tuple[int, ...] = ()  # numbers of the posts that it quotes
    url: str = ""
    shows: int = 0  # pictures, files and links
    kind: str = "post"


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of a board, its posts in order."""

    board: str
    thread_id: int
    forum: str
    title: str
    url: str
    posts: tuple[Post, ...]
    people: tuple[str, ...] = ()  # the authors by their names on the board; never sent to a model

    @property
    def page_id(self) -> str:
        return f"thread-{self.board}-{self.thread_id}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer, and a post that supports it. With several posts there are several claims."""

    statement: str
    post: int  # its number in the thread
    quote: str  # its words, verbatim
    standing: Standing
    url: str = ""
    date: str = ""  # of the post


QUESTION_LENGTH = range(10, 301)  # characters


@dataclass(frozen=True, slots=True)
class QA:
    """A question about a page with its answer, and everything needed to trace it."""

    question: str
    answer: str
    evidence: str  # words of the page that carry the answer
    question_type: str
    labeler: str  # "rules", "imported" or "claude"
    model: str | None
    prompt_version: str
    numbers_grounded: Grounding = "none"  # about all that must be exact: figures, names, sides, order
    second_reader: SecondReader = "not asked"  # verdict of another model, which has not seen a page's answer
    place: str = ""  # where the page prints it: left,top,right,bottom in pixels of the image; several between blanks
    needs_image: bool = False  # the page's words alone do not answer it
    reviewed: Reviewed = "no"  # whether a person has looked at it beside its page
    claims: tuple[Claim, ...] = ()  # of a pair from a thread
    confidence: Confidence = ""  # of a pair from a thread
    owners: int = 0  # number of independent authors who say so
    manual: str = ""  # the page of the manual that has the same value or another, with that value


# What a pair has before the second reader, the owners and the manual have been asked about its answer.
UNASKED = {"second_reader": "not asked", "confidence": "", "owners": 0, "manual": ""}


@dataclass(frozen=True, slots=True)
class Labels:
    """What a labeler returns for a page: its class and its pairs."""

    content_type: ContentType | ThreadKind
    pairs: tuple[QA, ...] = ()
    section: str = ""  # the heading that the page prints
    language: str = ""  # ISO 639-1
    names: tuple[str, ...] = ()  # engines, gearboxes and cars that the page names
    resolved: bool = False  # of a thread: somebody says what it was, or that it works now
    problem: str = ""  # why there is no answer, for good, or none for a part of a long thread


@dataclass(frozen=True, slots=True)
class Dropped:
    """A pair that the quality rules refused, and why. It is kept, so that a rule can be checked."""

    qa: QA
    reason: str
    like: str = ""  # page_id of the pair that says the same and stays


def normal(text: str) -> str:
    """Return a text in lower case, without punctuation at its ends, with single blanks."""
    return " ".join(word.casefold().strip(".,;:!?") for word in text.split())
