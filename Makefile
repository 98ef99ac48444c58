# The one set of commands; docs and CI use these too.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PORT ?= 8000
FRESH ?=
ROUNDS ?= 50
SEED ?=
WORKERS ?= 2
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' >/dev/null 2>&1 && { command -v $$name; break; }; done)
BIN := .venv/bin
INSTALLED := .venv/.installed
PRODUCTION_LIKE := SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
	DATABASE_URL=postgresql://milepost@database/milepost REDIS_URL=redis://broker:6379/0 \
	ALLOWED_HOSTS=milepost.example BASE_URL=https://milepost.example DEBUG=0
COVERAGE ?= $(if $(filter true,$(CI)),--cov --cov-report=term:skip-covered,)

.PHONY: help demo test test-slow chaos check audit bench assets lock

help:
	@echo 'make demo | test | test-slow | chaos | check | audit | bench | assets | lock'

$(INSTALLED): requirements/dev.txt
	@test -n '$(PYTHON)' || { echo 'Milepost needs Python 3.11 or newer: install it, or say PYTHON=/path/to/python.' >&2; exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || rm -rf .venv
	@test -d .venv || '$(PYTHON)' -m venv .venv || { rm -rf .venv; \
		echo 'This Python cannot make a virtual environment: install its venv module (on Debian: apt-get install python3-venv).' >&2; exit 1; }
	$(BIN)/python -m pip install -qq --no-input --disable-pip-version-check --only-binary :all: \
		--require-hashes --requirement requirements/dev.txt
	@touch $@

assets: $(INSTALLED)
	@$(BIN)/python -m config.assets

demo: assets
	@PORT='$(PORT)' FRESH='$(FRESH)' exec $(BIN)/python -m config.demo

test: assets
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m 'not slow' $(COVERAGE) $(ARGS)

test-slow: assets
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m slow $(ARGS)

chaos: $(INSTALLED)
	@ROUNDS='$(ROUNDS)' SEED='$(SEED)' exec $(BIN)/python -m tests.chaos

check: assets
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	DEBUG=1 $(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run
	@$(PRODUCTION_LIKE) $(BIN)/python manage.py check --deploy --fail-level WARNING

audit: $(INSTALLED)
	$(BIN)/python -m config.audit requirements/base.txt requirements/dev.txt

bench: assets
	$(BIN)/python -m benchmarks

lock: $(INSTALLED)
	requirements/compile $(ARGS)
