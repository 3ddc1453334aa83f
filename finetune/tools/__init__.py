"""Run the commands beside the training: `python -m finetune.tools.prepare`, `ask`, `merge`, `serve`; and Modal."""
