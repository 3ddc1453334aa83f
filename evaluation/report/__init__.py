"""Write the report of a comparison: figures, conclusions, and marked answers beside their pages."""
