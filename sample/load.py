"""Loads a dataset folder the way its users load it from the Hub, and says what is in it.

python -m sample.load training_data/hub
"""

from pathlib import Path

from vlm3_dataset.arguments import OneLineParser, fail

PROG = "python -m sample.load"


def main(argv: list[str] | None = None) -> None:
    parser = OneLineParser(prog=PROG, description="Load a dataset folder and say what is in it.")
    parser.add_argument("folder", type=Path, help="what emit wrote, as training_data or its folder hub")
    folder = parser.parse_args(argv).folder
    if not (folder / "README.md").is_file():
        fail(PROG, f"{folder}: no dataset there; give the folder that holds its README.md, as in training_data/hub")
    show(folder)


def show(folder: Path) -> None:
    from datasets import load_dataset  # noqa: PLC0415 - takes seconds: not for --help

    pages, pairs = load_dataset(str(folder)), load_dataset(str(folder), "qa")
    for split in pages:
        page = pages[split][0]
        print(
            f"{split}: {len(pages[split])} pages, {len(pairs[split])} pairs; the first is {page['page_id']},"
            f" {page['image'].width} x {page['image'].height} pixels: {page['qa'][0]['question']}"
            f" -> {page['qa'][0]['answer']}"
        )


if __name__ == "__main__":
    main()
