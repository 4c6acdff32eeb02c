# Everything that a person or a machine runs. `make` alone lists it.
# Needs python3 (3.11 or newer) with venv, and make. No target writes outside this folder, except
# `system-deps` (and `test` as root on Debian), which may install Chromium and Node by apt and says so.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
LOCKED := install --require-hashes --only-binary :all: --no-deps
WORKERS ?= auto
# Workers that are done take over from those that wait for servers and browsers.
PYTEST := $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal
EXAMPLE ?= examples/acute-back-spasm.yaml
ON ?= 2026-11-22

# A stamp is named by the content it stands for: the same locks in the same place are never installed twice.
key = $(shell { echo "$(CURDIR)"; cat $(1); } 2>/dev/null | cksum | cut -d' ' -f1)
BASE := $(VENV)/base-$(call key,requirements/build.txt requirements/runtime.txt pyproject.toml)
DEV := $(VENV)/dev-$(call key,requirements/build.txt requirements/runtime.txt requirements/dev.txt pyproject.toml)
BENCH := $(VENV)/bench-$(call key,requirements/build.txt requirements/runtime.txt requirements/dev.txt requirements/bench.txt)
NODE := tests/node/node_modules/.from-$(call key,tests/node/package-lock.json)
FUZZ := $(VENV)/fuzz-$(call key,requirements/runtime.txt requirements/fuzz.txt)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("unclench needs Python 3.11 or newer, not " + sys.version.split()[0] + ": make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else 0'
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(BASE): | $(VENV)/bin/python
	@echo "Installing what a consultation needs"
	@$(PIP) $(LOCKED) -r requirements/build.txt -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@echo "Compiling the kernels, once (half a minute; minutes on a busy machine)"
	@$(BIN)/python -m unclench.engine.warm
	@rm -f $(VENV)/base-* && touch $@

$(DEV): $(BASE)
	@echo "Installing what tests and checks need"
	@$(PIP) $(LOCKED) -r requirements/dev.txt
	@rm -f $(VENV)/dev-* && touch $@

$(FUZZ): $(DEV)
	@echo "Installing what fuzzing needs"
	@$(PIP) $(LOCKED) -r requirements/fuzz.txt
	@rm -f $(VENV)/fuzz-* && touch $@

$(BENCH): $(DEV)
	@echo "Installing the peers of the benchmarks"
	@$(PIP) $(LOCKED) -r requirements/bench.txt
	@rm -f $(VENV)/bench-* && touch $@

.PHONY: node-packages
node-packages: ## the validators of FHIR that tests run in Node, where npm is; nothing of them is shipped
	@[ -f $(NODE) ] || if command -v npm >/dev/null; then \
	  echo "Installing the FHIR validators that tests run in Node"; \
	  ( cd tests/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null ) && touch $(NODE) \
	  || echo "npm could not install them. Tests that need them will be skipped and counted." >&2; \
	else echo "Not found: npm. Tests of FHIR that need Node packages will be skipped and counted." >&2; fi

.PHONY: setup setup-dev
setup: $(BASE) ## the environment that a consultation needs
setup-dev: $(DEV) ## the same, with what tests and checks need

.PHONY: consult
consult: $(BASE) ## an example: a patient with acute back spasm
	@$(BIN)/unclench consult $(EXAMPLE) --on $(ON)

.PHONY: serve
HOST ?= 127.0.0.1
PORT ?= 8765
serve: $(BASE) ## the web page and the CDS Hooks service on this machine, with example patients; PORT=8765
	@$(BIN)/unclench serve --host $(HOST) --port $(PORT) --insecure-loopback

.PHONY: test test-unit test-spec test-knowledge test-generative test-verification test-acceptance test-browser test-qualification
test: $(DEV) ## every test, and which requirement each one keeps
	@scripts/system-deps --if-root
	@$(MAKE) -s --no-print-directory node-packages
	@TRACE=1 $(PYTEST)

test-unit test-spec test-knowledge test-generative test-verification test-qualification test-acceptance: $(DEV)
	@$(MAKE) -s --no-print-directory node-packages
	@$(PYTEST) tests/$(@:test-%=%)

test-unit: ## one function at a time
test-spec: ## tables that are the manual of each stage
test-knowledge: ## every row of the data files
test-generative: ## properties that hold for any patient or record
test-verification: ## fast kernels against slow obvious twins
test-qualification: ## the plan, and whether the committed results are those of these parameters
test-acceptance: ## whole consultations
test-browser: $(DEV) ## the page in a real browser
	@scripts/system-deps --if-root
	@$(PYTEST) tests/browser

.PHONY: check
check: $(DEV) ## format, lint, types, import contract, knowledge, generated docs
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >$(VENV)/imports.log 2>&1 || { cat $(VENV)/imports.log; exit 1; }
	@$(BIN)/unclench knowledge check
	@$(BIN)/python -m scripts.docs --check

.PHONY: format
format: $(DEV) ## put source in the house format
	@$(BIN)/ruff check -q --fix .
	@$(BIN)/ruff format -q .

.PHONY: docs
docs: $(DEV) ## write the generated pages again
	@$(BIN)/python -m scripts.docs
	@$(BIN)/python -m scripts.notebook

.PHONY: fit-kinetics
fit-kinetics: $(DEV) ## refit the kinetics to the building studies, and write the rows
	@$(BIN)/python -m scripts.fit_kinetics

.PHONY: fit-effects
fit-effects: $(DEV) ## refit the constants of effect to this project's kinetics and write their rows (seconds)
	@$(BIN)/python -m scripts.fit_effects

.PHONY: notebook
notebook: $(DEV) ## run docs/model.ipynb again and keep its outputs
	@$(BIN)/python -m scripts.notebook

.PHONY: qualify
qualify: $(DEV) ## compare the model with published human data; writes evidence/qualification.*
	@$(BIN)/python -m scripts.qualify

.PHONY: calibrate
calibrate: $(DEV) ## learn from levels and ratings of 1,000 simulated people each; writes evidence/learning_* (minutes)
	@$(BIN)/python -m scripts.calibrate_learning
	@$(BIN)/python -m scripts.calibrate_ratings

.PHONY: alert-budget
alert-budget: $(DEV) ## cards per 1,000 orders in an invented population; WRITE=1 writes docs/alert-budget.md (minutes)
	@$(BIN)/python -m scripts.alert_budget $(if $(WRITE),--write)

.PHONY: night
SEED ?= $(shell date +%Y%m%d)
night: $(DEV) ## long random draws; the closing line goes into docs/night.md with date and seed
	@echo "seed $(SEED)"
	@HYPOTHESIS_PROFILE=night $(PYTEST) --hypothesis-seed=$(SEED)

.PHONY: fuzz
FUZZ_SECONDS ?= 60
fuzz: $(FUZZ) ## atheris on the readers, FUZZ_SECONDS=60 each
	@for target in fuzz/fuzz_*.py; do echo "$$target"; $(BIN)/python "$$target" -max_total_time=$(FUZZ_SECONDS) -verbosity=0 || exit 1; done

.PHONY: benchmark
benchmark: $(DEV) ## times and ratios; not a test
	@$(BIN)/python -m benchmarks

.PHONY: bench
bench: $(BENCH) ## the engine beside its peers; WRITE=1 also writes docs/benchmarks-engine.md
	@$(BIN)/python -m benchmarks.engine $(if $(WRITE),--write)

.PHONY: bench-learning
bench-learning: $(BENCH) ## learning from levels and ratings beside NumPyro; WRITE=1 also writes docs/benchmarks-*.md
	@$(BIN)/python -m benchmarks.learning $(if $(WRITE),--write)
	@$(BIN)/python -m benchmarks.ratings $(if $(WRITE),--write)

.PHONY: bench-load
bench-load: $(DEV) ## one worker on one core under load, beside a bare handler; WRITE=1 also writes docs/benchmarks-service.md
	@$(BIN)/python -m benchmarks.load $(if $(WRITE),--write)

.PHONY: sbom image
sbom: $(DEV) ## the software bill of materials of what is locked and vendored, as build/sbom.json
	@$(BIN)/python -m scripts.sbom build/sbom.json

IMAGE ?= unclench
ENGINE ?= $(shell command -v podman || command -v docker || command -v buildah)
image: ## a container image from the Containerfile, by podman, docker or buildah; BASE=... another base
	@test -n "$(ENGINE)" || { echo "No container engine is here: make image needs podman, docker or buildah." >&2; exit 1; }
	@$(ENGINE) version >/dev/null 2>&1 || { echo "$(ENGINE) is here, but no engine answers it." >&2; exit 1; }
	@$(ENGINE) build -f Containerfile -t $(IMAGE) $(if $(BASE),--build-arg BASE=$(BASE)) .

.PHONY: system-deps
system-deps: ## install Chromium and Node by apt, for the browser tests
	@scripts/system-deps --install

.PHONY: lock
lock: ## write the lock files again (needs pip-tools)
	@for name in build runtime dev bench fuzz; do \
	  ( cd requirements && CUSTOM_COMPILE_COMMAND="make lock" $(PYTHON) -m piptools compile -q --generate-hashes --no-emit-index-url \
	    --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --no-header --annotation-style=line \
	    -o $$name.txt $$name.in ) || exit 1; done

.PHONY: clean
clean: ## remove the environment and caches
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz build dist tests/node/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
