"""Run `e30crawl COMMAND`: Scrapy with our settings, from any folder; in the repository `scrapy COMMAND` is the same."""

import os
import sys


def main() -> None:
    try:
        from scrapy.cmdline import execute
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        sys.exit(f"e30crawl: {library} is not installed; pip install 'vlm3[crawl]' brings what e30crawl needs")
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "e30crawl.settings")
    execute()


if __name__ == "__main__":
    main()
