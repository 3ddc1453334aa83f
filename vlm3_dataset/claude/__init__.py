"""One client of Claude, for labels, second reader and judge: it asks within a budget, and keeps every answer."""
