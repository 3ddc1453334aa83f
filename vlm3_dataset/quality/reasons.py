"""Why pairs were dropped, so that equal reasons are counted together. Pure."""


def fold(reason: str, like: str) -> str:
    """A reason without its particulars: reasons that differ in a number, or in the page of the like, are one."""
    words = (f"{reason.removesuffix(like)}some page" if like else reason).split()
    return " ".join("N" if any(sign.isdigit() for sign in word) else word for word in words)
