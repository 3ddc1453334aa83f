"""Check an answer from a thread against the posts that it quotes. Pure."""
