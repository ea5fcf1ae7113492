PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check lock bench clean

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

lock: $(VENV)/dev-ready
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate pyproject.toml --group dev -c requirements.lock \
		-o requirements-dev.lock

clean:
	rm -rf $(VENV)
