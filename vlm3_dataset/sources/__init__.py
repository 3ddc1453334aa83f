"""From files to pages: what lies on the shelf, the picture of every page, and what is printed on it."""
