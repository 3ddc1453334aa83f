"""What the pages of the sample shelf say: data only, one module per part of the manual."""
