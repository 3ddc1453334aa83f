"""What do the answers for 1,000 pages cost, our way and the plain way?

Plain: for each page two live calls with the scan as it is, one to classify it and one for its pairs; the server shrinks
the picture to what the model takes. Ours: what the package sends for the same page, as a batch. Both by the package's
price table, its estimate of text, the documented tokens of a picture, and answers of the same length (120 tokens for a
class, 1,100 for ten pairs). No thinking is counted on either side, though the plain way's default thinks more.

Nothing is sent. Microfiche pages need no shrinking, so the picture saves nothing there; the ratio is of full scans.
"""

from math import sqrt

from vlm3_dataset.labels import prices, sizing
from vlm3_dataset.labels.forecast import forecast, input_tokens
from vlm3_dataset.labels.prompts import SYSTEM, user_text
from vlm3_dataset.labels.sizing import CELL, Size
from vlm3_dataset.schema import Page

PAGES = 1_000
SHAPES = {"microfiche, 1200 x 910": Size(1_200, 910), "letter at 300 dpi, 2500 x 3500": Size(2_500, 3_500)}
CLASS, PAIRS = 120, 1_100  # tokens of an answer
SERVER_EDGE, SERVER_TOKENS = 2_576, 4_784  # beyond either the server shrinks a picture, for models from 4.7 on
WORDS = user_text(Page("21-03", "21-03.jpg", 1, "image", "21", "Clutch", "21", "pages/21-03.jpg"))


def as_the_server_sees_it(size: Size) -> Size:
    """Shrunk in its proportions, as far as the documented limits ask."""
    scale = min(
        1.0, SERVER_EDGE / max(size.width, size.height), sqrt(SERVER_TOKENS * CELL**2 / (size.width * size.height))
    )
    while (shrunk := Size(int(size.width * scale), int(size.height * scale))).tokens > SERVER_TOKENS:
        scale *= 0.999
    return shrunk


def theirs(model: str, size: Size) -> float:
    """Dollars: live, twice, with the whole scan."""
    tokens = [input_tokens(SYSTEM, WORDS, as_the_server_sees_it(size))] * PAGES
    return sum(forecast(model, tokens, usual_output=output).live for output in (CLASS, PAIRS))


def ours(model: str, size: Size) -> float:
    """Dollars: one call that classifies and asks, as a batch, with the picture on the model's grid."""
    tokens = [input_tokens(SYSTEM, WORDS, sizing.fitted(size))] * PAGES
    return forecast(model, tokens, usual_output=CLASS + PAIRS).batch


def main() -> None:
    ratios = {}
    for name, size in SHAPES.items():
        for model in prices.PRICES:
            mine, plain = ours(model, size), theirs(model, size)
            ratios[name] = plain / mine
            print(f"{name}, {model}: ours ${mine:.2f}, plain ${plain:.2f}, {plain / mine:.2f} times")
    print(f"ratio: {ratios['letter at 300 dpi, 2500 x 3500']:.2f}")


if __name__ == "__main__":
    main()
