"""How a command tells its user that it cannot go on: one line, and an exit code."""

import sys
from typing import NoReturn


def fail(message: str, code: int = 1) -> NoReturn:
    """Code 2 is for a command line that is wrong, 1 for everything else."""
    print(" ".join(message.split()), file=sys.stderr)
    sys.exit(code)
