"""A small shelf of scanned pages and a small forum, both of our own making, for `make demo` and the tests."""
