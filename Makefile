# Everything runs in .venv, which is made from the lock requirements-dev.txt and made again only when that changes.
# Any Python from 3.11 will do: make test PYTHON=python3.13

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
IMAGE ?= package-keeper:dev
PYTEST_ARGS ?=
BENCHMARK_ARGS ?=

# Packages every line and branch of which a test must reach; grow the list, never shrink it.
FULLY_COVERED := domain execution

.DEFAULT_GOAL := help
.PHONY: help setup test lint types imports unit coverage format demo benchmark image lock clean
.DELETE_ON_ERROR:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make the virtual environment

$(READY): requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

test: lint types imports coverage ## Run every check and every test

lint: $(READY) ## Check the style of code, workflows, scripts and the Dockerfile
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/yamllint --strict .
	$(BIN)/shellcheck .ci/run $(filter-out %.py,$(wildcard tools/*))
	$(BIN)/hadolint --no-color --config .hadolint.yaml Dockerfile
	$(BIN)/zizmor --offline --quiet --persona pedantic .

types: $(READY) ## Check the types
	$(BIN)/mypy

imports: $(READY) ## Check the layers
	$(BIN)/lint-imports --no-cache

unit: $(READY) ## Run the tests, all but the gate on coverage
	$(BIN)/pytest --numprocesses auto --cov --cov-report= $(PYTEST_ARGS)

coverage: unit
	$(BIN)/coverage report
	@set -e; for part in $(FULLY_COVERED); do \
	  test ! -d src/package_keeper/$$part || \
	  $(BIN)/coverage report --fail-under=100 --include="src/package_keeper/$$part/*"; done

format: $(READY) ## Bring the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

demo: $(READY) ## Run the action against a GitHub of a few years' packages, then undo it
	PYTHONPATH=src:tests $(BIN)/python -m demo

benchmark: $(READY) ## Measure runs of up to 60,000 versions (some 15 minutes)
	PYTHONPATH=src:tests $(BIN)/python -m benchmarks $(BENCHMARK_ARGS)

image: ## Build the image with docker, podman or buildah
	tools/build-image $(IMAGE)

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: \
  --no-header --no-emit-index-url --no-emit-find-links $(LOCK_ARGS) pyproject.toml

lock: $(READY) ## Bring the locks in line with pyproject.toml (LOCK_ARGS=--upgrade for newer versions)
	$(LOCK) --output-file requirements.txt
	$(LOCK:pyproject.toml=) --group build --output-file requirements-build.txt
	$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean: ## Remove the environment and what tools left behind
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
