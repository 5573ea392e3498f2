# Two commands matter: `make demo` and `make test`. Each makes what it needs first.
.DEFAULT_GOAL := help
SHELL := /bin/bash

export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
# An environment that somebody has activated is not ours to change.
unexport VIRTUAL_ENV

UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
READY := .venv/.ready
BIN := .venv/bin

.PHONY: help demo test up console bench bench-logos bench-report bench-console torture lint texts clean

help: ## Print this
	@echo "hallpass keeps a school district's registered accounts as a public record."
	@echo
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## Run the made-up district from roster to report; again: one week later
	@$(BIN)/hallpass demo

test: $(READY) ## Check style and types, run the tests
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/pytest -n 3 --dist worksteal

up: $(READY) ## Look around: Airflow's pages and the sandbox on loopback, until Ctrl-C
	@$(BIN)/hallpass up

console: $(READY) ## Open the pages for people, with a sign-in for each role of the made-up district
	@$(BIN)/hallpass console

bench: $(READY) ## Measure the warehouse beside SQLite and PostgreSQL
	@$(BIN)/python -m benchmarks warehouse

bench-logos: $(READY) ## Measure the logo detector beside the usual methods (needs ../shared)
	@$(UV) sync --locked --quiet --inexact --group bench
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks logos

bench-report: $(READY) ## Measure a week's report over ten million versions
	@$(BIN)/python -m benchmarks report

bench-console: $(READY) ## Measure the console's pages over ten million versions, also while a load runs
	@$(BIN)/python -m benchmarks console

torture: $(READY) ## Kill the whole cycle a thousand times and count the losses
	@$(BIN)/python tests/faults/torture.py

lint: $(READY) ## Mend style, and write the texts to translate anew
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@$(BIN)/python -m console.texts.extraction

texts: $(READY) ## Write the console's texts into console/texts/console.pot
	@$(BIN)/python -m console.texts.extraction

clean: ## Delete the demo's data (.hallpass)
	@rm -rf .hallpass

$(READY): uv.lock pyproject.toml | $(UV)
	@echo "Installing what uv.lock names into .venv"
	@$(UV) sync --locked --quiet
	@touch $@

.uv/bin/uv:
	@echo "uv is not installed, so it goes into .uv"
	@python3 -m venv .uv || { echo "python3 has no venv: install it (on Debian: apt-get install python3-venv), then run make again" >&2; exit 1; }
	@.uv/bin/pip install --quiet --disable-pip-version-check uv
