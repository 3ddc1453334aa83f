"""Compare what an answer says to do, and in which order, with its reference. Pure."""
