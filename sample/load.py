"""Loads a data set folder the way its users load it from the Hub, and says what is in it."""

import sys

from datasets import load_dataset


def main() -> None:
    folder = sys.argv[1]
    pages, pairs = load_dataset(folder), load_dataset(folder, "qa")
    for split in pages:
        page = pages[split][0]
        print(
            f"{split}: {len(pages[split])} pages, {len(pairs[split])} pairs; the first is {page['page_id']},"
            f" {page['image'].width} x {page['image'].height} pixels: {page['qa'][0]['question']}"
            f" -> {page['qa'][0]['answer']}"
        )


if __name__ == "__main__":
    main()
