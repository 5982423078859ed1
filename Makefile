# make serve, make test: each installs what it needs into .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/runtime-installed
TOOLS := $(VENV)/tools-installed
TRAINER := $(VENV)-training/installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help serve test check content-report eval model vectors fuzz bench lock

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

serve: $(RUNTIME) ## Install, migrate, seed and serve (HOST=, PORT=, WORKERS=, DATABASE_URL=)
	$(if $(HOST),HOST=$(HOST)) $(if $(PORT),PORT=$(PORT)) $(if $(WORKERS),WORKERS=$(WORKERS)) \
	  $(if $(DATABASE_URL),DATABASE_URL='$(DATABASE_URL)') $(BIN)/failed-fusion serve

test: $(TOOLS) ## Run the tests, on SQLite and on a PostgreSQL they start themselves
	$(BIN)/python -m pytest -n auto $(ARGS)

check: $(TOOLS) ## Lint, format, types, import layers, data files, schemas, lock
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache | tail -n 4
	$(BIN)/failed-fusion report --against content-report.json
	$(BIN)/failed-fusion schema --check
	$(BIN)/python training/vectors.py --check
	@for lock in requirements requirements-dev; do cp $$lock.lock $(VENV)/$$lock.lock; done
	@$(COMPILE) --group build --output-file $(VENV)/requirements.lock pyproject.toml
	@$(COMPILE) --group dev --constraint requirements.lock --output-file $(VENV)/requirements-dev.lock pyproject.toml
	@for lock in requirements requirements-dev; do \
	  diff -q $$lock.lock $(VENV)/$$lock.lock >/dev/null || { echo "$$lock.lock is stale: run make lock"; exit 1; }; done
	@echo "The locks are up to date."

content-report: $(RUNTIME) ## Print the content report (ARGS="--record content-report.json" records it)
	$(BIN)/failed-fusion report $(ARGS)

eval: $(TOOLS) ## Measure search on judged questions, beside its rivals (ARGS=--record records)
	$(BIN)/python tests/evaluation/evaluate.py $(ARGS)

vectors: $(RUNTIME) ## Compute the vectors shipped with the content, after a text has changed
	$(BIN)/python training/vectors.py

model: $(TRAINER) ## Train encoder, ranker and judge anew (some 40 minutes on two cores)
	$(VENV)-training/bin/python training/encoder.py
	$(VENV)-training/bin/python training/judge.py
	$(VENV)-training/bin/python training/vectors.py
	$(VENV)-training/bin/python training/ranker.py

fuzz: $(TOOLS) ## Run Schemathesis against a server it starts (ARGS= for its options)
	$(BIN)/python tests/fuzz.py --workers 2 $(ARGS)

bench: $(TOOLS) ## Measure start-up, throughput and search beside rivals, as ratios (needs wrk)
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/search.py

lock: $(TOOLS) ## Compile the locks from pyproject.toml (ARGS=--upgrade for newer versions)
	$(COMPILE) $(ARGS) --group build --output-file requirements.lock pyproject.toml
	$(COMPILE) $(ARGS) --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

$(RUNTIME): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): $(RUNTIME) requirements-dev.lock
	$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

$(TRAINER): $(RUNTIME) training/requirements.txt
	$(PYTHON) -m venv $(VENV)-training
	$(VENV)-training/bin/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(VENV)-training/bin/python -m pip install --quiet --requirement training/requirements.txt
	$(VENV)-training/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
