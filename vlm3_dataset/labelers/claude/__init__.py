"""Ask Claude about pages and threads, and a second model about its answers."""
