# `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help setup dev demo test test-slow check format bench requirements clean
PYTHON ?=
export PYTHON
VENV := .venv/bin
# Several processes a core: much of the time a test waits for a server, a disk or a clock. The slow
# ones start servers and browsers of their own.
CORES := $(shell nproc 2>/dev/null || echo 2)
JOBS ?= $(shell expr 3 \* $(CORES))
SLOW_JOBS ?= $(shell expr 2 \* $(CORES))

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## .venv with everything pinned, and .venv/bin/rapport
	@sh requirements/setup.sh runtime

dev:
	@sh requirements/setup.sh dev

demo: setup ## a demo clinic on 127.0.0.1:8000, with keys and one command to paste
	@$(VENV)/rapport demo

test: dev ## every test, on SQLite and on a real PostgreSQL that the tests start
	@sh requirements/browser.sh
	@$(VENV)/python -m pytest -q -n $(JOBS) -m "not slow"

test-slow: dev ## the tests that take minutes
	@sh requirements/browser.sh
	@$(VENV)/python -m pytest -q -n $(SLOW_JOBS) -m slow

check: lint test test-slow ## what CI runs

.PHONY: lint
lint: dev ## formatting, lint, types and the dependency rule
	@$(VENV)/ruff format --check .
	@$(VENV)/ruff check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports

format: dev ## format and fix what can be fixed
	@$(VENV)/ruff format .
	@$(VENV)/ruff check --fix .

bench: dev ## the tables of docs/benchmarks.md, ratios first
	@sh requirements/setup.sh bench
	@$(VENV)/python -m bench

requirements: ## pin again, with hashes (needs uv on the path)
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links requirements/build.in -o requirements/build.txt
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements/runtime.txt
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra dev -c requirements/runtime.txt pyproject.toml -o requirements/dev.txt
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links -c requirements/dev.txt requirements/bench.in -o requirements/bench.txt

clean: ## remove the virtual environment, caches and the demo's database
	@rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
