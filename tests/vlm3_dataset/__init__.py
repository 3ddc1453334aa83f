"""Import what keeps PyMuPDF small (vlm3_dataset.sources) before a test imports PyMuPDF."""

import vlm3_dataset.sources  # noqa: F401
