"""What has options of its own: the pair-by-pair review, and the one step that others can see."""
