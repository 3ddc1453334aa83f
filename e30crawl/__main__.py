"""Run `e30crawl COMMAND`: Scrapy with our settings, from any folder; in the repository `scrapy COMMAND` is the same."""

import os

from scrapy.cmdline import execute


def main() -> None:
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "e30crawl.settings")
    execute()


if __name__ == "__main__":
    main()
