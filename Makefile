# Every target sets up what it needs first; `make setup` does nothing when all is up to date.
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench format docs messages lock

# How many tests run at once; each worker starts its own private PostgreSQL and Redis when it needs them.
JOBS ?= 2
# Extra arguments: make test ARGS="tests/flows -k branch", make run ARGS=--help
ARGS ?=
PYTHON ?=
BIN := .venv/bin

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

setup:  ## the environment, from the hashed lock files
	@PYTHON="$(PYTHON)" tools/setup

run: setup  ## the product; settings come from the environment and .env, its files are in data/
	@exec $(BIN)/assistant run $(ARGS)

# worksteal: each worker begins with its half in order, so module fixtures are made once; an idle one takes from the other.
test: setup  ## all tests; what a machine lacks is skipped and named (CI=true: a skip is a failure)
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: setup  ## format, lint, import contracts, types, and the proof of flows, texts and knowledge
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy
	@$(BIN)/assistant check

bench: setup  ## measures the product; writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks $(ARGS)

format: setup  ## rewrites the code as `make check` wants it
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

docs: setup  ## plays the sales that the READMEs show, and draws the desk
	@$(BIN)/python tools/transcripts.py
	@$(BIN)/python -m tools.desk_pictures

messages: setup  ## the operators' message catalogues, from the code
	@tools/messages

lock: setup  ## the lock files, from requirements*.in; ARGS=--upgrade takes the newest
	@tools/lock $(ARGS)
