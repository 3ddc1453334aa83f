"""Filter pairs by pure checks that give reasons, drop duplicates, and split what stays."""
