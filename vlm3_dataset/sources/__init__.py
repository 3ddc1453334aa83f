"""Turn files into pages: find them on the shelf, make the picture of every page, and read what is printed."""

import os
import sys

# Where PyMuPDF finds its layout package and PyMuPDF4LLM it imports them, and onnxruntime with each: 65 MB and 0.6 s of
# every process, for models that nothing here asks for.
for _each in ("pymupdf.layout", "pymupdf4llm"):
    sys.modules.setdefault(_each, None)  # type: ignore[arg-type]

# From 1.32 on ONNX Runtime reports over HTTPS which process ran a model on which machine, unless this is set before it
# is imported. The pages are private.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
