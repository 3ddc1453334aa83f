"""People look at pairs beside their pages; what they decide wins at the next emit."""
