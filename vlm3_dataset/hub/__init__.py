"""Write, check and publish the dataset: JSONL with images for training, Parquet with a card for the Hub."""
