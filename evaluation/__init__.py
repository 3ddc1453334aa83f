"""Evaluate a tuned model against its baseline: ask both, score the answers, compare them, and write a report."""
