# The recipes. `make` alone lists them. CI (.ci/run) calls the same ones.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Tests wait for processes, browsers and clocks for a third of their time: one more than there are cores.
AT_ONCE := $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)

help: ## list the recipes
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.ready: pyproject.toml uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv sync --quiet --frozen --compile-bytecode
	@touch $@

setup: $(VENV)/.ready ## make .venv with everything the project needs

demo: setup ## load the invented sample world, run every stage on it, serve the site
	@$(BIN)/conductatlas demo

up: setup ## watch the real web with the shipped catalogue and serve the site
	@$(BIN)/conductatlas up

tests/e2e/node_modules/.ready: tests/e2e/package-lock.json
	@! command -v npm >/dev/null || npm ci --silent --prefix tests/e2e
	@mkdir -p $(@D) && touch $@

test: setup tests/e2e/node_modules/.ready ## run the tests (skips what needs a server, browser or corpus that is missing)
	@$(BIN)/pytest -n $(AT_ONCE)

DATABASE_URL ?= postgresql://postgres@127.0.0.1:5432/postgres
ON_DATABASE := tests/catalogue tests/archive tests/history tests/provisions tests/work tests/web tests/test_append_only.py

test-postgresql: setup ## run the tests of rooms and pages on a PostgreSQL server (DATABASE_URL)
	@CONDUCTATLAS_TEST_DATABASE_URL=$(DATABASE_URL) $(BIN)/pytest -n $(AT_ONCE) $(ON_DATABASE)

lint: setup ## style, types, floors, templates, licences of dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tests/licences.py

format: setup ## put the code in shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup ## measure, print the figures, write docs/reference/benchmarks.md
	@$(BIN)/python -m tests.bench

docs: setup ## write the pages of the reference that are made from data
	@$(BIN)/python -m tests.docs.taxonomy_page
	@$(BIN)/python -m tests.docs.law_page

train: setup ## make the weights of the learned model anew, from the labelled sentences beside the checkout
	@$(BIN)/python -m training

.PHONY: help train setup demo up test test-postgresql lint format bench docs
