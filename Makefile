# Needs Python 3.11+ and make; everything else is installed into .venv, from locks with hashes.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
READY  := $(VENV)/.ready
EDITOR_SERVER := build/editor/.ready
BROWSER_CHECKER := build/browser/.ready
AZURITE := build/azurite/.ready
CLIENTS := build/public_clients/.ready
NODE_CLIENTS := build/public_clients/node/.ready

# Each worker and each command of a test imports the same modules: they are compiled, and their asserts are rewritten,
# once for all. Empty is off, for where a machine says otherwise: without it a run takes a minute of a core more.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test test-long test-all test-browser check setup-check dist container-check smoke docs format bench bench-fleet bench-growth stores compare fuzz chaos soak schema lock clean

help:
	@echo "make demo    everything from nothing: local portal, plan, apply, empty plan, one more client"
	@echo "make test    every test that needs Python alone, with a sample of the long matrices"
	@echo "make test-long  what \`make test\` leaves out: the rest of the matrices, with random choices (SEED=N: the same again)"
	@echo "make test-all   both in one run"
	@echo "make test-browser  pages in a real browser, the schema in an editor, public clients on node (installs what it may)"
	@echo "make check   format, lint, types, architecture contract, generated files"
	@echo "make setup-check  old and new pips on every Python here, beside an index of higher versions (SETUP=--all: more)"
	@echo "make dist    wheel, source archive and SBOM, the same bytes for the same commit"
	@echo "make smoke   the wheel, installed into empty environments as the README says, does the main job"
	@echo "make container-check  the steps of the Containerfile in an empty Debian (as root on Debian)"
	@echo "make bench   ratios: validate, plan, apply at 100, 1,000 and 10,000 accounts"
	@echo "make stores  1,000 races between two processes over each ledger store; milliseconds per append and open"
	@echo "make bench-fleet  200 agencies over the local pool: wall, CPU, overhead, the rate of a key (FLEET=--keys 2: smaller)"
	@echo "make bench-growth  exponents: up to 100,000 accounts, 1,000,000 ledger entries, 1,000 agencies (GROWTH=\"--agencies\": none of them)"
	@echo "make compare BASELINE=REVISION  the same commands of an older revision and of this tree in turn, and terraform's"
	@echo "make fuzz    100,000 mutated agency files through validate (AGENCYFILE_FUZZ=N for another number)"
	@echo "make chaos   2,000 histories through a proxy that breaks every rule, judged by the portal's books (AGENCYFILE_CHAOS=N)"
	@echo "make soak    two hours of random use of the local portal: no 5xx but those of faults, memory flat (AGENCYFILE_SOAK=SECONDS)"
	@echo "make docs    the documentation site in build/site, every link checked, and man pages in build/man"
	@echo "make format  rewrite the sources in the project's format"
	@echo "make schema  write the generated files anew: schema, static help, picture, reference"
	@echo "make lock    resolve the locks anew (with the uv that is locked; UV=/path/to/uv for another)"

# `--no-deps`: the locks are complete, so nothing that is published later is ever looked at. requirements-build.txt comes
# before requirements-dev.txt: one test client is built from its source archive, by the setuptools that is locked.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "agencyfile needs Python 3.11 or newer; say PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)

# An environment that is there is used as it is: `make setup-check` makes some that hold an old pip.
$(RUNTIME): requirements.txt | $(BIN)/python
	$(INSTALL) --require-hashes --requirement requirements.txt
	@touch $@

$(READY): $(RUNTIME) requirements-build.txt requirements-dev.txt pyproject.toml
	$(INSTALL) --require-hashes --requirement requirements-build.txt
	$(INSTALL) --require-hashes --no-build-isolation --requirement requirements-dev.txt
	$(INSTALL) --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q agencyfile plan tools  # once, and not by each process of the first run of tests
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null 2>&1 || true  # the same for tests; a run tells what is wrong with them
	@touch $@

demo: $(RUNTIME)
	@PYTHONPATH="$(CURDIR)" $(BIN)/python -m agencyfile demo

# `make test`, then `make test-long`, is everything once; `make test-all` is the same in one run. SEED=N makes the random
# choices of an earlier run again. More processes than two cores: a test waits for the local portal now and then. They are
# forked (tests/forked_workers.py), so one more costs little. The folder of pages is not read at all: it would import what
# drives a browser in each process.
PYTEST = $(BIN)/python -m pytest --numprocesses=$(PROCESSES) --dist=worksteal --ignore=tests/browser -m "not browser and not installs" $(if $(SEED),--hypothesis-seed=$(SEED))
PROCESSES ?= 5

test: $(READY) $(CLIENTS)
	$(PYTEST)

