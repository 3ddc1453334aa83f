"""Compare English sentences by the words that turn them round: sides, denials, order. Pure, for checks and scorers."""
