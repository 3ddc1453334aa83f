# vlm3: every target is safe to stop and to start again. `make help` lists them.
#
#   make demo                     the whole way on the sample, no key and no GPU
#   make test                     the test suite
#   make all DATA_SRC=my_scans    your own scans to a dataset

DATA_SRC ?= data_src
ARCHIVE  ?= forum_archive
WORK     ?= work
OUTPUT   ?= training_data
RUN      ?= lora_qwen2vl
MODEL    ?= Qwen/Qwen2-VL-7B-Instruct
# Further options for the program behind a target: make all ARGS="--labeler rules"
ARGS     ?=

BIN := .venv/bin
DATASET = $(BIN)/vlm3
# A shelf or an archive that somebody named must be there; those that nobody named need not.
SHELF   = $(if $(filter file,$(origin DATA_SRC)),,--data-src "$(DATA_SRC)")
BOARDS  = $(if $(filter file,$(origin ARCHIVE)),,--archive "$(ARCHIVE)")
FOLDERS = $(SHELF) $(BOARDS) --work "$(WORK)" --output "$(OUTPUT)"

.PHONY: help demo test extras all quick regen-qa refilter review status clean crawl finetune evaluate bench clouds inspect lint docs pictures
.DEFAULT_GOAL := help

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# uv resolves and installs the tested set in under a minute; pip alone backtracks for more than ten.
$(BIN)/uv:
	python3 -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

# Compiled here, torch is imported in 4 s; where Python may write no bytecode, as in many containers, every process took
# 25 s to compile it. By importing it, as a third of what is installed ever is: 35 s on two cores, and 70 s for all of it.
.venv/installed: $(BIN)/uv setup.cfg constraints.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[dev]'
	@export PYTHONDONTWRITEBYTECODE=; $(BIN)/python -c 'import torch, peft, sentence_transformers, trl' & \
	    $(BIN)/python -c 'import sympy, scipy.stats, sklearn, anthropic, deepeval, pymupdf, scrapy' && wait $$!
	@touch $@

demo: .venv/installed  ## the main job from end to end on sample/, then where everything lies
	@$(BIN)/python -m sample.demo

# Two processes, whatever the machine has: each takes 1.6 GB. A file stays in one, since its tests share what they start.
# They start hundreds of processes, which would compile our own code each time where Python may write no bytecode.
test: .venv/installed  ## the whole test suite
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# The packages come from the registry, so no test does this.
extras: .venv/installed  ## each extra alone, from a wheel in an empty environment: make extras ARGS="--python 3.13"
	@$(BIN)/python -m tests.extras $(ARGS)

lint: .venv/installed  ## ruff's rules and its format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

docs: .venv/installed  ## the pages of docs/, into site/index.html
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

pictures: .venv/installed  ## draw docs/pictures again, from what make demo left
	@$(BIN)/python -m sample.screenshots

# Neither is in the tested set: each would pin other versions of what we use. They are fetched, so no test does this.
clouds: $(BIN)/uv  ## read the SkyPilot task and the Modal app with their own parsers, in environments of their own
	@SKYPILOT_DISABLE_USAGE_COLLECTION=1 $(BIN)/uv run --quiet --no-project --isolated --with skypilot==0.14.1 \
	    python -c 'import sky; print(sky.Task.from_yaml("finetune/tools/sky.yaml"))'
	@$(BIN)/uv run --quiet --no-project --isolated --with modal==1.6.4 modal run finetune/tools/modal_app.py::train --help

inspect: $(BIN)/uv  ## run evaluation's scorers in Inspect, in an environment of its own
	@PYTHONPATH=. $(BIN)/uv run --quiet --no-project --isolated --with inspect_ai==0.3.285 --with pytest \
	    python -m pytest -q -c /dev/null --noconftest --rootdir=. tests/evaluation/in_inspect.py

bench: .venv/installed  ## every benchmark, each ends with a ratio
	@export HF_HUB_OFFLINE=1 PYTHONPATH=.; for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

crawl: .venv/installed  ## archive a forum: make crawl URL=https://board.example/forums/ CONTACT=you@example.org
	@test -n "$(URL)" || { echo "make crawl: say which forum, URL=https://board.example/forums/" >&2; exit 2; }
	@$(BIN)/e30crawl crawl e30m3 -a start_url="$(URL)" -a archive="$(ARCHIVE)" $(if $(CONTACT),-s CONTACT="$(CONTACT)") $(ARGS)

all: .venv/installed  ## shelf and archive to dataset: inventory, prepare, classify, generate, filter, emit
	@$(DATASET) all $(FOLDERS) $(ARGS)

quick: .venv/installed  ## like all, without inventory and prepare
	@$(DATASET) quick $(FOLDERS) $(ARGS)

regen-qa: .venv/installed  ## from generate on; answers already paid for are used again
	@$(DATASET) regen-qa $(FOLDERS) $(ARGS)

refilter: .venv/installed  ## from filter on; nothing is asked anew
	@$(DATASET) refilter $(FOLDERS) $(ARGS)

review: .venv/installed  ## look at pairs beside their pages in a browser: accept, edit, reject
	@$(DATASET) review --work "$(WORK)" $(ARGS)

status: .venv/installed  ## what each stage has done and has still to do
	@$(DATASET) status $(FOLDERS)

finetune: .venv/installed  ## train on $(OUTPUT): make finetune ARGS="--max-steps 100"
	@$(BIN)/vlm3-finetune --model "$(MODEL)" --data "$(OUTPUT)" --name "$(RUN)" $(ARGS)

evaluate: .venv/installed  ## compare the model before and after training
	@$(BIN)/vlm3-evaluate run --baseline "$(MODEL)" --tuned "$(MODEL)" --adapter "runs/$(RUN)/adapter" \
	    --data "$(OUTPUT)" --work "$(WORK)" --run "eval_runs/$(RUN)" $(ARGS)

# By name, so that a mistyped WORK takes nothing else with it.
MADE = files.parquet pages.parquet inventory.csv inventory_prepared.csv counted.json classified pages readings \
    qa_raw qa_filtered qa_unique vectors.sqlite vectors.sqlite-wal vectors.sqlite-shm

clean:  ## remove intermediates; never the shelf, the archive, finished data, decisions, or answers paid for
	@rm -rf $(foreach name,$(MADE),"$(WORK)/$(name)") .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
