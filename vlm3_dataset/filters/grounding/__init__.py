"""Check whether a page prints what a pair says: its passages, and what an answer may not turn round. Pure."""
