"""How long a whole board takes from its exports to chosen threads, and how much memory.

    python -m benchmarks.threads [POSTS]        # 600,000 by default
    python -m benchmarks.threads bill           # only what asking costs

A synthetic board: threads of 15 posts on average, as long, social, quoting and technical as a real one's, from words
and sentences of our own. Of 441 posts of real forums half have 260 letters or fewer, and the mean is 584. Prints
seconds, the most memory of any process, and what the rules made of it; then what asking about 1,800 such threads of
18,000 posts would cost and give, as the command forecasts it, without a second reader and with one, who checks as many
pairs as are expected, as if the rules dropped none.
"""

import json
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from statistics import mean
from tempfile import TemporaryDirectory

from vlm3_dataset.claude.cache import held
from vlm3_dataset.claude.prices import CHEAPEST, PRICES, money, named
from vlm3_dataset.claude.sending import expected
from vlm3_dataset.files import read_csv
from vlm3_dataset.labelers.claude import label, thread_reader
from vlm3_dataset.labelers.claude.thread_prompts import likely_pairs
from vlm3_dataset.schema import QA, Page
from vlm3_dataset.sources.threads.conversation import load_thread
from vlm3_dataset.threads import NoiseCount, ThreadSelection, prepare

SAYS = (
    """
The idle hunts between 700 and 1000 rpm once it is warm.|It was the reference sensor on the bell housing.|Thanks!|bump
I measured 2.4 kOhm cold and 0.33 kOhm hot across pins 1 and 2.|Torque is 24 Nm, crosswise, with new bolts.|+1|Nice car.
Have you checked the grounds behind the cluster?|Mine did the same last year, and a new relay cured it.|Sent you a PM.
Part number 12 14 1 726 066 is what the dealer had in May 2009.|Pull the plugs and look at number three before anything.
Valve clearance 0.25-0.35 mm cold, inlet and exhaust alike.|Call me on 0171 1234567 or mail jo at gmail dot com.|lol
The chain rattles for two seconds after a cold start, then it is silent for the rest of the day, hot or cold.|Any news?
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
TALKS = (
    """
Sat in the garage again last night with a torch and a cup of tea, and went over everything from the front to the back.|
The car came out of the north, where they salt the roads, so nothing comes undone without heat and some patience.|
I had it apart twice before, so this time every piece went into a bag of its own with a note of where it came from.|
What surprised me is how little play there was, given that nobody seems to have touched it since it left the works.|
If you do this on your own, put the long one in first and hold it with your knee, else you will need three hands.|
On the way home from Harrogate it started again, only in the rain, and it went as soon as the road was dry.|
My friend Dieter swears by the old ones, but he also swears by engine oil from a supermarket.|
Before that I thought it was the usual thing with these, because everybody here says that it is.|
There is a cover behind the seat, held by clips that break when you look at them, so order some before you start.|
Then I put it all together, let it run until the fan came on, and listened with a hose at my ear, like a doctor.|
It does it in second and third, hardly ever in fourth, and never with the heater on, whatever that may mean.|
Do the left one as well while you are there, they have the same age and you know how it will end otherwise.
""".replace("\n", "")
    .strip("|")
    .split("|")
)
MIDDLE, SPREAD, LONGEST = 5.5, 1.33, 7_400  # of the logarithm of a real post's letters, and the most of any
TITLES = (
    "No start when warm|Idle hunts|FS: four wheels|Which oil for the track?|DIY valve check|Summer meet|Chip opinions"
)
LETTERS = 80, 215  # of a question and of an answer, by 170 pairs of a labeler about 44 threads
NAMES = [f"{first}{last}{n}" for first in ("Old", "Red", "Mad") for last in ("Bear", "Six", "Shim") for n in range(400)]


def post_text(random: Random) -> str:
    """Return the words of a post, as long as posts of real forums are: one of our sentences, then more until it is."""
    letters = min(LONGEST, random.lognormvariate(MIDDLE, SPREAD))
    sentences = [random.choice(SAYS)]
    while sum(map(len, sentences)) < letters - 60:  # the last one passes the end by half of its length
        sentences.append(random.choice(SAYS if random.random() < 0.25 else TALKS))
    return "\n".join(sentences)


def export(board: Path, posts: int, longest: int = 30) -> None:
    """Write the exports of a board with so many posts, in threads shorter than the longest."""
    random = Random(42)
    board.mkdir(parents=True)
    titles, made, thread = TITLES.split("|"), 0, 0
    with (board / "threads.jsonl").open("w") as threads, (board / "posts.jsonl").open("w") as lines:
        while made < posts:
            thread += 1
            title = f"{random.choice(titles)} {random.choice(SAYS)[:30]}"
            threads.write(json.dumps({"thread_id": thread, "title": title, "forum_id": random.randrange(1, 41)}) + "\n")
            people = random.sample(NAMES, 6)
            for number in range(1, random.randrange(1, longest)):
                made += 1
                text = post_text(random)
                if number == 1:
                    text += "\nWhat could it be?"
                quotes = [{"post_id": made - 1, "author": people[0]}] if number > 2 and random.random() < 0.3 else []
                row = {"thread_id": thread, "post_id": made, "number": number, "author": random.choice(people)}
                row |= {
                    "date": "2011-05-22T10:12:00+00:00",
                    "text": "> quoted\n" * len(quotes) + text,
                    "quotes": quotes,
                }
                lines.write(json.dumps(row | {"url": f"https://board.example/p{made}", "images": []}) + "\n")


def bill(place: Path) -> None:
    """Print the forecast for 1,800 threads, of ten posts each."""
    export(place / "archive" / "board", 18_000, longest=21)
    chosen, said = prepare(place / "archive", None, place / "work", ThreadSelection())
    letters = mean(len(post.text) for page in chosen for post in load_thread(place / "work", page.page_id).posts)
    print(f"18,000 posts, {letters:.0f} letters each where they are asked about: {said}")
    with held(place / "work" / "labels.sqlite") as store:
        checks = thread_reader.requests(expected_pairs(chosen, place / "work"), place / "work", named(CHEAPEST))
        again = expected([each for each, _ in checks.values()], store)
        print(f"second reader, {CHEAPEST}: {again}")
        for model in map(named, list(PRICES)[:2]):
            asks = [each for page in chosen for each in label.about(page, place / "work", model)]
            without = expected(asks, store)
            print(f"{model.name}: {without}")
            both = f"{money(without.batch + again.batch)} as a batch, {money(without.live + again.live)} live"
            print(f"{model.name} and the second reader: {both}")


def expected_pairs(chosen: list[Page], work: Path) -> dict[Page, list[QA]]:
    """Return so many pairs of each thread that all threads before it together have as many as are likely."""
    found, due = {}, 0.0
    for page in chosen:
        due += likely_pairs(load_thread(work, page.page_id))
        found[page] = [
            QA(f"{n}{'q' * LETTERS[0]}", "a" * LETTERS[1], "", "", "claude", None, "") for n in range(int(due))
        ]
        due -= int(due)
    return found


def whole_board(place: Path, posts: int) -> None:
    """Print how long a board of so many posts takes, how much memory, and what the rules leave of it."""
    archive, work = place / "archive", place / "work"
    export(archive / "board", posts)
    started = time.monotonic()
    chosen, _ = prepare(archive, None, work, ThreadSelection(limit=1_000))
    seconds = time.monotonic() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    counts = Counter({(one.what, one.reason): 0 for one in read_csv(work / "noise.csv", NoiseCount)})
    for one in read_csv(work / "noise.csv", NoiseCount):
        counts[one.what, one.reason] += one.count
    print(f"{posts:,} posts, {len(chosen):,} threads chosen: {seconds:.0f} s, {seconds / posts * 1e3:.2f} ms a post")
    print(f"CPU: {sum(each.ru_utime + each.ru_stime for each in used):.0f} s, with the making of the board")
    print(f"memory: {used[0].ru_maxrss / 1024:.0f} MB, and {used[1].ru_maxrss / 1024:.0f} MB in the largest worker")
    for (what, reason), count in sorted(counts.items(), key=lambda each: (each[0][0], -each[1])):
        print(f"{what:<8}{reason or 'kept':<26}{count:>9,}")


def main() -> None:
    chosen = sys.argv[1] if len(sys.argv) > 1 else "600000"
    if chosen != "bill":
        with TemporaryDirectory() as place:
            whole_board(Path(place), int(chosen))
    with TemporaryDirectory() as place:
        bill(Path(place))


if __name__ == "__main__":
    main()
