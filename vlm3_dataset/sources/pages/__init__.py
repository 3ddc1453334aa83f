"""Make of every file the pictures of its pages, and read what is printed on them."""
