# Everything starts here: `make demo` to see it, `make test` to trust it. `make help` lists the rest.
# Only Python 3.11 or newer, pip and make are needed; the environment is .venv and is made on demand.
# Another Python:  make demo PYTHON=python3.13

PYTHON ?= python3
BIN := .venv/bin
PIP_TOOLS := $(BIN)/python -m pip --python .venv-tools/bin/python --disable-pip-version-check
DEMO := build/demo
# Tests that install what is large, or take long: apart, so that `make test` stays below ten minutes.
LARGE := tests/tools tests/kills tests/browser/test_docs_site.py tests/docs/test_benchmarks.py
# What `make test` runs, and `make coverage` measures.
SUITE := -n 2 --dist loadfile --no-loadscope-reorder --doctest-modules $(LARGE:%=--ignore=%) stepwise tests
STEPWISE := $(BIN)/stepwise

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo docs test test-tools coverage search fuzz check types script bench pictures conformance misconceptions judges marks i18n pins clean

help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo: .venv/.runtime  ## Work out the first examples: one in the terminal, pages in build/demo
	@mkdir -p $(DEMO)
	@$(STEPWISE) explain "MaxPool2D((2,2), strides=1, padding='SAME')" --input "4 3; 2 1"
	@echo
	@for lesson in valid-or-same average maximum digit; do \
	  for format in html md; do \
	    $(STEPWISE) explain examples/$$lesson.yaml -o $(DEMO)/$$lesson.$$format --force || exit; \
	  done; \
	done
	@echo
	@echo "Now open file://$(abspath $(DEMO))/valid-or-same.html"

docs: .venv/.dev  ## Build the documentation site, strictly, into build/docs
	@$(BIN)/python -m sphinx -q -W --keep-going -b html -d build/doctrees docs build/docs
	@echo "Now open file://$(abspath build/docs/index.html)"

# Compiled once before: the hundreds of programs that the tests begin would each do it again where Python keeps nothing.
test: check .venv/.browser  ## Run every check and every test
	@$(BIN)/python -m compileall -q stepwise tests tools
	@$(BIN)/python -m pytest $(SUITE)

coverage: .venv/.browser  ## Measure which lines and branches of stepwise the tests reach: build/coverage
	@$(BIN)/python -m pytest $(SUITE) --cov --cov-report=term --cov-report=html:build/coverage

search: .venv/.dev  ## Try the properties on new examples, other ones in every run
	@HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest -n 2 tests/properties

fuzz: .venv/.dev  ## Strike 100,000 files and requests, other ones in every run, and end runs at more moments
	@$(BIN)/python -m tests.fuzz --inputs 100000 --keep build/fuzz
	@STEPWISE_KILLS=300 $(BIN)/python -m pytest -n 2 tests/kills

test-tools: .venv/.browser .venv/.tools .venv-tools/.made  ## Try what is written with TeX, LibreOffice, mystmd and graders, which it installs; end runs at any moment
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(LARGE)

check: .venv/.dev node_modules/.package-lock.json  ## Lint, formatting, types, which way imports go; the page's script, too
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory -j 2 types script

types: .venv/.dev  ## Types alone
	@$(BIN)/mypy

script: node_modules/.package-lock.json  ## The page's script alone: lint, types and its tests
	@npm run --silent check

# Where these two are set, NumPy does not choose its own kernels, and other ones would be measured.
bench: .venv/.bench  ## Measure against onnxruntime, ONNX's reference, and PyTorch where it is installed
	@env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/python -m benchmarks

pictures: .venv/.browser  ## Take the README's pictures again
	@$(BIN)/python -m tools.pictures

conformance: .venv/.dev  ## Count again which facts from frameworks and standard hold: docs/conformance.md
	@$(BIN)/python -m tools.conformance

misconceptions: .venv/.dev  ## Measure again how well misconceptions are told apart: docs/misconceptions.md
	@$(BIN)/python -m tools.misconceptions

judges: .venv/.dev  ## Mark the same answers by every door again: docs/judges.md
	@$(BIN)/python -m tools.judges

marks: .venv/.dev  ## Hold ten thousand marks against another program's again: docs/marks.md
	@$(BIN)/python -m tools.marks

i18n: .venv/.dev  ## Write every message for translators into stepwise/locale; fails where one is cut in pieces
	@$(BIN)/python -m tools.i18n

pins: .venv/.dev .venv-tools/.made  ## Take the newest releases of what the tests use, and note which in tools/pins
	@$(BIN)/python -m pip install --quiet --upgrade --upgrade-strategy eager --group dev
	@$(PIP_TOOLS) install --quiet --upgrade --upgrade-strategy eager --group graders
	@$(BIN)/python -m pip freeze --exclude-editable > tools/pins/dev.txt
	@$(PIP_TOOLS) freeze --exclude-editable > tools/pins/graders.txt

clean:  ## Remove the environment and everything built
	rm -rf .venv .venv-tools build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp is touched only when its step is done, so that an interrupted one is done again.
.venv/.runtime: pyproject.toml tools/environment.sh
	@PYTHON="$(PYTHON)" tools/environment.sh
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(BIN)/python -m compileall -q stepwise  # an editable install leaves that to the first run, which then takes twice as long
	@touch $@

# Exactly the releases in tools/pins, so that a release of tomorrow does not fail what passed today.
.venv/.dev: .venv/.runtime tools/pins/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --group dev --constraint tools/pins/dev.txt
	@touch $@

.venv/.tools: tools/typesetters.sh tools/apt.sh | .venv/.dev
	@tools/typesetters.sh
	@touch $@

# Graders bring a hundred packages with them, and hold some back, so they have an environment of their own.
.venv-tools/.made: pyproject.toml tools/pins/graders.txt | .venv/.dev
	@$(BIN)/python -m venv --clear --without-pip .venv-tools
	@$(PIP_TOOLS) install --quiet --no-compile --group graders --constraint tools/pins/graders.txt --editable .
	@touch $@

.venv/.bench: .venv/.dev
	@$(BIN)/python -m pip install --quiet --group bench
	@touch $@

# What checks the page's script; who only uses stepwise needs no Node.
node_modules/.package-lock.json: package.json package-lock.json
	@npm ci --silent --no-audit --no-fund
	@touch $@

.venv/.browser: .venv/.dev tools/browser.sh tools/apt.sh
	@tools/browser.sh
	@touch $@
