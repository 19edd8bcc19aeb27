# `make demo` and `make test` do everything from a fresh clone, set-up included; `make` lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOME_DIR ?= lmis-home
unexport PYTHONDONTWRITEBYTECODE # compiled once, not by each of the many processes that tests start

.DEFAULT_GOAL := list
.PHONY: list install demo test slow fuzz-packages clients schemathesis cost embargo all-embargo swaps month lint bench ckan-up ckan-down contract catalogue-faults conformance sheets all-sheets faults all-faults clean

list: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## .venv with everything to run, test and measure

$(VENV)/.installed: setup.cfg pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

$(VENV)/.sheets: install
	$(BIN)/python -m pip install --quiet --editable '.[sheets]'
	touch $@

demo: $(VENV)/.sheets ## real data, published and served on port 8470 until Ctrl-C
	$(BIN)/lmis demo --home $(HOME_DIR)

test: install ## the default tests: under two minutes on two cores
	$(BIN)/python -m pytest -n 2 -m 'not slow' tests

slow: install ## the slower tests that need nothing but Python
	$(BIN)/python -m pytest -n 2 -rs -m slow --ignore tests/clients --ignore tests/cost --ignore tests/browser --ignore tests/faults --ignore tests/factsheets tests

fuzz-packages: install ## errors planted in the bundled packages, and whether all are found; SEED=… repeats a run
	$(BIN)/python -m tests.package.mutants

clients: install ## others' clients against a real server; installs those that can be had, skips the rest saying why
	tests/clients/install.sh $(VENV)/clients
	$(BIN)/python -m pytest -rs -m slow tests/clients

browser: install ## every page and journey in a real Chromium; SEED=… repeats a run, WHOLE=1 takes every language
	tests/browser/install.sh $(VENV)/browser $(BIN)/python
	LMIS_BROWSER=$(VENV)/browser $(BIN)/python -m pytest -rs -m slow tests/browser

sheets: install ## fact sheets as PDF and the judges of all sheets; SEED=… repeats a run
	tests/factsheets/install.sh $(VENV)/sheets $(BIN)/python
	LMIS_SHEETS=$(VENV)/sheets $(BIN)/python -m pytest -n 2 -rs -m slow tests/factsheets

all-sheets: install ## the same of every area in every language: each printed figure asked of the service
	$(MAKE) sheets WHOLE=1

schemathesis: install ## requests made from the description of REST 2.2.2; SEED=… repeats a run
	$(BIN)/python -m pytest -s -m slow tests/clients/test_openapi.py

cost: install ## requests made to be dear: bounded time and memory
	$(BIN)/python -m pytest -m slow tests/cost

STEPS ?= 5000
RELEASES ?= 20
embargo: install ## two homes that differ in secrets alone, driven together; SEED=… repeats a run
	STEPS=$(STEPS) RELEASES=$(RELEASES) $(BIN)/python -m pytest -rP -n 2 -m slow -k 'many_lives or every_channel' \
		tests/desk/test_noninterference.py tests/desk/test_scheduler.py

all-embargo: install ## the same at its whole length: 20,000 rules, 200 releases
	$(MAKE) embargo STEPS=20000 RELEASES=200

swaps: install ## 100,000 requests to two web processes while releases swap: none is of two
	REQUESTS=100000 $(BIN)/python -m pytest -rP -m slow tests/desk/test_swaps.py

month: install ## a month of three offices, and what the public saw at each instant
	$(BIN)/python -m tests.desk.month

lint: install ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.sheets ## the figures: ours and the comparison in one run
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	$(BIN)/python -m benchmarks

ckan-up: ## a real CKAN 2.12 on loopback, everything in .ckan/ (Debian, Ubuntu)
	$(PYTHON) tests/ckan/up.py up .ckan

ckan-down: ## stop what ckan-up started
	$(PYTHON) tests/ckan/up.py down .ckan

contract: install ## one suite on the embedded catalogue and on the CKAN of ckan-up
	$(BIN)/python -m pytest -rs --override-ini addopts='--strict-markers --import-mode=importlib -q' tests/ckan

catalogue-faults: install ## every fault at every call of a publication; prints the table; SEED=… repeats a sample
	$(BIN)/python -m tests.ckan.faults.runs

conformance: install ## which test proves which line of SDMX; fails where none does
	$(BIN)/python -m tests.conformance

faults: install ## a publication killed and refused at sampled calls, power lost, disks that forget; SEED=… repeats
	$(BIN)/python -m pytest -n 2 -rs -m slow tests/faults

all-faults: all-embargo ## the same at every call, and every change of every file, after the embargo's whole length
	FAULTS=all $(BIN)/python -m pytest -n 2 --dist worksteal -rs -m slow tests/faults

clean: ## remove what was built
	rm -rf $(VENV) $(HOME_DIR) build dist *.egg-info
