"""From files to pages: what lies on the shelf, the picture of every page, and what is printed on it."""

import sys

# Where PyMuPDF finds its layout package it imports it, and onnxruntime with it: 65 MB and 0.6 s of each
# process, for models that nothing here asks for.
sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type]