test-long: $(READY) $(CLIENTS)
	$(PYTEST) --part=rest

test-all: $(READY) $(CLIENTS)
	$(PYTEST) --part=all

test-browser: $(READY) $(EDITOR_SERVER) $(BROWSER_CHECKER) $(NODE_CLIENTS) $(AZURITE)
	@tests/browser/programs.sh
	$(BIN)/python -m pytest -m browser tests/browser tests/editor tests/public_clients tests/stores tests/crash/test_shared_stores.py

$(EDITOR_SERVER): tests/editor/package.json tests/editor/package-lock.json
$(BROWSER_CHECKER): tests/browser/package.json tests/browser/package-lock.json
$(NODE_CLIENTS): tests/public_clients/package.json tests/public_clients/package-lock.json
$(AZURITE): tests/stores/package.json tests/stores/package-lock.json
$(EDITOR_SERVER) $(BROWSER_CHECKER) $(NODE_CLIENTS) $(AZURITE):
	@tests/browser/programs.sh
	@mkdir -p $(@D)
	cp $^ $(@D)
	npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# Public clients of the vendor's APIs, unchanged. They and the one in requirements-dev.txt are packages of the same name, so
# each has a folder of its own.
PYTHON_CLIENTS = activecampaign activecampaign-python
$(CLIENTS): $(PYTHON_CLIENTS:%=tests/public_clients/%.txt) | $(READY)
	rm -rf $(PYTHON_CLIENTS:%=$(@D)/%)
	$(foreach name,$(PYTHON_CLIENTS),$(INSTALL) --require-hashes --target $(@D)/$(name) --requirement tests/public_clients/$(name).txt &&) touch $@

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/python -m tools.generators --check

setup-check: $(READY)
	$(BIN)/python -m tools.setup_check $(SETUP)

dist: $(READY)
	rm -rf dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m hatchling build --directory dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m tools.sbom >dist/agencyfile.cdx.json

smoke: dist
	$(BIN)/python -m pytest -m installs tests/hooks tests/setup tests/pipelines tests/clients

container-check: dist
	$(BIN)/python -m tools.container

# `-n` also reports references that lead nowhere; `-E` reads every page anew, so that no warning hides in a cache.
docs: $(READY)
	rm -rf build/site build/man
	$(BIN)/python -m sphinx -b html -W --keep-going -n -E -q -d build/doctrees docs build/site
	$(BIN)/python -m tools.site_check build/site
	$(BIN)/python -m tools.manpages build/man

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)
	$(BIN)/python -m tests.benchmarks

stores: $(READY) $(AZURITE)
	$(BIN)/python -m pytest -m "browser or not browser" -k "racing_processes or under_race" --races=1000 tests/stores
	PYTHONPATH=tests:. $(BIN)/python -m benchmarks.ledger_stores

bench-fleet: $(READY)
	$(BIN)/python tests/benchmarks/fleet.py $(FLEET)

bench-growth: $(READY)
	$(BIN)/python tests/benchmarks/growth.py $(GROWTH)

compare: $(READY)
	PYTHONPATH=tests $(BIN)/python -m benchmarks.compare $(BASELINE)

fuzz: $(READY)
	$(BIN)/python -m tests.fuzz

chaos: $(READY)
	PYTHONPATH=tests $(BIN)/python -m chaos

soak: $(READY)
	$(BIN)/python -m tests.soak

schema: $(READY)
	$(BIN)/python -m tools.generators

# Versions that are locked stay while they satisfy pyproject.toml; UPGRADE=--upgrade moves them. Another uv has to be as
# new as pyproject.toml says (tool.uv); it is the way out where the locks themselves cannot be installed.
UV   = $(BIN)/uv
LOCK = $(UV) pip compile --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-annotate --quiet $(UPGRADE)
lock: $(if $(filter $(BIN)/uv,$(UV)),$(READY))
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) --group build --output-file requirements-build.txt
	$(LOCK) pyproject.toml --group dev --constraint requirements.txt --constraint requirements-build.txt --output-file requirements-dev.txt
	$(LOCK) pyproject.toml --extra stores --constraint requirements.txt --constraint requirements-dev.txt --output-file requirements-stores.txt
	$(LOCK) pyproject.toml --extra stores --extra fleet --constraint requirements-stores.txt --constraint requirements-dev.txt --output-file examples/fleet/deploy/requirements.txt
	$(LOCK) tests/clients/sdk/requirements.in --output-file tests/clients/sdk/requirements.txt
	$(foreach name,$(PYTHON_CLIENTS),$(LOCK) --no-deps tests/public_clients/$(name).in --output-file tests/public_clients/$(name).txt &&) true

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .import_linter_cache
