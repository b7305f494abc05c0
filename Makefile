# The platform's commands. `make` alone lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# One lock decides what stands in the environment; a stamp beside it says which lock was installed.
STAMP_RUN := $(VENV)/.run.stamp
STAMP_DEV := $(VENV)/.dev.stamp

.PHONY: help run story test test-slow check format lock migration snapshots bench faults clean rules render bundle

help: ## List these targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  %-12s %s\n", $$1, $$2}'

$(BIN)/uv: requirements/tool.txt
	@echo "[1/2] 建立 Python 环境 …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本"; exit 3; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { echo "无法建立虚拟环境：请先安装 python3-venv"; exit 3; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tool.txt
	@touch $(BIN)/uv

$(STAMP_RUN): $(BIN)/uv requirements/run.txt
	@test -f $(STAMP_DEV) || { echo "[2/2] 按锁定文件安装运行所需的包 …"; \
	  $(BIN)/uv pip sync --quiet --python $(PY) --require-hashes requirements/run.txt; }
	@touch $@

$(STAMP_DEV): $(BIN)/uv requirements/dev.txt
	@echo "[2/2] 按锁定文件安装运行与检查所需的包 …"
	@$(BIN)/uv pip sync --quiet --python $(PY) --require-hashes requirements/dev.txt
	@touch $@

run: $(STAMP_RUN) ## Start the whole platform on embedded PostgreSQL and NATS, play the story once, serve
	@$(PY) -m cli.main run

story: $(STAMP_RUN) ## Play and check the whole story in a fresh temporary data folder, then stop
	@$(PY) -m cli.main story $(if $(seed),--seed $(seed))

test: $(STAMP_DEV) ## All tests but the slow ones (starts its own PostgreSQL and NATS)
	@$(PY) -m cli.phases test

test-slow: $(STAMP_DEV) ## The tests marked slow
	@$(PY) -m pytest -m slow

check: $(STAMP_DEV) ## Format, lint, types, imports, unit and architecture tests: no infrastructure, under a minute
	@$(PY) -m cli.phases check

format: $(STAMP_DEV) ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: $(BIN)/uv ## Write the hashed requirements files anew from the .in files
	@cd requirements && for name in tool run dev; do ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header $$name.in -o $$name.txt || exit 1; done

migration: $(STAMP_DEV) ## New migration: make migration svc=results m="add evidence"
	@$(PY) -m cli.main migration $(svc) "$(m)"

snapshots: $(STAMP_DEV) ## Write docs/api/ anew: OpenAPI of every service, event schemas
	@$(PY) -m cli.main snapshots

bench: $(STAMP_DEV) ## Benchmarks against their floors: make bench name=chain (all without name)
	@$(PY) -m tests.bench $(name)

faults: $(STAMP_DEV) ## All fault runs and restore drills: make faults SEED=1 MINUTES=60
	@$(if $(MINUTES),FAULT_MINUTES=$(MINUTES)) $(PY) -m pytest -q tests/faults -m "slow or not slow" $(if $(or $(SEED),$(seed)),--seed $(or $(SEED),$(seed)))

rules: $(STAMP_DEV) ## Hold every Kubernetes overlay to the deployment rules (KM01–KM48)
	@$(PY) -m deploy.rules

render: $(STAMP_DEV) ## Render one Kubernetes overlay: make render env=small
	@$(BIN)/kubectl kustomize deploy/k8s/overlays/$(env)

bundle: $(STAMP_DEV) ## Offline bundle for sites without a network: make bundle into=FOLDER images=FOLDER wheels=FOLDER
	@$(PY) -m deploy.bundle.make "$(into)" --images "$(images)" --wheels "$(wheels)"

clean: ## Remove the environment and caches (never a data folder)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
