"""Estimate a run before it begins: operations, bytes, hours and money."""
