"""Turn files into pages: find them on the shelf, make the picture of every page, and read what is printed."""

import sys

# Where PyMuPDF finds its layout package it imports it, and onnxruntime with it: 65 MB and 0.6 s of each
# process, for models that nothing here asks for.
sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type]
