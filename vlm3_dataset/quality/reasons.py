"""Why pairs were dropped, so that equal reasons are counted together. Pure."""


def fold(reason: str) -> str:
    """A reason without its particulars: words with a digit (numbers, page ids) become N."""
    return " ".join("N" if any(sign.isdigit() for sign in word) else word for word in reason.split())
