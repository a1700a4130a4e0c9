# One door.  `make run` and `make test` need only Python 3.11 and a package registry.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TRAINING ?= build/training
# Of the shipped reader's training: the commit that has the reader before it, and how it was run.
BEFORE := a871ae0
RUN := --tokens 17.2e6 --cooldown 0.55 --rate 6e-5 --old 0.5 --step 6144 --average 0.996 --seed 31
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

# The run that made the shipped reader: nine layers out of the six of the reader before it, which this
# repository's history keeps.  It goes on where it was stopped; `make reader` then exports and calibrates it.
train: $(TRAINING)/start/model.safetensors
	$(BIN)/python -m training.train_reader $(TRAINING) --start $(<D) --again $(RUN)
	$(BIN)/python -m training.average $(TRAINING)/reader $(<D) $(TRAINING)/mean --share 0.4

$(TRAINING)/start/model.safetensors: | $(VENV)/.installed-train
	mkdir -p $(TRAINING)/before
	git archive $(BEFORE) qa_engine/models/embedded | tar --extract --directory $(TRAINING)/before --strip-components 3
	$(BIN)/python -m training.recover $(TRAINING)/recovered --reader $(TRAINING)/before
	$(BIN)/python -m training.deepen $(TRAINING)/recovered $(@D)

reader: $(VENV)/.installed-train
	$(BIN)/python -m training.export_reader $(TRAINING)/mean
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

# But for a training, which took hours.
clean:
	rm -rf $(VENV) dist $(filter-out $(TRAINING),$(wildcard build/*)) .mypy_cache .pytest_cache .ruff_cache .hypothesis
