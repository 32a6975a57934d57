# Each target does its own set-up: a virtual environment in .venv with what requirements.lock pins.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: install demo test bench lock clean

install: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Scoredesk needs Python 3.11 or newer; set PYTHON=...")'
	@echo "Installing into .venv; this takes a few minutes the first time."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@# By all processors, where pip takes one; and our own modules too, or each start would compile 400 where Python may not write.
	@# What does not compile is told where it is imported.
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib dashapp db pipeline || true
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/python -m dashapp demo

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

# Benchmarks against peers: each file prints CPU seconds and ratios over several repeats.
bench: $(STAMP)
	@for script in tests/benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

# Pins the newest versions that pyproject.toml allows; run it to update what CI installs.
lock: $(STAMP)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --no-emit-index-url --no-annotate --no-header -o requirements.lock pyproject.toml

clean:
	rm -rf .venv demo-data test-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
