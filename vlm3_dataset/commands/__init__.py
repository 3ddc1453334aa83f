"""Run the two commands that have options of their own: `review` and `publish`."""
