"""Let people review pairs beside their pages; their decisions win at the next emit."""
