"""How near is the forecast that a pilot has corrected to the bill, on real pages?

    python benchmarks/real/forecast.py WORK [MODEL ...]

WORK is a folder in which a shelf was prepared and classified; it is read and not written to. A stand-in bills by
the letters of what it is sent and of what it says, one long pair for each printed line or two that has a number, and
keeps the prompt in its cache; none of it knows what was forecast. Not part of `make bench`: it needs pages that are not
in this repository.
"""

import os
import sys
import tempfile
from pathlib import Path

from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.test_claude import REPLY
from tests.vlm3_dataset.claude.test_pilot import Meter
from vlm3_dataset import table
from vlm3_dataset.claude import live, pilot, prices, sending
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import held
from vlm3_dataset.claude.forecast import Forecast
from vlm3_dataset.claude.sending import answered
from vlm3_dataset.labelers.claude.label import requests

THINKING = (0, 1_500)  # tokens of each answer


def pairs_of(asked: dict) -> dict:
    """What a labeler might find: a pair for each line with a number, and for a third of the others."""
    text = asked["messages"][0]["content"][1]["text"]
    printed = text.partition("<reading>\n")[2].partition("\n</reading>")[0].splitlines()
    told = [line for number, line in enumerate(printed) if any(map(str.isdigit, line)) or number % 3 == 0]
    quota = int(text.partition("Write up to ")[2].split()[0])
    pairs = [REPLY["pairs"][0] | {"evidence": line, "answer": line[:60]} for line in told[:quota]]
    return REPLY | {"pairs": pairs}


def main() -> None:
    work = Path(sys.argv[1])
    pages = [table.page_of(row) for row in table.load(work) if row["ask"]]
    os.environ["ANTHROPIC_API_KEY"] = "none"
    live.IN_FLIGHT = 8  # the stand-in shares this process: with more, a busy machine passes the SDK's time to connect
    sending.DEARER = 0  # whoever pays is told what the pilot says in any case
    worst = 0.0
    for name in sys.argv[2:] or ("claude-haiku-5-5", "claude-sonnet-5-5"):
        asks = requests(pages, work, prices.named(name))
        for thinking in THINKING:
            for how in ("live", "batch"):
                worst = max(worst, abs(compare(asks, name, how, thinking) - 1))
    print(f"ratio: {1 + worst:.3f}")


def compare(asks: dict, name: str, how: str, thinking: int) -> float:
    """The forecast of all, once the pilot has flown, by what they were billed."""
    bills: list[Forecast] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        stand_in.serving(pairs_of, usage=Meter(thinking), latency=0.0) as server,
        held(Path(folder) / "labels.sqlite") as store,
    ):
        os.environ["ANTHROPIC_BASE_URL"] = server.url
        came = list(answered(asks, store, Budget(1_000), how, lambda each: bills.append(each) or True))
        if lost := [str(body) for _, body in came if not isinstance(body, dict)]:
            print(f"{len(lost)} pages without an answer: {lost[0]}")
        bill = store.spent()
        by_time = [usd for (usd,) in store._rows("select usd from reply order by rowid")]
    before, after = (each.live if how == "live" else each.batch for each in bills)
    forecast = sum(by_time[: pilot.REQUESTS]) + after
    told = [prices.money(usd) for usd in (before, forecast, bill)]
    case = f"{name}, {how}, {thinking} tokens of thinking, {len(by_time)} pages"
    print("{}: {} before the pilot, {} after it, {} billed: {:.3f}".format(case, *told, forecast / bill))
    return forecast / bill


if __name__ == "__main__":
    main()
