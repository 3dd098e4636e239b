# `make help` lists the targets. Everything is installed into .venv; nothing outside this folder is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.synced

.DEFAULT_GOAL := help
.PHONY: help env lab report test check sbom audit lock

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

env: $(STAMP) ## the environment alone, in .venv

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock requirements-uv.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

lab: $(STAMP) ## JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir .

report: $(STAMP) ## the report of the sample corpus: reports/report.html
	$(BIN)/python -m analysis run data/sample/sample.warc.gz --out data/tables --workers 2
	$(BIN)/python -m analysis report data/tables --out reports/report.html --figures figures

test: $(STAMP) ## all tests, and the doctests of the code and the README
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(STAMP) ## lint, types, codebook, notebooks without outputs
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m analysis codebook --check
	$(BIN)/python benchmarks/questions.py --check
	$(BIN)/python data/sample/build.py --check
	$(BIN)/python data/labels/learn.py --check
	$(BIN)/python data/labels/learn_status.py --check
	$(BIN)/nbstripout --verify notebooks/*.ipynb

sbom: $(STAMP) ## the list of all that is installed, as CycloneDX JSON: reports/sbom.json
	$(BIN)/python benchmarks/sbom.py

audit: $(STAMP) ## known vulnerabilities of what is installed, where the index tells of them
	$(BIN)/uv tool run pip-audit -r requirements.lock --disable-pip --require-hashes

lock: ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock
	echo uv | $(BIN)/uv pip compile - --universal --python-version 3.11 --upgrade --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements-uv.lock
