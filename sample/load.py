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
        fail(PROG, f"{folder}: no dataset there; give the folder that holds its README.md, as in training_data/hub", 2)
    show(folder)


def show(folder: Path) -> None:
    from datasets import get_dataset_config_names, load_dataset  # noqa: PLC0415 - takes seconds: not for --help

    loaded = {config: load_dataset(str(folder), config) for config in get_dataset_config_names(str(folder))}
    for split, pages in loaded["pages"].items():
        page = pages[0]
        print(
            f"{split}: {len(pages)} pages, {len(loaded['qa'][split])} pairs; the first is {page['page_id']},"
            f" {page['image'].width} x {page['image'].height} pixels: {page['qa'][0]['question']}"
            f" -> {page['qa'][0]['answer']}"
        )
    for split, threads in loaded.get("threads", {}).items():
        pair = threads[0]["qa"][0]
        print(
            f"{split}: {len(threads)} threads; the first is {threads[0]['page_id']}: {pair['question']}"
            f" -> {pair['answer']} ({pair['confidence']}; {pair['claims'][0]['post_url']})"
        )


if __name__ == "__main__":
    main()
