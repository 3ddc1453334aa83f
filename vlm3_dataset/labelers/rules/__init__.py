"""Ask, without a key, what a page or a thread says in one way only, and answer in its own words. Pure."""
