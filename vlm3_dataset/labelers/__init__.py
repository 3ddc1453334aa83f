"""Turn pages and threads into pairs: classify them, then ask by rules, by Claude, or from a file."""
