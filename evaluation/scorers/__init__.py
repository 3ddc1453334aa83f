"""Score an answer against its reference: pure functions of texts."""
