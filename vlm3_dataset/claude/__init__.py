"""Ask Claude, for the labels, the second reader and the judge alike: within a budget, keeping every answer."""
