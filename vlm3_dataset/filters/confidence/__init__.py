"""Rate an answer from a thread: what the manual says of the same thing, and how many owners say it. Pure."""
