# Every chore of Podline is one word. A fresh clone needs Python 3.11 or newer and make, nothing else.

SHELL := /bin/bash -o pipefail
.DEFAULT_GOAL := help

# Tried in this order; `make PYTHON=/some/python3` uses that one alone.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
BIN := .venv/bin
INSTALLED := .venv/installed
LOCK := env -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS $(BIN)/uv --no-config pip compile --quiet \
	--universal --generate-hashes --python-version 3.11 --fork-strategy fewest --no-emit-index-url --no-header \
	--custom-compile-command "make lock"
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help setup demo serve test test-long check bench lock schema clean

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name told; do \
		printf '  make %-9s %s\n' "$$name" "$$told"; done

setup: $(INSTALLED) ## install Podline and its tools into .venv (the others do it when needed)
	@echo "Installed. Next: make demo, make test; make help lists the rest."

demo: $(INSTALLED) ## start all with a sample world, play twenty-three scenes, stay up (ONCE=1: end then)
	@$(BIN)/podline demo $(if $(filter 1,$(ONCE)),--once)

serve: $(INSTALLED) ## start the service as .env and the environment say
	@$(BIN)/podline serve

test: $(INSTALLED) ## run every test (ARGS="-k hunt" for some of them)
	@$(BIN)/pytest $(ARGS)

test-long: $(INSTALLED) ## play every story with every behaviour of Twilio (SEED=7, ARGS="-k swarm" for some)
	@PODLINE_TEST_LONG=1 PODLINE_TEST_SEED=$(or $(SEED),$$(date +%s)) $(BIN)/pytest tests/scenarios $(ARGS)

check: $(INSTALLED) ## look at format, lint, layers and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

bench: $(INSTALLED) ## run every measurement of bench/
	@for each in $$(grep -l __main__ bench/*.py); do $(BIN)/python -m bench.$$(basename "$$each" .py) || exit 1; done

lock: $(INSTALLED) ## choose the versions of all packages anew and write requirements/
	@echo "Asking the package index for the newest versions ..."
	@$(LOCK) --upgrade --output-file requirements/run.txt pyproject.toml
	@$(LOCK) --extra dev --no-annotate --constraint requirements/run.txt --output-file requirements/dev.txt pyproject.toml

schema: $(INSTALLED) ## write db/schema.sql anew from the migrations
	@PODLINE_WRITE_SCHEMA=1 $(BIN)/pytest --quiet --numprocesses=0 --durations=0 tests/db/test_migrations.py -k in_the_tree

clean: ## remove the installation and what tools left; var/, which holds data, stays
	@rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is older than the lock exactly when something must be installed.
$(INSTALLED): requirements/dev.txt pyproject.toml
	@$(BIN)/python -c "import sys" 2>/dev/null || { \
		for each in $(PYTHON); do \
			if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$each; break; fi; \
		done; \
		if [ -z "$$python" ]; then \
			echo "Podline needs Python 3.11 or newer, and none of '$(PYTHON)' is: install it, or make PYTHON=/path/to/python3." >&2; \
			exit 1; \
		fi; \
		if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
			echo "$$python cannot make virtual environments: install its venv package (Debian and Ubuntu: python3-venv)." >&2; \
			exit 1; \
		fi; \
		echo "Making .venv with $$("$$python" --version) ..."; \
		rm -rf .venv; \
		"$$python" -m venv .venv || { rm -rf .venv; exit 1; }; }
	@all=$$(grep -c '^[a-z0-9].*==' requirements/dev.txt); \
		echo "Installing $$all locked packages (the first time takes a minute or two) ..."; \
		$(PIP) install --require-hashes --requirement requirements/dev.txt | \
		awk '/^Collecting/ && ++n % 20 == 0 { print "  " n " of '$$all'"; fflush() } \
			/^Installing/ { print "  unpacking"; fflush() }'
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $(INSTALLED)
