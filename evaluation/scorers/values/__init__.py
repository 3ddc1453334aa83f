"""Compare the values of an answer with those of its reference: label by label, stage by stage. Pure."""
