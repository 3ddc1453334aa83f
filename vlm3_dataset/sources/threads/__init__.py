"""Rebuild threads from posts, leave out what is of no use to a mechanic, and score the rest. Free of charge."""
