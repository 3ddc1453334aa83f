"""Read an answer in any form: its quantities, its names, and what it denies. Pure."""
