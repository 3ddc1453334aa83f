"""What may stay: pure checks with reasons, duplicates, and the split."""
