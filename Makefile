# `make demo` and `make test` need Python 3.11 or later, and the network once, for the packages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := urlwatch webchanges
PACKAGES := domain scraper storage notifier exports schedules cli
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

.PHONY: demo test check bench bench-peers fuzz mutants faults screenshots lock clean

demo: $(VENV)/run-ready
	@$(BIN)/hmicfrs-monitor demo

test: $(VENV)/dev-ready
	$(BIN)/pytest -n auto

check: $(VENV)/dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev-ready
	$(BIN)/python -m benchmarks.cost
	$(BIN)/python -m benchmarks.markups
	$(BIN)/python -m benchmarks.hostile
	$(BIN)/python -m benchmarks.decade
	@$(MAKE) --no-print-directory bench-peers

bench-peers: $(VENV)/dev-ready $(PEERS:%=.venv-peers/%/ready)
	$(BIN)/python -m benchmarks.peers

fuzz: $(VENV)/dev-ready
	$(BIN)/python -m tests.fuzz.reader --minutes 5

mutants: $(VENV)/dev-ready
	$(BIN)/python -m tests.mutants

faults: $(VENV)/dev-ready
	$(BIN)/python -m tests.delivery.table

screenshots: $(VENV)/screenshots-ready
	$(BIN)/python -m tests.notifier.screenshots

lock: $(VENV)/dev-ready
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --group build -o requirements-build.lock
	$(COMPILE) --group screenshots -c requirements-dev.lock -o requirements-screenshots.lock
	for peer in $(PEERS); do echo $$peer | $(COMPILE) - -o benchmarks/peers/$$peer.lock || exit; done

clean:
	rm -rf $(VENV) .venv-peers

$(VENV)/run-ready: requirements.lock requirements-build.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --require-hashes -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@

$(VENV)/dev-ready: $(VENV)/run-ready requirements-dev.lock
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/screenshots-ready: $(VENV)/dev-ready requirements-screenshots.lock
	@$(PIP) install --require-hashes -r requirements-screenshots.lock
	@touch $@

.venv-peers/%/ready: benchmarks/peers/%.lock
	@echo "setting up $(@D) …"
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@
