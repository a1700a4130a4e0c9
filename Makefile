# One door.  `make run` and `make test` need only Python 3.11 and a package registry.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TRAINING ?= build/training
# A process a core, each with whole files of tests, in the order of their names: the longest is an early one.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: run test lint fix bench train reader clean

run: $(VENV)/.installed
	$(BIN)/quoth demo

test: $(VENV)/.installed-dev lint
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.bm25
	$(BIN)/python -m benchmarks.peers
	$(BIN)/python -m benchmarks.reader
	$(BIN)/python -m benchmarks.first_answer

# Training goes on where it was stopped; `make reader` then exports what it came to, and calibrates it.
train: $(VENV)/.installed-train
	$(BIN)/python -m training.train_reader $(TRAINING)

reader: $(VENV)/.installed-train
	$(BIN)/python -m training.export_reader $(TRAINING)/reader
	$(BIN)/python -m training.calibrate --write

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

$(VENV)/.installed-train: pyproject.toml $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,train]'
	touch $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
