"""Manage the folder of a run: its checkpoints, adapter, curves and card, and their way to the Hub."""
