"""The dataset as people load it: JSONL with images for training, Parquet with a card for the Hub."""
