"""How a command tells its user that it cannot go on: one line, and an exit code."""

import sys
from typing import NoReturn


def fail(message: str, code: int = 1) -> NoReturn:
    """Code 2 is for a command line that is wrong, 1 for everything else."""
    print(" ".join(message.split()), file=sys.stderr)
    sys.exit(code)


def one_line(error: Exception) -> str:
    """What an error says, without the statement and the links that SQLAlchemy puts around it."""
    said = str(getattr(error, "orig", None) or error)
    return said.splitlines()[0] if said else type(error).__name__
