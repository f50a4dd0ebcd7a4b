# `make run` builds the features, `make test` checks everything; each sets up what it needs.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# Options, on the command line: make run VARS='{raw_data_path: /data/cdr}' THRIFT_PORT=10010
PYTHON ?= python3
VARS ?=
VERBOSE ?=
AUDIT ?=
FILE ?=
ANTENNAS ?=
BOUNDARY ?=
BENCH ?= --chart docs/benchmark.png

export PYTHON VARS VERBOSE
ifdef THRIFT_PORT
export GNUPER_THRIFT_PORT := $(THRIFT_PORT)
endif
ifdef CONNECT_PORT
export GNUPER_CONNECT_PORT := $(CONNECT_PORT)
endif
ifdef DRIVER_MEMORY
export GNUPER_DRIVER_MEMORY := $(DRIVER_MEMORY)
endif

DOCS_PORT ?= 8080

BIN := .venv/bin
python := $(BIN)/python

.PHONY: help
help:  ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: setup
setup:  ## create the environment, the profile and the key of the pseudonyms
	@scripts/setup.sh runtime
	@$(python) -m scripts.prepare

.PHONY: run
run: setup  ## build the features and export them to output/ (VARS='{...}' for your own data, VERBOSE=1 for dbt's own lines)
	@$(python) -m scripts.run

.PHONY: layout
layout: setup  ## draft a layout from your file (FILE=/data/20181001.csv ANTENNAS=/data/cells.csv)
	@$(python) -m scripts.layout "$(FILE)" "$(ANTENNAS)"

.PHONY: report
report: setup  ## write output/report.html, maps and profiles of the release on one page (BOUNDARY=districts.geojson)
	@$(python) -m scripts.report $(if $(BOUNDARY),--boundary "$(BOUNDARY)")

.PHONY: server
server: setup  ## start the local Spark server
	@$(python) -m scripts.server start

.PHONY: stop
stop:  ## stop the local Spark server
	@if [ -x $(python) ]; then $(python) -m scripts.server stop; fi

.PHONY: docs
docs: server  ## write dbt's documentation to output/docs.html and serve it (DOCS_PORT=8080)
	@$(python) -m scripts.docs --port $(DOCS_PORT)

.PHONY: dev
dev:  ## create the environment with everything that tests and linters need
	@scripts/setup.sh dev
	@$(python) -m scripts.prepare

.PHONY: test
test: dev  ## run all tests but the slow ones, on a server of their own
	@$(python) -m pytest -m "not slow" --numprocesses 2

.PHONY: test-slow
test-slow: dev  ## run the slow tests: faults, hostile files, publication, a cluster, the benchmark
	@$(python) -m pytest -m slow

.PHONY: test-spark35
test-spark35: dev  ## run the tests with Spark 3.5 and Iceberg, in an environment of its own (needs Python 3.10 or 3.11)
	@$(python) -m pytest -m slow tests/pytest/test_spark35.py tests/pytest/test_iceberg.py

.PHONY: lint
lint: dev  ## check the style of SQL, YAML and Python and the project's own conventions
	@$(python) -m pytest tests/lint

.PHONY: bench
bench: dev  ## measure the pipeline beside two yardsticks (BENCH='--rows 2000000 ...'; half an hour)
	@$(python) -m bench $(BENCH)

.PHONY: lock
lock:  ## resolve requirements/*.in anew (needs uv)
	@for name in runtime dev airflow; do \
		uv pip compile --quiet --universal --no-strip-extras --python-version 3.10 \
			--generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
			--output-file requirements/$$name.txt requirements/$$name.in; \
	done
	@uv pip compile --quiet --universal --no-strip-extras --python-version 3.10 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--override requirements/spark35-override.txt --output-file requirements/spark35.txt \
		requirements/runtime.in requirements/spark35.in

.PHONY: key
key: setup  ## make a random key for the pseudonyms, if there is none

.PHONY: generate
generate: setup  ## write anew what follows from the descriptions of vars, features and indicators
	@$(python) -m scripts.generate

.PHONY: purge
purge: server  ## drop every user-level table and its files; the release stays
	@$(BIN)/dbt run-operation purge

.PHONY: audit
audit: dev server  ## attack releases of mock-up data (AUDIT='--mockups small city'; half an hour)
	@$(python) -m scripts.privacy_audit $(AUDIT)

.PHONY: clean
clean: stop  ## stop the server and remove everything that was built, the environment included
	rm -rf .venv .gnuper target logs output data/sample data/bench .pytest_cache .mypy_cache .ruff_cache .hypothesis
