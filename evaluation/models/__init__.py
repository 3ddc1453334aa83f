"""Get answers from a model in this process or behind an endpoint, and store them."""
