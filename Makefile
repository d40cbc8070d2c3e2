# Needs python3 (3.11 or later) with venv, and make. Everything else goes into .venv.
#   make setup PYTHON=python3.12     with another Python
#   make lock LOCK_FLAGS=--upgrade   with the newest versions that pyproject.toml allows

PYTHON ?= python3
CHROMIUM ?= chromium
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
LINTED := sentinel tests benchmarks migrations
# --universal and the oldest supported Python: one lock for every platform. Nothing of the machine that wrote it goes in.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links $(LOCK_FLAGS)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-long check format bench bench-check lock pictures docker clean

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## Install sentinel and its tools into .venv

# A fresh .venv for each lock: what the lock no longer names is gone as well.
$(VENV)/.locked: requirements-dev.lock
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "sentinel needs Python 3.11 or later with the modules venv and ensurepip (Debian: python3-venv)." >&2; \
		echo "$(PYTHON) says: $$($(PYTHON) --version 2>&1). Name another one: make setup PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing the locked packages into $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements-dev.lock
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## Show everything on simulated data
	@$(BIN)/sentinel demo

test: setup ## Run the tests, with a coverage report
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m coverage run -m pytest --numprocesses auto --dist worksteal -m "not long"
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report

test-long: setup ## Run the tests that take minutes
	@$(BIN)/python -m pytest -m long

check: setup ## Lint, check the format, the types and the layers
	@$(BIN)/python -m ruff check $(LINTED)
	@$(BIN)/python -m ruff format --check $(LINTED)
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports

format: setup ## Format the code
	@$(BIN)/python -m ruff format $(LINTED)

bench: setup ## Measure speed, memory and the quality of verdicts
	@set -e; for suite in benchmarks/*/__main__.py; do \
		$(BIN)/python -m "$$(dirname "$$suite" | tr / .)"; \
	done

bench-check: setup ## Fail where the quality of verdicts fell behind the committed table
	@$(BIN)/python -m benchmarks.verdicts --alone --check benchmarks/verdicts/quality.json

lock: setup ## Write the hashed locks anew from pyproject.toml
	@$(COMPILE) pyproject.toml --extra postgres --extra apprise --output-file requirements.lock
	@$(COMPILE) pyproject.toml --extra postgres --extra apprise --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@$(COMPILE) --group build --constraint requirements-dev.lock --output-file requirements-build.lock

pictures: setup ## Take the pictures in docs/ again in a real browser (needs Chromium)
	@$(BIN)/python -m tests.notify.pictures $(CHROMIUM)

docker: ## Build the container image
	docker build --tag warpstream-sentinel .

clean: ## Remove .venv and everything that was built
	rm -rf $(VENV) dist build htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
