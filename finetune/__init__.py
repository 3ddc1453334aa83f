"""Fine-tune Qwen2-VL by QLoRA on pages and the questions about them."""

import logging
import os
import time

STARTED = time.monotonic()  # every command imports this first: the clock of a run starts here

# The hub libraries read this once, when they are first imported, and every command of ours imports this module first.
# TRL 1.16 reports trainer, model type and GPU when a trainer is built; the pages are private.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

# bitsandbytes warns, when imported, of an optional CPU kernel that it would download; it works without.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
