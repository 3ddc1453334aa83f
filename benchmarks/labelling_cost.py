"""What do the answers for 1,000 pages cost, our way and the plain way?

Plain: two live calls a page with the scan as it is, one to classify it (700 tokens of prompt and 120 of answer, as the
notes of a trial had it) and, where there is something to ask, one for its pairs; the server shrinks the picture to what
the model takes. Ours: what the package sends for the same page, as a batch, with its class in the same answer; and
nothing for the covers and indexes that the words of a page give away. Both by the package's price table, its estimate
of text, the documented tokens of a picture, the same words and the same ten pairs. No thinking is counted on either
side, though the plain way's default thinks more.

The lines "by default" are of as many pairs as a real page may have, wiring whole, and every pair read again by Haiku.

Nothing is sent. Microfiche pages need no shrinking, so the picture saves nothing there; the ratio is of full scans.
"""

from math import sqrt

from vlm3_dataset.claude import prices, sizing
from vlm3_dataset.claude.forecast import SCHEMA_TOKENS, input_tokens, text_tokens
from vlm3_dataset.claude.sizing import CELL, Size
from vlm3_dataset.labelers.claude import second_reader
from vlm3_dataset.labelers.claude.prompts import PAIR_TOKENS, PROMPT, sent_text
from vlm3_dataset.labelers.claude.surroundings import Surroundings
from vlm3_dataset.schema import Page

PAGES = 1_000
WORTH_ASKING = 0.963  # of the 698 pages of a real shelf, by their words alone; the others are covers and indexes
SHAPES = {"microfiche, 1200 x 910": Size(1_200, 910), "letter at 300 dpi, 2500 x 3500": Size(2_500, 3_500)}
CLASSIFYING, CLASS, PAIRS = 700, 120, 1_100  # tokens: a prompt of its own, its answer, and ten pairs
OUR_CLASS = '{"section":"Shift lever","content_type":"procedure","language":"en","names":["S14"],"worth_asking":true,'
CACHED = {"low": 0.30, "middle": 0.64, "high": 0.98}  # of the prompts in a batch: hits are best effort, documented so
SERVER_EDGE, SERVER_TOKENS = 2_576, 4_784  # beyond either the server shrinks a picture, for models from 4.7 on
# Means of 642 pages of a real shelf: the letters of what was read on one, its quota, and the share of wiring.
READ, QUOTA, WIRING = 736, 13.3, 0.09
WIRING_PAGE = Size(1_800, 1_399)
PAGE = Page("21-03", "21-03.jpg", 1, "image", "21", "Clutch", "21", "pages/21-03.jpg")
WORDS = sent_text(PAGE, Surroundings(before="21-02 Clutch", after="21-04 Clutch", reading="x" * READ))
QUESTIONS = second_reader.user_text(["What is the tightening torque of the flywheel bolts of the S14?"] * round(QUOTA))
SHORT_ANSWER = 18  # tokens, with its number


def as_the_server_sees_it(size: Size) -> Size:
    """Shrunk in its proportions, as far as the documented limits ask."""
    scale = min(
        1.0, SERVER_EDGE / max(size.width, size.height), sqrt(SERVER_TOKENS * CELL**2 / (size.width * size.height))
    )
    while (shrunk := Size(int(size.width * scale), int(size.height * scale))).tokens > SERVER_TOKENS:
        scale *= 0.999
    return shrunk


def theirs(model: prices.Model, size: Size) -> float:
    """Dollars a page: live, twice, with the whole scan."""
    picture, rate = as_the_server_sees_it(size), model.price
    classify = (picture.tokens + CLASSIFYING) * rate.fresh + CLASS * rate.output
    ask = input_tokens(PROMPT.words(model), WORDS, picture) * rate.fresh + PAIRS * rate.output
    return (classify + WORTH_ASKING * ask) / prices.MILLION


def ours(model: prices.Model, picture: Size, cached: float, pairs: float = PAIRS) -> float:
    """Dollars a page: one call that classifies and asks, as a batch, with the picture on the model's grid."""
    rate, prompt = model.price, text_tokens(PROMPT.words(model)) + SCHEMA_TOKENS
    rest = input_tokens(PROMPT.words(model), WORDS, picture) - prompt
    prefix = cached * rate.cache_read + (1 - cached) * rate.cache_write
    dollars = rest * rate.fresh + prompt * prefix + (text_tokens(OUR_CLASS) + pairs) * rate.output
    return WORTH_ASKING * dollars * prices.BATCH / prices.MILLION


def read_again(picture: Size) -> float:
    """Dollars a page: every question once more, to the cheapest Claude."""
    rate = prices.PRICES[prices.CHEAPEST]
    tokens = input_tokens(second_reader.SYSTEM, QUESTIONS, picture)
    dollars = tokens * rate.fresh + QUOTA * SHORT_ANSWER * rate.output
    return WORTH_ASKING * dollars * prices.BATCH / prices.MILLION


def everything(model: prices.Model, size: Size) -> float:
    """Dollars a page of a shelf with wiring among it, as a batch, with the middle of hits."""
    pictures = ((1 - WIRING, sizing.fitted(size)), (WIRING, sizing.fitted(WIRING_PAGE, sizing.FULL_TOKENS)))
    each = (
        share * (ours(model, picture, CACHED["middle"], QUOTA * PAIR_TOKENS) + read_again(picture))
        for share, picture in pictures
    )
    return sum(each)


def main() -> None:
    ratios: dict[str, list[float]] = {name: [] for name in SHAPES}
    for name, size in SHAPES.items():
        for model in map(prices.named, prices.PRICES):
            plain = PAGES * theirs(model, size)
            mine = {hits: PAGES * ours(model, sizing.fitted(size), cached) for hits, cached in CACHED.items()}
            ratio = plain / mine["middle"]
            ratios[name].append(ratio)
            told = ", ".join(f"${cost:.2f} with {CACHED[hits]:.0%} of hits" for hits, cost in mine.items())
            print(f"{name}, {model.name}: plain ${plain:.2f}, ours {told}: {ratio:.2f} times with the middle")
            print(f"{name}, {model.name}: ${PAGES * everything(model, size):.2f} by default, second reader and all")
    print(f"ratio: {min(ratios['letter at 300 dpi, 2500 x 3500']):.2f}")


if __name__ == "__main__":
    main()
